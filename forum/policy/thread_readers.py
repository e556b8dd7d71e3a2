"""Who reads a thread: the part of the rule of reading that is asked of threads as well where none stands yet.

Of a row of `Thread` or of a `Place` alike: what would become of its readers elsewhere is the same rule, and no other.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, null, or_

from forum.models.accounts import Member
from forum.models.spaces import Audience, Role
from forum.models.threads import Thread
from forum.policy.standing import ReaderId, active, in_good_standing, inside, within


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thread stands, or would stand: all of it that decides who reads it."""

    space_id: int
    audience: Audience
    author_id: int
    is_hidden: bool = False
    is_withdrawn: bool = False
    is_merged: bool = False

    @classmethod
    def of(cls, thread: Thread) -> "Place":
        """Return where a thread stands at this moment."""
        gone = {"is_hidden": thread.hidden_at is not None, "is_withdrawn": thread.withdrawn_at is not None}
        gone["is_merged"] = thread.merged_at is not None
        return cls(thread.space_id, Audience(thread.audience), thread.author_id, **gone)


class _Columns:
    """A place as a row of `Thread` would have it in a statement."""

    def __init__(self, place: Place) -> None:
        self.space_id = literal(place.space_id)
        self.audience = literal(place.audience.value)
        self.author_id = literal(place.author_id)
        self.hidden_at = literal(1) if place.is_hidden else null()
        self.withdrawn_at = literal(1) if place.is_withdrawn else null()
        self.merged_at = literal(1) if place.is_merged else null()


def reads_thread(reader_id: ReaderId, at: Any = Thread) -> ColumnElement[bool]:
    """Return whether a reader sees a thread: with `Member.id` each member of the query, with nothing a visitor."""
    read = within(at.audience, at.space_id, reader_id)
    shown = and_(at.hidden_at.is_(None), at.withdrawn_at.is_(None))
    if reader_id is None:
        return and_(read, shown)
    moderated = inside(at.space_id, reader_id, Role.MODERATOR)
    # What an author took back is gone for moderators too; what a moderator hid its author still sees, with the reason.
    for_moderators = and_(at.withdrawn_at.is_(None), moderated)
    # Everybody is in the audience of a public thread, so who is out of good standing has to be kept out here.
    kept = and_(active(reader_id), or_(at.author_id == reader_id, for_moderators))
    # Where all posts went to another thread, nothing is left to read for anybody.
    kept = and_(kept, at.merged_at.is_(None))
    return and_(read, or_(shown, kept))


def reads_there(place: Place) -> ColumnElement[bool]:
    """Return whether the `Member` of the query around would see a thread that stood there, as `audience` has it."""
    return and_(in_good_standing(Member), reads_thread(Member.id, _Columns(place)))


def visitors_read(place: Place) -> bool:
    """Return whether anybody reads a thread there, also without an account."""
    return place.audience == Audience.PUBLIC and not place.is_hidden and not place.is_withdrawn
