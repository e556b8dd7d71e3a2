"""What needs a member, counted for many at once: in a digest each kind is one line, with a link to where it is done.

What waits in spaces has a line for each of the first few.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.domain.audit.undoable import WINDOW
from forum.domain.digests import moderator_needs, need_queries
from forum.domain.digests.need_words import PAGES, WORDS
from forum.domain.digests.personal import Person
from forum.domain.lessons import review_answers
from forum.domain.lessons.reviews import Reviewing
from forum.domain.mailing.kinds import KINDS
from forum.domain.people import affirmations
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonVersion, ReviewRequest
from forum.policy.actors import Actor

FEW = 3  # spaces that have a line of their own for one kind
ORDER = tuple(WORDS)
# Each kind with that of the letters about it: who stopped those is not told by a digest either.
STOPS: Mapping[str, str | None] = {
    kind: KINDS[letter].stop
    for kind, letter in {
        "reviews": "review_asked",
        "came_back": "returned",
        "closed_rounds": "permission_closed",
        "weakened": "lost_words",
        "to_confirm": "ready_to_confirm",
        "join_requests": "join_requested",
        "still_right": "still_right",
    }.items()
}
# The page of a lesson, where it is the only one.
_OF_ONE_LESSON = {
    "reviews": "workbench.show", "came_back": "workbench.show", "closed_rounds": "consents.permission"
}  # fmt: skip
# What is told some time after the moment that is kept.
_LATER = {"weakened": WINDOW, "still_right": affirmations.YEAR}


@dataclass(frozen=True, slots=True)
class Need:
    """One kind of what waits for a member, of all their spaces or of one."""

    kind: str  # one of WORDS
    count: int
    newest_at: datetime
    endpoint: str = "home.index"  # the page where it is done, or that leads there
    values: Mapping[str, Any] = field(default_factory=dict)
    anchor: str = ""  # the part of it
    space_name: str = ""

    @property
    def words(self) -> str:
        """How many wait, and in which space; never what they are called."""
        return WORDS[self.kind](self.count, self.space_name)


@dataclass(slots=True)
class _Counted:
    """How many of a kind wait for a member, since when the newest does, the lesson if it is one, and the space."""

    count: int
    newest_at: datetime
    lesson_id: int | None = None
    space_name: str = ""
    space_slug: str = ""
    sort_key: str = ""


def of_many(people: Collection[Person]) -> dict[int, list[Need]]:
    """Return what waits for each of these members, in the order in which it is shown.

    No query but one where any of them moderates or has a role in the network, and fixed numbers where any may be asked
    to check a lesson, or makes one that is being checked.
    """
    actors = {person.id: person.actor for person in people}
    found: dict[int, dict[str, list[_Counted]]] = {person.id: _of_everybody(person) for person in people}
    asked = [person.id for person in people if "reviews" in person.waiting]
    for member_id, moments in _reviews(actors, asked).items():
        found[member_id]["reviews"].append(_lessons(moments))
    in_review = []
    for row in moderator_needs.rows(actors.values(), clock.now()):
        if row.kind == moderator_needs.IN_REVIEW:
            in_review.append(row.member_id)
        else:
            place = (row.space_name or "", row.space_slug or "", row.space_sort_key or "")
            found[row.member_id][row.kind].append(_Counted(row.number, row.at, row.one, *place))
    for member_id, back in _came_back(in_review).items():
        found[member_id]["came_back"].append(_lessons(back))
    return {person.id: list(_needs(person, found[person.id])) for person in people}


def _of_everybody(person: Person) -> dict[str, list[_Counted]]:
    counted: dict[str, list[_Counted]] = defaultdict(list)
    for kind, (number, at) in person.waiting.items():
        if kind != "reviews":  # so many were asked for, but whether they may check is not known yet
            counted[kind].append(_Counted(number, at))
    return counted


def _lessons(moments: Mapping[int, datetime]) -> _Counted:
    return _Counted(len(moments), max(moments.values()), min(moments))


def _needs(person: Person, counted: Mapping[str, list[_Counted]]) -> Iterable[Need]:
    for kind in ORDER:
        stop = STOPS.get(kind)
        if kind not in counted or (stop is not None and person.stopped(stop)):
            continue
        each = sorted(counted[kind], key=lambda one: (one.sort_key, one.space_slug))
        if not each[0].space_slug:
            yield _need(person.actor, kind, _together(each))
            continue
        for one in each[:FEW]:
            yield _need(person.actor, kind, one)
        if each[FEW:]:
            yield _need(person.actor, f"more_{kind}", _together(each[FEW:]))


def _together(each: Collection[_Counted]) -> _Counted:
    lesson_id = next(iter(each)).lesson_id if len(each) == 1 else None
    return _Counted(sum(one.count for one in each), max(one.newest_at for one in each), lesson_id)


def _need(actor: Actor, kind: str, counted: _Counted) -> Need:
    endpoint, anchor = PAGES.get(kind, ("home.index", ""))
    values: dict[str, Any] = {"slug": counted.space_slug} if counted.space_slug else {}
    if counted.count == 1 and counted.lesson_id is not None and kind in _OF_ONE_LESSON:
        endpoint, anchor, values = _OF_ONE_LESSON[kind], "", {"lesson_id": counted.lesson_id}
    elif kind == "reviews" and not (actor.moderates or actor.network_roles):
        endpoint, anchor = "home.index", ""  # who is asked by name may have no workbench
    at = counted.newest_at + _LATER[kind] if kind in _LATER else counted.newest_at
    return Need(kind, counted.count, at, endpoint, values, anchor, counted.space_name)


def _came_back(maker_ids: Collection[int]) -> dict[int, dict[int, datetime]]:
    """Since when each lesson in review waits for its makers again, by member and lesson."""
    found = review_answers.unanswered(maker_ids) if maker_ids else {}
    return {member_id: {one.lesson_id: one.at for one in each} for member_id, each in found.items()}


def _reviews(actors: Mapping[int, Actor], asked: Collection[int]) -> dict[int, dict[int, datetime]]:
    """When the check of each lesson was asked for, by who is asked and may check it, and by lesson."""
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
    return found
