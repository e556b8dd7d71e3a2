"""Which excerpts may leave their thread: those that need their author's consent, and those that have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.models.consents import Consent
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience

Key = tuple[int, str]  # a post and the SHA-256 of the words


@dataclass(frozen=True, slots=True)
class Missing:
    """Words that still wait for their author's yes."""

    excerpt_id: int
    position: int  # of the claim
    post_id: int
    author: str
    words: str


def needed(thread: Any, lesson: Lesson, width: Audience) -> bool:
    """Whether somebody may read a lesson of that audience who may not read the thread it takes words from.

    `thread` is a Thread, or a row with its `audience` and `space_id`.
    """
    elsewhere = thread.audience == Audience.SPACE and thread.space_id != lesson.space_id
    return thread.audience.rank < width.rank or elsewhere


def missing(version: LessonVersion, width: Audience) -> list[Missing]:
    """The excerpts of a version that may not yet go to an audience of that width."""
    lesson = db.session.get_one(Lesson, version.lesson_id)
    return [
        Missing(q.excerpt.id, q.position, q.post.id, q.speaker, q.excerpt.words)
        for q in waiting(lesson, excerpts.under(version.id), width)
    ]


def waiting(lesson: Lesson, quotes: Iterable[Quoted], width: Audience) -> list[Quoted]:
    """Those of `quotes` that still need their author's yes for an audience of that width."""
    agreed = given(lesson.id, width)
    return [q for q in quotes if needed(q.thread, lesson, width) and key(q) not in agreed]


def given(lesson_id: int, width: Audience) -> dict[Key, Consent]:
    """The yeses that reach an audience of that width. A no to a narrower audience is also a no to a wider one."""
    rows = db.session.scalars(select(Consent).where(Consent.lesson_id == lesson_id)).all()
    refused = {_key(row) for row in rows if row.agreed is False and row.audience.rank <= width.rank}
    reaching = [row for row in rows if row.agreed and row.audience.rank >= width.rank]
    reaching.sort(key=lambda row: row.audience.rank, reverse=True)  # the closest fit wins, so it comes last
    return {_key(row): row for row in reaching if _key(row) not in refused}


def key(quoted: Quoted) -> Key:
    """Under which post and words the consent for an excerpt is kept."""
    return quoted.post.id, quoted.excerpt.sha256


def cities(lesson: Lesson, quotes: Iterable[Quoted], width: Audience) -> tuple[list[str], bool]:
    """The cities that may be named as backing a lesson of that width, and whether one had to be left out."""
    agreed = given(lesson.id, width)
    named: list[str] = []
    left_out = False
    for quoted in quotes:
        if quoted.city is None:
            continue
        consent = agreed.get(key(quoted))
        if not needed(quoted.thread, lesson, width) or (consent is not None and consent.city_shown):
            named += [quoted.city] if quoted.city not in named else []
        else:
            left_out = True
    return named, left_out


def _key(row: Consent) -> Key:
    return row.post_id, row.sha256
