"""The words that moderators of a space, and editors for the network, watch for; members never read which."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select

from forum.domain.audit import log as audit_log
from forum.domain.held_posts import matching
from forum.domain.lines import clean_line
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import update_rows
from forum.models.held import Watch, WatchedWord
from forum.models.moderation import Action
from forum.models.spaces import Space
from forum.policy.actions import may_edit_network, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.held_posts import may_choose_holding
from forum.policy.visibility import get_visible

MOST = 100  # of one space, and of the network
MOST_CHANGES = "120 per hour"
SENTENCE_MAX = 500
ADDED, REMOVED = "added", "removed"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is watched for, and what happens then."""

    id: int
    word: str
    watch: Watch
    added_at: datetime


def every(actor: Actor, space_id: int | None) -> list[Word]:
    """Return the words of a space, None for those of the network, by the alphabet; NotFound, Forbidden."""
    _require(actor, space_id)
    query = select(WatchedWord.id, WatchedWord.word, WatchedWord.watch, WatchedWord.added_at)
    rows = db.session.execute(query.where(_of(space_id)).order_by(WatchedWord.word))
    return [Word(*row) for row in rows]


def add(actor: Actor, space_id: int | None, *, word: str, watch: Watch) -> None:
    """Watch for a word from now on; one that is there already gets the other consequence. The log says that, not which.

    NotFound, Forbidden, Invalid at `word` for what is not one word, or when there are too many; TooOften.
    """
    _require(actor, space_id, lock=True)
    rates.spend("watch", f"member:{actor.id}", limit=MOST_CHANGES)
    missing = _("Type one word.")
    typed = clean_line(word.lower(), field="word", limit=WatchedWord.WORD_MAX, missing=missing)
    if not matching.form_of(typed):
        raise Invalid("word", missing)
    query = select(WatchedWord).where(_of(space_id), WatchedWord.word == typed)
    row = db.session.scalars(query).one_or_none()
    if row is not None and row.watch == watch:
        return
    if row is None:
        if _count(space_id) >= MOST:
            raise Invalid("word", _("There are %(limit)d words. Remove one first.", limit=MOST))
        row = WatchedWord(space_id=space_id, word=typed, added_at=clock.now())
        db.session.add(row)
    row.watch, row.added_by_id = watch, actor.id
    db.session.flush()
    audit_log.record(actor, Action.WATCH_WORDS, space_id=space_id, reason=ADDED)


def remove(actor: Actor, space_id: int | None, word_id: int) -> None:
    """Watch for a word no longer; one that is gone already stays so. NotFound, Forbidden."""
    _require(actor, space_id, lock=True)
    if update_rows(delete(WatchedWord).where(_of(space_id), WatchedWord.id == word_id)):
        audit_log.record(actor, Action.WATCH_WORDS, space_id=space_id, reason=REMOVED)


def tried(actor: Actor, space_id: int | None, sentence: str) -> list[Word]:
    """Return which of the words of `every` stand in a sentence, of which nothing is kept; errors as there, TooOften."""
    words = {one.word: one for one in every(actor, space_id)}
    rates.spend("watch", f"member:{actor.id}", limit=MOST_CHANGES)
    return [words[found] for found in matching.among(words, [sentence[:SENTENCE_MAX]])]


def _count(space_id: int | None) -> int:
    return int(db.session.scalar(select(func.count(WatchedWord.id)).where(_of(space_id))) or 0)


def _of(space_id: int | None) -> ColumnElement[bool]:
    return WatchedWord.space_id.is_(None) if space_id is None else WatchedWord.space_id == space_id


def _require(actor: Actor, space_id: int | None, *, lock: bool = False) -> None:
    if space_id is None:
        require(may_edit_network(actor))
        return
    space: Space = get_visible(Space, actor, space_id, lock=lock)
    require(may_choose_holding(actor, space.id))
