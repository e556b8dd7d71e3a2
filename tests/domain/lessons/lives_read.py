"""What readers get of a lesson on every walk: its claims, its page, where it is listed, what speaks against it."""

from typing import Any

from sqlalchemy import select

from forum.domain.lessons import library, of_thread, page
from forum.domain.syndication import feeds, sitemap
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson
from forum.policy.errors import NotFound
from tests.domain.lessons.lives_hold import Kept


def has_words(lesson: Lesson) -> None:
    """Ask whether every claim that readers get rests on an excerpt, or the lesson says that one lost its words."""
    bare = select(Claim.id).where(
        Claim.version_id == lesson.current_id,
        ~select(Excerpt.id).where(Excerpt.claim_id == Claim.id).exists(),
    )
    # Only what its author took out may leave a claim bare.
    assert not db.session.scalars(bare).all() or lesson.weakened_at is not None


def readers(town: Any, lesson: Lesson, kept: Kept) -> None:
    """Ask whether those read it for whom it came out and nobody else, and whether it is listed while it stands."""
    assert (lesson.current_id is None) == (kept.audience is None)
    rank = kept.audience.rank if kept.audience is not None else -1
    for reader, least in ((town.actor("curator"), 0), (town.actor("reader"), 1), (None, 2)):
        reads, listed = rank >= least, rank >= least and lesson.ended_as is None
        try:
            shown = page.page(reader, lesson.public_id or "")
            assert reads, "wider than allowed"
            assert bool(shown.lesson.ended_reason) == (lesson.ended_as is not None), (
                "it ended without a reason"
            )
        except NotFound:
            assert not reads, "its page is gone"
        for where, found in _lists(reader, town, lesson).items():
            assert found <= listed, f"{where}: it stands in a list"
            # Above its thread a lesson stands for who may know that it comes from there.
            assert found == listed or where == "thread", f"{where}: it is missing"


def _lists(reader: Any, town: Any, lesson: Lesson) -> dict[str, bool]:
    number = lesson.public_id
    found = {
        "library": number in {card.public_id for card in library.page(reader, limit=50).rows},
        "newest": number in {card.public_id for card in library.newest(reader, limit=50)},
        "feed": number in {entry.public_id for entry in feeds.lessons(reader)},
        "thread": number in {one.public_id for one in of_thread.lessons_of_thread(reader, town.thread.id)},
    }
    return found if reader is not None else {**found, "sitemap": number in _in_sitemap(lesson.id)}


def _in_sitemap(lesson_id: int) -> set[str]:
    try:
        return {place.name for place in sitemap.places("lessons", sitemap.file_of("lessons", lesson_id))}
    except NotFound:
        return set()


def disputes(town: Any, lesson: Lesson, kept: Kept) -> None:
    """Ask whether accepted evidence stays, beside its claim, and what waits or was declined is for those who may."""
    rows = list(db.session.scalars(select(CounterEvidence).where(CounterEvidence.lesson_id == lesson.id)))
    accepted = {one.id: one.words for one in rows if one.accepted}
    assert kept.accepted.items() <= accepted.items(), "evidence is gone"
    kept.accepted = accepted
    assert all(one.ended_because for one in rows if one.ended_at is not None), "it ended without a reason"
    is_open = any(one.accepted and one.ended_at is None for one in rows)
    assert (lesson.disputed_at is not None) == is_open, "disputed, or not any more"
    for reader, least in (("curator", 0), ("reader", 1)):
        if kept.audience is None or kept.audience.rank < least:
            continue
        actor = town.actor(reader)
        shown = {one.id for one in page.page(actor, lesson.public_id or "").evidence}
        theirs = {one.id for one in rows if one.accepted or least == 0 or one.author_id == actor.id}
        assert shown == theirs, "evidence that somebody may not read, or that they miss"
