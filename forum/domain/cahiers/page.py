"""Cahiers as their readers get them: the list, one with its lessons on one page, and those in which a lesson stands.

A reader gets the lessons that they may see, each in its pinned version as its own page shows that now; what is left out
shows in no number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.domain.cahiers import queries
from forum.domain.lessons import together
from forum.domain.lessons.together import Brief
from forum.infra import text, words
from forum.infra.db import db
from forum.infra.paging import Page, id_of
from forum.models.accounts import Member
from forum.models.cahiers import Cahier, CahierLesson
from forum.models.lessons import Lesson
from forum.policy.actions import may_edit_network
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_param, reader_values

ON_A_PAGE = 20
MOST_BESIDE = 5  # of those in which one lesson stands


@dataclass(frozen=True, slots=True)
class Card:
    """A cahier in a list; `number` counts the lessons in it that the reader sees."""

    slug: str
    title: str
    begins: str
    editor: str
    number: int
    is_public: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One lesson of a cahier, in the version that is pinned there."""

    page: Brief
    why: str


@dataclass(frozen=True, slots=True)
class CahierPage:
    """One cahier with the lessons that its reader sees."""

    id: int
    slug: str
    title: str
    pieces: list[Any]
    editor: str
    is_public: bool
    changed_at: datetime
    parts: list[Part]
    may_edit: bool


def index(reader: Actor | None, *, cursor: str | None = None, limit: int = ON_A_PAGE) -> Page[Card]:
    """Return the cahiers that the reader sees, the newest first; editors get those without a lesson too (one query)."""
    query = queries.listed(signed_in=reader is not None, edits=bool(may_edit_network(reader)))
    if last := id_of(cursor):
        query = query.where(Cahier.id < last)
    query = query.order_by(Cahier.id.desc()).limit(limit + 1)
    rows = db.session.execute(query, reader_values(reader)).all()
    return Page([_card(row) for row in rows[:limit]], str(rows[limit - 1].id) if len(rows) > limit else None)


def of_lesson(reader: Actor | None, public_id: str) -> list[Card]:
    """Return the cahiers that the reader sees in which a lesson that they see stands, the newest first (one query)."""
    query = queries.listed(signed_in=reader is not None, edits=False)
    has = (
        select(CahierLesson.id)
        .join(Lesson, Lesson.id == CahierLesson.lesson_id)
        .where(CahierLesson.cahier_id == Cahier.id, Lesson.public_id == public_id)
        .where(queries.holds(reader_param(reader is not None)))
    )
    query = query.where(has.correlate(Cahier).exists()).order_by(Cahier.id.desc()).limit(MOST_BESIDE)
    return [_card(row) for row in db.session.execute(query, reader_values(reader))]


def public_slugs(limit: int = 1_000) -> list[str]:
    """Return what stands in the addresses of the newest cahiers that anybody may read."""
    query = select(Cahier.slug).where(queries.is_seen(None)).order_by(Cahier.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def show(reader: Actor | None, slug: str) -> CahierPage:
    """Return a cahier with its lessons (at most eight queries, however many they are); NotFound."""
    signed_in = reader is not None
    query = select(Cahier, Member.name).join(Member, Member.id == Cahier.editor_id)
    query = query.where(Cahier.slug == slug, queries.is_seen(reader_param(signed_in)))
    row = db.session.execute(query, reader_values(reader)).one_or_none()
    if row is None:
        raise NotFound
    cahier, editor = row
    rows = db.session.execute(
        queries.lessons(signed_in=signed_in).where(CahierLesson.cahier_id == cahier.id), reader_values(reader)
    ).all()
    found = together.of(reader, [row.version_id for row in rows])
    parts = [Part(found[row.version_id], row.why) for row in rows if row.version_id in found]
    return CahierPage(
        id=cahier.id,
        slug=cahier.slug,
        title=cahier.title,
        pieces=pieces(cahier.html),
        editor=editor,
        is_public=cahier.audience == "public",
        changed_at=cahier.changed_at,
        parts=parts,
        may_edit=bool(may_edit_network(reader)),
    )


def pieces(html: str) -> list[Any]:
    """Return the HTML of an introduction. What looks like a passage of a post is none here, and left out."""
    return [piece for piece in text.parts(html) if piece is not None]


def _card(row: Any) -> Card:
    begins = words.summary(text.plain(row.html), 200)
    return Card(row.slug, row.title, begins, row.editor, row.number, row.audience.value == "public")
