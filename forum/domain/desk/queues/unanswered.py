"""Stories that nobody answered yet: whoever tells one is promised an answer within two working days."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from forum.domain.desk.queues.columns import REMEMBERED, Columns, in_workdays
from forum.domain.moderation import set_aside
from forum.domain.threads.running import RUNNING
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.themes import Need
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

NAME = "unanswered"
WORKDAYS = 2
# A story of the forty days before; what is older stands in the list of threads without an answer.
_OPEN = (
    Thread.answered_at.is_(None),
    Thread.locked_at.is_(None),
    RUNNING,
    Thread.hidden_at.is_(None),
    Thread.withdrawn_at.is_(None),
    Thread.title != "",
    Thread.need == Need.STORIES,
)


@dataclass(frozen=True, slots=True)
class Story:
    """A story with its whole summary, and by whom it is."""

    id: int
    slug: str
    summary: str
    name: str


def waiting(actor: Actor, space_ids: Collection[int]) -> Select[Any]:
    """Select the stories of others in these spaces, except where a moderator said that no answer is needed."""
    columns = Columns(
        kind=NAME,
        item_id=Thread.id,
        space_id=Thread.space_id,
        due_at=in_workdays(Thread.created_at, WORKDAYS),
        since_at=Thread.created_at,
        thread_id=Thread.id,
        title=Thread.title,
        who=Member.name,
        words=Thread.summary,
    )
    return (
        columns.select()
        .select_from(Thread)
        .join(Member, Member.id == Thread.author_id)
        .where(Thread.space_id.in_(space_ids), *_waits(actor))
    )


def details(actor: Actor, item_id: int) -> Story | None:
    """Return the story, while it waits (one query)."""
    query = (
        select(Thread.id, Thread.slug, Thread.summary, Member.name)
        .join(Member, Member.id == Thread.author_id)
        .where(Thread.id == item_id, *_waits(actor))
    )
    row = db.session.execute(query).one_or_none()
    return Story(*row) if row is not None else None


def _waits(actor: Actor) -> tuple[Any, ...]:
    return (
        sees(Thread, actor),
        Thread.author_id != actor.id,
        Thread.created_at > clock.now() - REMEMBERED,
        ~set_aside.is_aside(NAME, Thread.id),
        *_OPEN,
    )
