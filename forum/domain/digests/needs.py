"""What needs a member, counted for many at once: in a digest each kind is one line, with a link to where it is done."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.digests import need_queries
from forum.domain.digests.personal import Person
from forum.domain.lessons.reviews import Reviewing
from forum.infra.db import db
from forum.infra.i18n import ngettext
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonVersion, ReviewRequest
from forum.policy.actors import Actor

KINDS = ("questions", "reviews", "join_requests", "drafts")
STOPS = {"reviews": "reviews", "join_requests": "requests"}  # by whose stop a kind is not told


@dataclass(frozen=True, slots=True)
class Need:
    """One kind of what waits for a member."""

    kind: str  # "questions", "reviews", "join_requests", "drafts"
    count: int
    newest_at: datetime

    @property
    def endpoint(self) -> str:
        """The page where it is done, or that leads there."""
        pages = {"questions": "consents.index", "reviews": "workbench.index", "drafts": "drafts.index"}
        return pages.get(self.kind, "home.index")

    @property
    def words(self) -> str:
        """How many wait; never what they are called."""
        if self.kind == "questions":
            return ngettext(
                "%(num)d question about your text waits for your answer",
                "%(num)d questions about your text wait for your answer",
                self.count,
            )
        if self.kind == "reviews":
            return ngettext(
                "%(num)d lesson waits for your check", "%(num)d lessons wait for your check", self.count
            )
        if self.kind == "join_requests":
            return ngettext(
                "%(num)d person asks to join a space of yours",
                "%(num)d people ask to join a space of yours",
                self.count,
            )
        return ngettext(
            "%(num)d draft of yours will be deleted soon",
            "%(num)d drafts of yours will be deleted soon",
            self.count,
        )


def of_many(people: Collection[Person]) -> dict[int, list[Need]]:
    """Return what waits for each of these members, in the order in which it is shown.

    No query; a fixed number where any of them may be asked to check a lesson.
    """
    actors = {person.id: person.actor for person in people}
    asked = [person.id for person in people if "reviews" in person.waiting]
    reviews = _reviews(actors, asked)
    found: dict[int, list[Need]] = {}
    for person in people:
        counted = dict(person.waiting)
        counted.pop("reviews", None)
        moments = reviews.get(person.id)
        if moments:
            counted["reviews"] = (len(moments), max(moments))
        found[person.id] = [
            Need(kind, *counted[kind])
            for kind in KINDS
            if kind in counted and not (kind in STOPS and person.stopped(STOPS[kind]))
        ]
    return found


def _reviews(actors: Mapping[int, Actor], asked: Collection[int]) -> dict[int, list[datetime]]:
    """When each lesson that waits for the check of one of those who are asked was asked for."""
    if not asked:
        return {}
    columns = (Member.id.label("member_id"), Lesson, LessonVersion, ReviewRequest.asked_at)
    query = need_queries.asked(select(*columns).select_from(Member))
    rows = db.session.execute(query, {"member_ids": list(asked)}).all()
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    pairs = {(row.Lesson, row.LessonVersion) for row in rows}
    reviewing = Reviewing(pairs, {row.member_id for row in rows})
    for row in rows:
        if reviewing.answer(actors[row.member_id], row.Lesson, row.LessonVersion.id):
            before = found[row.member_id].get(row.Lesson.id, row.asked_at)
            found[row.member_id][row.Lesson.id] = max(before, row.asked_at)
    return {member_id: list(lessons.values()) for member_id, lessons in found.items()}
