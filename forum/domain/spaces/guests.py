"""Guests whose time ends: until which day, what is told before and after, and rows that are closed once it is over.

When it ends they read nothing more, at that moment (`policy.standing.belonging`). What is here only tidies up.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from forum.domain.mailing import events
from forum.domain.people import feed_keys
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _, day
from forum.models.spaces import Membership, Space
from forum.policy.errors import Invalid
from forum.policy.standing import belonging

USUAL, LONGEST = timedelta(days=183), timedelta(days=5 * 366)
TELL_BEFORE = timedelta(days=7)
BATCH = 100


def usual_until(start: date | None = None) -> date:
    """Return the last day that is offered for a guest of that day, or of today."""
    return (start or days.today()) + USUAL


def end_of(until: date | None) -> datetime | None:
    """Return when the time of a guest until that day, the last one, ends; None without one. Invalid at `until`."""
    if until is None:
        return None
    today = days.today()
    if until < today:
        raise Invalid("until", _("Choose today or a later day."))
    if until > today + LONGEST:
        raise Invalid("until", _("Choose a day within five years."))
    return days.end_of(until)


def last_day(ends_at: datetime | None) -> date | None:
    """Return the last day on which a guest still reads; None without an end."""
    return None if ends_at is None else days.day_of(ends_at - timedelta(microseconds=1))


def own_end(reader_id: Any) -> Any:
    """Return when the time of a reader as a guest in `Space` ends, as a column; null without an end."""
    query = select(Membership.ends_at).where(
        Membership.member_id == reader_id, Membership.space_id == Space.id, belonging(Membership)
    )
    return query.correlate(Space).scalar_subquery()


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the later of two ends; None, without one, is later than any."""
    return None if one is None or other is None else max(one, other)


def in_words(ends_at: datetime | None) -> str:
    """Return until when somebody is a guest, for the log."""
    until = last_day(ends_at)
    return _("guest until %(day)s", day=day(until)) if until else _("guest without an end")


def is_over(moment: datetime) -> ColumnElement[bool]:
    """Whether the time of a guest was over at that moment, and the row is not closed yet."""
    return and_(Membership.ended_at.is_(None), Membership.ends_at <= moment)


def close(member_id: int, space_id: int) -> None:
    """Close the row of a guest whose time in a space is over: before they get a new one (system verb)."""
    which = (Membership.member_id == member_id, Membership.space_id == space_id, is_over(clock.now()))
    _close(db.session.scalars(select(Membership).where(*which).with_for_update()).all())


def close_batch() -> int:
    """Close a batch of rows of guests whose time is over, and tell of it; return how many there were."""
    due = (
        select(Membership)
        .where(is_over(clock.now()))
        .order_by(Membership.ends_at, Membership.id)
        .limit(BATCH)
    )
    rows = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    _close(rows)
    return len(rows)


def _close(rows: Sequence[Membership]) -> None:
    for row in rows:
        row.ended_at = row.ends_at
        events.record("guest.ended", membership_id=row.id)
    db.session.flush()
    for member_id in sorted({row.member_id for row in rows}):
        feed_keys.end_lost(member_id)


def tell_batch() -> int:
    """Tell of a batch of guests that their time ends within a week, once for each end; return how many were due.

    Nobody is told of an end that was that near when they came.
    """
    now = clock.now()
    soon = (Membership.ends_at > now, Membership.ends_at <= now + TELL_BEFORE)
    due = select(Membership).where(Membership.ended_at.is_(None), *soon, Membership.end_told_at.is_(None))
    rows = db.session.scalars(due.limit(BATCH).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.end_told_at = now
        if row.ends_at is not None and row.ends_at - row.since_at > TELL_BEFORE:
            events.record("guest.ends_soon", membership_id=row.id)
    db.session.flush()
    return len(rows)
