"""Once a year a member is asked whether a capacity is still right: at home, and by one e-mail a year at most."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Select, and_, bindparam, exists, or_, select

from forum.domain.mailing import notices
from forum.domain.mailing.mail_queue import mail_row, queue_rows
from forum.domain.people import capacities, profiles
from forum.infra import clock, days
from forum.infra.db import Moment, db
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.mail import Lane, OutgoingMail
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.standing import in_good_standing

YEAR = timedelta(days=365)
LETTER = "still_right"
AT_ONCE = 200  # members asked in one transaction


def due(member_id: int) -> list[Capacity]:
    """Return the capacities of which nobody said for a year that they are right, the longest first (one query)."""
    return list(db.session.scalars(_due(), {"member_id": member_id, **values(clock.now())}))


def with_due(actor: Actor) -> list[tuple[Capacity, bool]]:
    """Return all capacities of the actor, the current ones first; each with whether it is due (one query)."""
    rows = db.session.execute(_with_due(), {"member_id": actor.id, **values(clock.now())})
    return [(capacity, due) for capacity, due in rows]


@cached
def _due() -> Select[Any]:
    query = select(Capacity).where(Capacity.member_id == bindparam("member_id"), is_due_now())
    return query.order_by(Capacity.starts_on, Capacity.id)


@cached
def _with_due() -> Select[Capacity, bool]:
    query = select(Capacity, is_due_now()).where(Capacity.member_id == bindparam("member_id"))
    return query.order_by(*profiles.CURRENT_FIRST)


def affirm(actor: Actor, capacity_id: int) -> Capacity:
    """Say that one of the actor's own capacities is still right; NotFound for another's, or one that ended."""
    capacity = db.session.scalars(
        select(Capacity).where(
            Capacity.id == capacity_id,
            Capacity.member_id == actor.id,
            capacities.holds_on(days.today()),
        )
    ).one_or_none()
    if capacity is None:
        raise NotFound
    capacity.affirmed_at = clock.now()
    db.session.flush()
    return capacity


def ask_batch(*, after_id: int) -> int | None:
    """Queue the e-mail for the next members with a question; return the last of them, None at the end."""
    now = clock.now()
    asked = exists().where(
        OutgoingMail.member_id == Member.id, OutgoingMail.kind == LETTER, OutgoingMail.created_at > now - YEAR
    )
    question = exists().where(Capacity.member_id == Member.id, is_due(now)).correlate(Member)
    query = select(Member.id).where(
        Member.id > after_id, in_good_standing(Member), question, ~asked.correlate(Member)
    )
    ids = db.session.scalars(query.order_by(Member.id).limit(AT_ONCE)).all()
    moments = notices.leaves_at(ids, now)
    queue_rows(
        [
            mail_row(
                LETTER,
                key=f"{LETTER}.{days.today()}.{member_id}",
                lane=Lane.BULK,
                member_id=member_id,
                not_before=moments[member_id],
            )
            for member_id in ids
        ]
    )
    return ids[-1] if len(ids) == AT_ONCE else None


def is_due(now: datetime) -> ColumnElement[bool]:
    """A confirmed capacity that holds; the year begins when it was confirmed, affirmed, or first could be."""
    return is_due_since(now - YEAR, days.today())


def is_due_now() -> ColumnElement[bool]:
    """Say the same in a query that is built once; it runs with `values`."""
    return is_due_since(bindparam("year_ago", type_=Moment), bindparam("today", type_=Date))


def values(now: datetime) -> dict[str, Any]:
    """Return the parameters of a query with `is_due_now`."""
    return {"year_ago": now - YEAR, "today": days.today()}


def is_due_since(
    long_ago: datetime | BindParameter[datetime], day: date | BindParameter[date]
) -> ColumnElement[bool]:
    """Say the same of one that holds on `day`, a year after `long_ago`."""
    return and_(
        capacities.holds_on(day),
        Capacity.confirmed_at <= long_ago,
        or_(Capacity.affirmed_at.is_(None), Capacity.affirmed_at <= long_ago),
        or_(Capacity.counts_until.is_(None), Capacity.counts_until <= long_ago),
    )
