"""Who asks to belong to a space: an answer is promised within five working days."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select

from forum.domain.desk.queues.columns import Columns, in_workdays
from forum.domain.spaces import join_requests
from forum.domain.spaces.join_requests import RequestCard
from forum.models.accounts import Member
from forum.models.spaces import JoinRequest
from forum.policy.actors import Actor
from forum.policy.visibility import sees

NAME = "join_request"
WORKDAYS = 5


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the requests to these spaces that wait for an answer."""
    columns = Columns(
        kind=NAME,
        item_id=JoinRequest.id,
        space_id=JoinRequest.space_id,
        due_at=in_workdays(JoinRequest.asked_at, WORKDAYS),
        since_at=JoinRequest.asked_at,
        who=Member.name,
        words=JoinRequest.message,
    )
    return (
        columns.select()
        .select_from(JoinRequest)
        .join(Member, Member.id == JoinRequest.member_id)
        .where(
            sees(JoinRequest, actor),
            JoinRequest.space_id.in_(space_ids),
            JoinRequest.member_id != actor.id,
            *join_requests.waits(),
        )
    )


def details(actor: Actor, item_id: int) -> RequestCard | None:
    """Return the request with who asks, while it waits (one query)."""
    return join_requests.card(actor, item_id)
