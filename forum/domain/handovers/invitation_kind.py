"""Invitations that nobody accepted yet. Those of who stops moderating are withdrawn, so none is left behind."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from forum.domain.handovers.kind import Item, Kind
from forum.domain.spaces import invitations
from forum.infra import days
from forum.infra.db import db
from forum.infra.i18n import lazy
from forum.models.spaces import Invitation
from forum.policy.actions import Answer, may_moderate
from forum.policy.actors import Actor
from forum.policy.visibility import visible


def held(moment: Any) -> Select[*tuple[Any, ...]]:
    """Select every invitation that can be accepted, by who answers for it: who sent it, or took it over."""
    return select(
        Invitation.responsible_id.label("holder_id"),
        Invitation.space_id,
        Invitation.id.label("item_id"),
        Invitation.invited_at.label("since_at"),
    ).where(*invitations.open_on(moment))


def seen(reader: Actor, invitation_ids: Collection[int]) -> dict[int, Item]:
    """Return those of these invitations that the reader may see (one query)."""
    return {
        row.id: Item(row.email, until=days.day_of(row.expires_at)) for row in _visible(reader, invitation_ids)
    }


def answers(actor: Actor, invitation_ids: Collection[int]) -> dict[int, Answer]:
    """Return for each of these that the actor may see whether they may answer for it (one query)."""
    return {row.id: may_moderate(actor, row.space_id) for row in _visible(actor, invitation_ids)}


def take(actor: Actor, invitation_id: int, giver_id: int) -> None:
    """Answer for it."""
    invitations.take_over(actor, invitation_id, giver_id=giver_id)


def _visible(reader: Actor, invitation_ids: Collection[int]) -> list[Invitation]:
    return list(db.session.scalars(visible(Invitation, reader).where(Invitation.id.in_(invitation_ids))))


KIND = Kind("invitation", lazy("Invitation"), lazy("an invitation"), held, seen, answers, take)
