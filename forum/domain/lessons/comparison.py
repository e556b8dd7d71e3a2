"""Two versions of a lesson beside each other: what was removed and added in each field, word by word."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.domain.lessons import external_sources, origin
from forum.domain.lessons.origin import VersionLine
from forum.domain.themes import labels
from forum.infra.db import db
from forum.infra.i18n import lazy
from forum.infra.word_diff import Piece, pieces
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import visible

FIELDS: tuple[tuple[str, Any], ...] = (
    ("title", lazy("Title")),
    ("one_sentence", lazy("In one sentence")),
    ("outcome", lazy("How it went")),
    ("axis", lazy("Theme")),
    ("needs", lazy("What are you looking for?")),
    ("confidence", lazy("How sure are we?")),
    ("recommendation", lazy("What you can do")),
    *((name, labels.ADVICE_TO[name]) for name in LessonVersion.ADVICE),
    ("addressees", lazy("For whom")),
    ("conditions", lazy("Works if")),
    ("not_for", lazy("Not for")),
    ("claims", lazy("Claims")),
    ("assumptions", lazy("Assumptions")),
    ("open_questions", lazy("Open questions")),
    ("unknowns", lazy("What we do not know")),
    ("alternative_reading", lazy("Another reading")),
    ("context", lazy("Context")),
    ("problem", lazy("Problem")),
    ("what_was_done", lazy("What was done")),
    ("result", lazy("Result")),
    ("external_sources", lazy("Sources outside the forum")),
    ("owner", lazy("Who keeps it")),
    ("licence", lazy("Licence")),
)
NAMES: dict[str, Any] = {
    "outcome": labels.LESSON_OUTCOMES,
    "axis": labels.AXES,
    "confidence": labels.CONFIDENCES,
    "needs": labels.NEEDS,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two published versions."""

    lesson: Lesson
    title: str
    older: VersionLine
    newer: VersionLine
    history: list[VersionLine]
    changes: list[tuple[str, list[Piece]]]


def compare(
    reader: Actor | None, public_id: str, *, older: str | None = None, newer: str | None = None
) -> Comparison:
    """Return two published versions of a lesson, the last two unless numbers are given; NotFound."""
    query = visible(Lesson, reader, Lesson, origin.is_hidden(reader).label("hidden"))
    row = db.session.execute(
        query.where(Lesson.public_id == public_id, Lesson.current_id.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    lesson = row.Lesson
    history = origin.history(reader, lesson, hidden=row.hidden)
    numbers = [line.number for line in history]
    newer = newer if newer in numbers else numbers[0]
    older = older if older in numbers else numbers[min(numbers.index(newer) + 1, len(numbers) - 1)]
    if numbers.index(older) < numbers.index(newer):
        older, newer = newer, older
    versions, claims = _texts(reader, lesson.id, (older, newer))
    before, after = versions[older], versions[newer]
    lines = {line.number: line for line in history}
    return Comparison(
        lesson=lesson,
        title=after.title,
        older=lines[older],
        newer=lines[newer],
        history=history,
        changes=_changes(before, after, claims, origin.HIDDEN_FIELDS if row.hidden else ()),
    )


def _texts(
    reader: Actor | None, lesson_id: int, numbers: tuple[str, str]
) -> tuple[dict[str, LessonVersion], dict[int, list[str]]]:
    both = visible(LessonVersion, reader).where(
        LessonVersion.lesson_id == lesson_id, LessonVersion.number.in_(numbers)
    )
    versions = {version.number or "": version for version in db.session.scalars(both)}
    claims: dict[int, list[str]] = {version.id: [] for version in versions.values()}
    rows = select(Claim.version_id, Claim.text).where(Claim.version_id.in_(claims)).order_by(Claim.position)
    for row in db.session.execute(rows):
        claims[row.version_id].append(row.text)
    return versions, claims


def _changes(
    before: LessonVersion, after: LessonVersion, claims: dict[int, list[str]], left_out: Collection[str]
) -> list[tuple[str, list[Piece]]]:
    changes = []
    for name, title in FIELDS:
        if name in left_out:
            continue
        old, new = (
            "\n".join(claims[version.id]) if name == "claims" else words_of(version, name)
            for version in (before, after)
        )
        if old != new:
            changes.append((str(title), pieces(old, new)))
    return changes


def words_of(version: LessonVersion, name: str) -> str:
    """Return what stands in one field of a version, codes by their names in the reader's language."""
    value, names = getattr(version, name), NAMES.get(name)
    if name == "external_sources":
        return external_sources.in_words(value)
    if isinstance(value, list):
        return "\n".join(str(names[item]) if names else item for item in value)
    return str(names[value]) if names else value or ""
