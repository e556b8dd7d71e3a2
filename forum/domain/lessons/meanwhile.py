"""The text of a lesson that was saved somewhere else while it was being changed: each field is looked at for itself.

What a form began with is not kept anywhere, so the form carries a short mark of each field along.
"""

import enum
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from forum.domain.lessons import external_sources

LENGTH = 12  # of a mark: enough to tell two texts of one field apart


class Sides(NamedTuple):
    """Which fields to take as they are saved now, and in which both sides wrote something else."""

    saved: set[str]
    both: set[str]


def marks(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a mark for the value of each field: a text, a code or a list of them, alike before and after a form."""
    return {
        name: hashlib.sha256(_plain(value).encode()).hexdigest()[:LENGTH] for name, value in values.items()
    }


def line_of(marks: Mapping[str, str]) -> str:
    """Return marks as one line for a form."""
    return " ".join(f"{name}:{mark}" for name, mark in marks.items())


def read(line: str | None) -> dict[str, str]:
    """Return the marks that a form brought back; without them every field counts as changed."""
    pairs = (part.partition(":") for part in (line or "").split())
    return {name: mark for name, _colon, mark in pairs}


def look(mine: Mapping[str, str], saved: Mapping[str, str], base: Mapping[str, str]) -> Sides:
    """Compare the marks of what was sent with those of what is saved now, and of what the sender began with."""
    differing = {name for name, mark in mine.items() if mark != saved[name]}
    untouched = {name for name in differing if mine[name] == base.get(name)}
    only_mine = {name for name in differing if saved[name] == base.get(name)}
    return Sides(untouched, differing - untouched - only_mine)


def _plain(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if value and not isinstance(value, str):
        has_rows = any(isinstance(item, dict) for item in value)
        value = external_sources.as_text(value) if has_rows else "\n".join(value)
    text = value or ""
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
