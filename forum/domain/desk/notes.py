"""Private notes about an item, and what happened to it: for the moderators of its space alone.

What is written about one member is part of what they may download, and goes with their account.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, literal, select, union_all
from sqlalchemy import cast as as_type

from forum.domain.desk import places, waiting
from forum.domain.desk.waiting import Item
from forum.domain.lines import clean_paragraphs
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity, Member
from forum.models.desk import DeskNote, DeskTaking
from forum.models.measures import SpaceMeasure
from forum.models.spaces import JoinRequest
from forum.models.threads import Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

MOST = 50  # that are shown of an item
MOST_WRITTEN = "120 per hour"
TAKEN, GIVEN_BACK, SAID = "taken", "given_back", "said"
# Of these kinds an item is about one member.
_SUBJECTS: dict[str, Any] = {
    "join_request": (JoinRequest.member_id, JoinRequest.id),
    "capacity": (Capacity.member_id, Capacity.id),
    "measures": (SpaceMeasure.member_id, SpaceMeasure.id),
    "unanswered": (Thread.author_id, Thread.id),
    "theme": (Thread.author_id, Thread.id),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did with an item, or said about it (`words`)."""

    what: str  # "taken", "given_back", "said"
    name: str
    at: datetime
    words: str


def write(actor: Actor, key: str, *, words: str) -> Item:
    """Write a note about what waits for the actor under that key; the same twice is once.

    NotFound, Invalid at `words`, TooOften.
    """
    item = places.item(actor, key)
    add_to(actor, key, space_id=item.space_id, words=words)
    return item


def add_to(actor: Actor, key: str, *, space_id: int, words: str) -> None:
    """Write it also about what waits no longer, in a space that the actor moderates. Forbidden, Invalid, TooOften."""
    require(may_moderate(actor, space_id))
    kind, item_id = waiting.named(key)
    if kind is None:
        raise NotFound
    words = clean_paragraphs(
        words, field="words", limit=DeskNote.WORDS_MAX, missing=_("Write something first.")
    )
    its = (DeskNote.kind == kind, DeskNote.item_id == item_id, DeskNote.author_id == actor.id)
    last = db.session.scalars(
        select(DeskNote).where(*its).order_by(DeskNote.id.desc()).limit(1)
    ).one_or_none()
    if last is not None and last.words == words:  # sent twice
        return
    rates.spend("desk_note", f"member:{actor.id}", limit=MOST_WRITTEN)
    row = {"kind": kind, "item_id": item_id, "space_id": space_id, "subject_id": subject_of(kind, item_id)}
    db.session.add(DeskNote(**row, author_id=actor.id, words=words, made_at=clock.now()))
    db.session.flush()


def of_item(item: Item) -> list[Entry]:
    """Return what happened to an item that the actor was given, the first first (one query)."""

    def here(row: Any) -> Any:
        return row.space_id == item.space_id

    nothing = as_type(literal(""), String)
    # A thread may have come from another space: what was said of it there is for the moderators of that one.
    its = (DeskTaking.kind == item.kind, DeskTaking.item_id == item.item_id, here(DeskTaking))
    taken = select(literal(TAKEN), Member.name, DeskTaking.taken_at.label("at"), nothing)
    back = select(literal(GIVEN_BACK), Member.name, DeskTaking.ended_at, nothing)
    said = select(literal(SAID), Member.name, DeskNote.made_at, DeskNote.words)
    found = union_all(
        taken.join(Member, Member.id == DeskTaking.member_id).where(*its),
        back.join(Member, Member.id == DeskTaking.member_id).where(*its, DeskTaking.ended_at.is_not(None)),
        said.join(Member, Member.id == DeskNote.author_id).where(
            DeskNote.kind == item.kind, DeskNote.item_id == item.item_id, here(DeskNote)
        ),
    ).subquery("entries")
    rows = db.session.execute(select(found).order_by(found.c.at.desc()).limit(MOST)).all()
    return [Entry(*row) for row in reversed(rows)]


def subject_of(kind: str, item_id: int) -> int | None:
    """Return the id of the member whom an item of that kind is about; None where it is about nobody alone."""
    if kind not in _SUBJECTS:
        return None
    column, row_id = _SUBJECTS[kind]
    found: int | None = db.session.scalar(select(column).where(row_id == item_id))
    return found
