"""Questions to the authors of a thread, whether others may read their words: until they are done or taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from forum.domain.desk.queues.columns import Columns, at_once
from forum.domain.regrouping import agreements
from forum.domain.regrouping.agreements import Asked
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.regrouping import Agreement, AgreementRound
from forum.models.spaces import Space
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

NAME = "agreements"
# Until when somebody who was asked may still answer.
_CLOSES = (
    select(func.max(Agreement.closes_at))
    .where(Agreement.round_id == AgreementRound.id)
    .correlate(AgreementRound)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a question stands; `to` is the address of the space where the thread would go.

    Empty where it stays in its space, and for a moderator who does not see the other one.
    """

    thread_id: int
    asked: Asked
    is_move: bool
    to: str


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the questions about threads of these spaces, by when they close."""
    columns = Columns(
        kind=NAME,
        item_id=AgreementRound.id,
        space_id=Thread.space_id,
        due_at=at_once(func.coalesce(_CLOSES, AgreementRound.asked_at)),
        since_at=AgreementRound.asked_at,
        thread_id=Thread.id,
        title=Thread.title,
        who=Member.name,
    )
    return _joined(columns.select(), actor).where(Thread.space_id.in_(list(space_ids)))


def details(actor: Actor, item_id: int) -> Standing | None:
    """Return how one stands, while it waits (three queries at most)."""
    query: Any = select(AgreementRound, Thread.id, Thread.space_id)
    row = db.session.execute(_joined(query, actor).where(AgreementRound.id == item_id)).one_or_none()
    if row is None:
        return None
    found, thread_id, space_id = row
    is_move = found.to_space_id != space_id
    place = select(Space.slug).where(Space.id == found.to_space_id, sees(Space, actor))
    to = db.session.scalar(place) if is_move else None
    return Standing(thread_id, agreements.shown(found), is_move, to or "")


def _joined(query: Select[Any], actor: Actor) -> Select[Any]:
    here = (AgreementRound.from_space_id == Thread.space_id, AgreementRound.from_audience == Thread.audience)
    return (
        query.select_from(AgreementRound)
        .join(Thread, Thread.id == AgreementRound.thread_id)
        .outerjoin(Member, Member.id == AgreementRound.asked_by_id)
        .where(AgreementRound.ended_at.is_(None), *here, sees(Thread, actor))
    )
