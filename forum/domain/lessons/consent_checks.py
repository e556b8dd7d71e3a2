"""Which excerpts may be shown outside their thread: those that need their author's consent, and those that have it."""

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
    """An excerpt that still waits for the consent of its author."""

    excerpt_id: int
    position: int  # of the claim
    post_id: int
    author: str
    words: str


def needed(source: Any, lesson: Lesson, audience: Audience) -> bool:
    """Return whether that audience has readers beyond `source`, a thread or a right: then quoting needs consent."""
    elsewhere = source.audience == Audience.SPACE and source.space_id != lesson.space_id
    return source.audience.rank < audience.rank or elsewhere


def missing(version: LessonVersion, audience: Audience) -> list[Missing]:
    """Return the excerpts of a version that may not be shown to that audience yet."""
    lesson = db.session.get_one(Lesson, version.lesson_id)
    return [
        Missing(q.excerpt.id, q.position, q.post.id, q.speaker, q.excerpt.words)
        for q in waiting(lesson, excerpts.under(version.id), audience)
    ]


def waiting(lesson: Lesson, quotes: Iterable[Quoted], audience: Audience) -> list[Quoted]:
    """Return those of `quotes` that still need the consent of their author for that audience."""
    agreed = given(lesson.id, audience)
    return [q for q in quotes if needed(q.right, lesson, audience) and key(q) not in agreed]


def given(lesson_id: int, audience: Audience) -> dict[Key, Consent]:
    """Return the consents that reach that audience. A refusal for a narrower audience also refuses a wider one."""
    rows = db.session.scalars(select(Consent).where(Consent.lesson_id == lesson_id)).all()
    refused = {_key(row) for row in rows if row.agreed is False and row.audience.rank <= audience.rank}
    reaching = [row for row in rows if row.agreed and row.audience.rank >= audience.rank]
    # The narrowest that suffices wins, so it comes last.
    reaching.sort(key=lambda row: row.audience.rank, reverse=True)
    return {_key(row): row for row in reaching if _key(row) not in refused}


def key(quoted: Quoted) -> Key:
    """Return the post and the digest of the words under which the consent for an excerpt is stored."""
    return quoted.post.id, quoted.excerpt.sha256


def cities(lesson: Lesson, quotes: Iterable[Quoted], audience: Audience) -> tuple[list[str], bool]:
    """Return the cities that may be named behind a lesson for that audience, and whether one had to be left out.

    One person lights one city, in whatever capacities they are quoted.
    """
    agreed = given(lesson.id, audience)
    named: dict[str, str] = {}  # by who said it
    left_out = False
    for quoted in quotes:
        if quoted.city is None:
            continue
        consent = agreed.get(key(quoted))
        if not needed(quoted.right, lesson, audience) or (consent is not None and consent.city_shown):
            named.setdefault(quoted.handle, quoted.city)
        else:
            left_out = True
    return list(dict.fromkeys(named.values())), left_out


def _key(row: Consent) -> Key:
    return row.post_id, row.sha256
