"""Whose lesson it was before a hand-over: they never check it, and what was sealed meanwhile keeps their name.

Nor does a deputy who worked on it, whose name stands nowhere.
"""

from datetime import datetime
from typing import Any, Protocol

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


def until(lesson: Curated, moment: datetime) -> set[int]:
    """Return whose lesson it was at that moment or before."""
    before = {one["member_id"] for one in _curators(lesson) if _until(one) <= moment}
    return before | {at(lesson, moment)}


def at(lesson: Curated, moment: datetime | None) -> int:
    """Return whose lesson it was at a moment; None is now."""
    for one in _curators(lesson) if moment is not None else ():
        if moment is not None and moment < _until(one):
            return int(one["member_id"])
    return int(lesson.curator_id)


def pass_on(lesson: Lesson, member_id: int) -> None:
    """Make it the lesson of another member, and keep whose it was until now."""
    last = {"member_id": lesson.curator_id, "until": clock.now().isoformat()}
    lesson.earlier_curators = [*lesson.earlier_curators, last]
    lesson.curator_id = member_id


def add_deputy(lesson: Lesson, member_id: int) -> None:
    """Keep that somebody worked on it as a deputy; once is enough."""
    if member_id not in ids(lesson):
        worked = {"member_id": member_id, "until": clock.now().isoformat(), "deputy": True}
        lesson.earlier_curators = [*lesson.earlier_curators, worked]


def _curators(lesson: Curated) -> list[dict[str, Any]]:
    return [one for one in lesson.earlier_curators if not one.get("deputy")]


def _until(one: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(one["until"])
