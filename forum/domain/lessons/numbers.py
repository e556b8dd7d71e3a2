"""The permanent numbers of lessons: the public id of a lesson, and the number of a version."""

from sqlalchemy import select, update

from forum.infra import days, rows
from forum.infra.db import db
from forum.models.lessons import LessonNumber, LessonVersion

FIRST = "1.0"


def next_public_id() -> str:
    """Return `les-2026-001`, the next of this year; the update locks the row, so parallel publications differ."""
    year = days.today().year
    if not _raise(year):
        rows.insert_new(LessonNumber, [{"year": year, "last": 0}])
        _raise(year)
    last = db.session.scalar(select(LessonNumber.last).where(LessonNumber.year == year))
    return f"les-{year}-{last:03d}"


def next_version(before: LessonVersion | None, version: LessonVersion) -> str:
    """Return 1.0 first; then the next whole number when the recommendation changed, else the next decimal."""
    if before is None or before.number is None:
        return FIRST
    whole, part = (int(piece) for piece in before.number.split("."))
    if before.recommendation.strip() != version.recommendation.strip():
        return f"{whole + 1}.0"
    return f"{whole}.{part + 1}"


def _raise(year: int) -> bool:
    counter = update(LessonNumber).where(LessonNumber.year == year).values(last=LessonNumber.last + 1)
    return rows.claim(counter)
