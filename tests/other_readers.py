"""A thread gets other readers by somebody who looked at what that does just before, as its page shows it."""

from forum.domain.moderation import narrowing
from forum.domain.regrouping import dry_run, regroupings
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.actors import Actor


def set_audience(by: Actor, thread_id: int, *, audience: Audience) -> Thread:
    """Look, and do it; also for whom the page is refused, so that it is the verb that refuses them."""
    thread = db.session.get_one(Thread, thread_id)
    seen = dry_run.of(by, regroupings.readers(thread, Audience(audience))).digest
    return narrowing.set_audience(by, thread_id, audience=audience, seen=seen, reason="It tells of somebody.")
