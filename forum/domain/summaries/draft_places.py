"""Where a draft of a summary stands: with its thread, for who sees that; moderators and whom they ask may write it."""

from collections.abc import Collection

from sqlalchemy import and_, select

from forum.domain.drafts.views import Place
from forum.domain.summaries import keepers, page
from forum.infra.db import db
from forum.models.spaces import Space
from forum.models.summaries import SummaryVersion
from forum.models.threads import Thread
from forum.policy.actions import may_summarise
from forum.policy.actors import Actor
from forum.policy.visibility import sees


def of_threads(actor: Actor, thread_ids: Collection[int]) -> dict[int, Place]:
    """Return the place of the summary of each of these threads that the actor sees (one query)."""
    latest = and_(
        SummaryVersion.thread_id == Thread.id, SummaryVersion.number == page.latest_number(Thread.id)
    )
    query = (
        select(Thread, Space.name, keepers.is_asked(actor.id, Thread.id), SummaryVersion)
        .join(Space, Space.id == Thread.space_id)
        .outerjoin(SummaryVersion, latest)
        .where(Thread.id.in_(thread_ids), sees(Thread, actor))
    )
    return {
        thread.id: Place(
            thread.title,
            space,
            may_summarise(actor, thread, asked=is_asked),
            version.number if version else 0,
            version.created_at if version else None,
            {"thread_id": thread.id},
        )
        for thread, space, is_asked, version in db.session.execute(query)
    }
