"""Which cities of the demo applied which lesson, what came of it, what was foretold, and what an editor confirmed."""

import json
from datetime import timedelta
from typing import Any

from forum.demo import codes
from forum.demo.book import FOLDER, Book
from forum.domain.lessons import confirming, foretellings, reports
from forum.domain.lessons.foretellings import Expected
from forum.infra import clock
from forum.models.adoptions import AdoptionReport, Advice, Spoke

CONFIRMED = "bevestigd"
LOOKED_AT = timedelta(hours=3)  # so long after the last report an editor confirms

WORDS = ("problem", "what_was_done", "what_changed", "left_out", "differs", "what_came", "follows_id")


def bring(book: Book) -> None:
    """Record every report of the file and of ours, in the order of their days, and confirm what the file says is."""
    more = json.loads((FOLDER / "reports_nl.json").read_text(encoding="utf-8"))
    of_file = [
        (source["id"], _of_file(one)) for source in book.source["lessons"] for one in source["adoptions"]
    ]
    every = of_file + [(one["lesson"], one) for one in more["reports"]]
    made: dict[str, AdoptionReport] = {}
    for lesson, one in sorted(every, key=lambda pair: book.moment(pair[1]["date"])):
        answers = dict(more["answers"].get(one["id"], {}))
        if one["id"] in more["follows"]:
            first = made[more["follows"][one["id"]]]
            first.stands, answers["follows_id"] = False, first.id
        made[one["id"]] = _record(book, lesson, one, answers)
        book.counts["adoption reports"] += 1
    for one in more["foretellings"]:
        with book.on(one["sealed"]):
            due_on = book.day(one["due"])
            foretellings.seal(made[one["report"]], Expected(one["expected"], due_on, one["stop_when"]))
        book.counts["foretellings"] += 1
    for source in book.source["lessons"]:
        if source["state"] == CONFIRMED:
            last = max(book.moment(one["date"]) for one in source["adoptions"])
            with clock.at(last + LOOKED_AT):
                confirming.confirm(book.actor(source["published_by"]), source["id"])


def _of_file(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "what_changed": one["adapted"], "what_came": one["outcome"]}


def _record(book: Book, lesson: str, one: dict[str, Any], answers: dict[str, Any]) -> AdoptionReport:
    """A report of the file, with what our own file answers beside it."""
    said = {name: value for name, value in (one | answers).items() if name in WORDS}
    if "spoke" in answers:
        said["spoke"] = Spoke(answers["spoke"])
    if "advice" in answers:
        said["advice"] = Advice(answers["advice"])
    with book.on(one["date"]):
        return reports.record(
            book.lessons[lesson],
            city=one["city"],
            reporter_id=book.members[one["reported_by"]],
            outcome=codes.ADOPTIONS[one["status"]],
            reported_on=book.day(one["date"]),
            post_id=book.posts[one["post"]] if one.get("post") else None,
            **said,
        )
