"""The texts of the lessons of a synthetic network, each checked by a second pair of eyes."""

from itertools import count
from typing import Any

from forum.demo.synthetic.evidence import Evidence, Made
from forum.demo.synthetic.network import Network, Rows, moment
from forum.demo.synthetic.people import EDITORS
from forum.infra.text import summary
from forum.models.lessons import Confidence, LessonReview, LessonVersion, Recognition, ReviewBasis, Verdict
from forum.models.themes import Axis, LessonTag, Need
from forum.models.threads import Outcome

OUTCOMES = (Outcome.WORKED, Outcome.WORKED, Outcome.PARTLY, Outcome.MIXED, Outcome.FAILED)
LONG = ("summary", "context", "problem", "what_was_done", "result", "recommendation")


class Versions:
    """Writes one version after another, with what it rests on."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.evidence = Evidence(network)
        self.review = count(1)

    def of(self, lesson: Made, version: int, sequence: int) -> Rows:
        """A version with its claims, tags and review."""
        out = lesson.published if sequence == 1 else lesson.changed
        made = lesson.begun if sequence == 1 or out is None else out
        chosen = self.evidence.chosen(lesson)
        row = self._version(lesson, version, sequence, made=made, out=out)
        cities = self.evidence.cities(chosen) if row["sealed_at"] else []
        origin = {*cities, lesson.thread.place.city} - {None} if row["sealed_at"] else set()
        yield LessonVersion, {**row, "cities": cities, "origin_cities": sorted(origin)}
        yield from self.evidence.under(chosen, version, lesson, sealed=row["sealed_at"] is not None)
        if self.network.chance.random() < 0.5:
            tag = self.network.tag()
            yield LessonTag, {"version_id": version, "tag_id": tag, "name": self.network.tag_name(tag)}
        if out is not None:
            review = {"id": next(self.review), "version_id": version, **self._reviewer(lesson)}
            answered = {"verdict": Verdict.APPROVED, "recognition": Recognition.NOT_ASKED}
            yield LessonReview, {**review, **answered, "created_at": moment(out)}

    def _reviewer(self, lesson: Made) -> dict[str, Any]:
        """An editor; a lesson of that editor's own space is checked by somebody of another city."""
        reviewer = editor(lesson)
        if reviewer == EDITORS[0]:
            return {"reviewer_id": reviewer, "basis": ReviewBasis.EDITOR, "capacity_id": None, "city": None}
        city = self.network.places[self.network.homes[reviewer]].city
        # The capacity that a member has today has their number.
        return {"reviewer_id": reviewer, "basis": ReviewBasis.CITY, "capacity_id": reviewer, "city": city}

    def _version(
        self, lesson: Made, number: int, sequence: int, *, made: float, out: float | None
    ) -> dict[str, Any]:
        chance = self.network.chance
        words = chance.choice(self.network.texts)
        plain = words.said(number)[2]
        sealed = out is not None or lesson.in_review
        return {
            "id": number,
            "lesson_id": lesson.id,
            "sequence": sequence,
            "number": f"1.{sequence - 1}" if out is not None else None,
            "title": summary(words.title, 90),
            "one_sentence": summary(plain, 180),
            "outcome": chance.choice(OUTCOMES),
            "axis": chance.choice(list(Axis)),
            "needs": [chance.choice(list(Need)).value],
            **dict.fromkeys(LONG, plain),
            "unknowns": words.title,
            "conditions": [words.title],
            "confidence": Confidence.FAIR,
            "created_at": moment(made),
            "created_by_id": lesson.thread.place.moderator,
            "saved_at": moment(made),
            "sealed_at": moment(made) if sealed else None,
            "published_at": moment(out) if out is not None else None,
        }


def editor(lesson: Made) -> int:
    """Who checks and publishes it: somebody else than who made it."""
    return EDITORS[0] if lesson.thread.place.moderator != EDITORS[0] else EDITORS[1]
