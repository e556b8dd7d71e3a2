"""Whose lesson it was before a hand-over: they never check it, and what was sealed meanwhile keeps their name.

Nor does a deputy who worked on it, whose name stands nowhere.
"""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, String, Text, literal
from sqlalchemy import cast as as_type

from forum.infra import clock
from forum.models.lessons import Lesson


class Curated(Protocol):
    """A lesson, or a row with these two columns of it."""

    @property
    def curator_id(self) -> Any: ...

    @property
    def earlier_curators(self) -> Any: ...


def ids(lesson: Curated) -> tuple[int, ...]:
    """Return whose lesson it was before, in that order, and who worked on it as a deputy."""
    return tuple(one["member_id"] for one in lesson.earlier_curators)


def includes(member_id: Any) -> ColumnElement[bool]:
    """Return whether a member is among them, for queries of lessons: their id, or a column."""
    entry = literal('%"member_id": ', String).concat(as_type(member_id, String)).concat(",%")
    return as_type(Lesson.earlier_curators, Text).like(entry)


def until(lesson: Curated, moment: datetime) -> set[int]:
    """Return whose lesson it was at that moment or before, and who had worked on it as a deputy by then."""
    before = {one["member_id"] for one in lesson.earlier_curators if _until(one) <= moment}
    return before | {at(lesson, moment)}


def at(lesson: Curated, moment: datetime | None) -> int:
    """Return whose lesson it was at a moment; None is now."""
    for one in _curators(lesson) if moment is not None else ():
        if moment is not None and moment < _until(one):
            return int(one["member_id"])
    return int(lesson.curator_id)


def pass_on(lesson: Lesson, member_id: int, *, at: datetime | None = None) -> None:
    """Make it the lesson of another member, and keep whose it was until now."""
    last = {"member_id": lesson.curator_id, "until": (at or clock.now()).isoformat()}
    lesson.earlier_curators = [*lesson.earlier_curators, last]
    lesson.curator_id = member_id


def give_back(lesson: Lesson, *, since: datetime) -> None:
    """Make it again the lesson of whose it was until that very moment, if it was passed on then, and not since."""
    curators = _curators(lesson)
    if curators and _until(curators[-1]) == since:
        lesson.curator_id = curators[-1]["member_id"]
        lesson.earlier_curators = [one for one in lesson.earlier_curators if one is not curators[-1]]


def add_deputy(lesson: Lesson, member_id: int) -> None:
    """Keep that somebody worked on it as a deputy; once is enough."""
    if member_id not in ids(lesson):
        worked = {"member_id": member_id, "until": clock.now().isoformat(), "deputy": True}
        lesson.earlier_curators = [*lesson.earlier_curators, worked]


def _curators(lesson: Curated) -> list[dict[str, Any]]:
    return [one for one in lesson.earlier_curators if not one.get("deputy")]


def _until(one: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(one["until"])
