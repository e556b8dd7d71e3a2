"""The permanent numbers of lessons: the public id of a lesson, its address on the workbench, the number of a version.

Those of a lesson are drawn by lot. Were they counted, a gap between two would tell how many lessons are made, or were
published, where the reader may not look.
"""

import re
import secrets

from sqlalchemy import update

from forum.infra import days, rows
from forum.models.lessons import Lesson, LessonNumber, LessonVersion

FIRST = "1.0"
PUBLIC = range(10_000, 100_000)
# In a citation or an address, or typed on a phone: with a capital, spaces, another dash.
_DASH = r"\s*[-\u2010-\u2015]?\s*"
_TYPED = re.compile(rf"\bles{_DASH}([0-9]{{4}}){_DASH}([0-9]{{3,7}})(?![0-9])", re.IGNORECASE)


def new_id() -> int:
    """Return the id of a new lesson, which stands in its address on the workbench."""
    return rows.drawn_id(Lesson.id)


def new_public_id() -> str:
    """Return `les-2026-48213`, one of this year; the update locks a row, so that parallel publications differ."""
    year = days.today().year
    if not _raise(year):
        rows.insert_new(LessonNumber, [{"year": year, "last": 0}])
        _raise(year)
    return str(rows.drawn(Lesson.public_id, lambda: f"les-{year}-{secrets.choice(PUBLIC)}"))


def in_words(typed: str) -> str:
    """Return the public id that stands in what somebody typed or pasted, as it is written; "" where none does."""
    found = _TYPED.search(typed)
    return f"les-{found[1]}-{found[2]}" if found is not None else ""


def next_version(before: LessonVersion | None, version: LessonVersion) -> str:
    """Return 1.0 first; then the next whole number when the advice changed, else the next decimal."""
    if before is None or before.number is None:
        return FIRST
    whole, part = (int(piece) for piece in before.number.split("."))
    advice = ("recommendation", *LessonVersion.ADVICE)
    if any(getattr(before, name).strip() != getattr(version, name).strip() for name in advice):
        return f"{whole + 1}.0"
    return f"{whole}.{part + 1}"


def _raise(year: int) -> bool:
    counter = update(LessonNumber).where(LessonNumber.year == year).values(last=LessonNumber.last + 1)
    return rows.claim(counter)
