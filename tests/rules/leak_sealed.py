"""What moderators took away for everybody, in the salted network: a whole post, and words of another."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from forum.domain.moderation import deleting, leaving_out, leaving_out_objections
from forum.domain.threads import threads
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.sealing import Sealing
from forum.models.threads import Thread
from tests.factories import actor

DELETED, LEFT_OUT, AGAINST = "zwartverwijderdmerk", "zwartweggelatenmerk", "zwarttegenweglatenmerk"
MARKERS = (DELETED, LEFT_OUT, AGAINST)


def seal(insider: Member, moderator: Member, thread: Thread, *, reason: str) -> None:
    """Delete a post of a thread, and leave a word out of another."""
    gone, named, objected = (
        threads.reply(
            actor(insider), thread.id, body=f"He is {marker}, they say.", idempotency_key=str(uuid.uuid4())
        )
        for marker in (DELETED, LEFT_OUT, "somebody")
    )
    deleting.delete(actor(moderator), gone.id, reason=reason)
    leaving_out.leave_out(actor(moderator), named.id, words=LEFT_OUT, reason=reason)
    with clock.at(clock.now() - timedelta(hours=1)):
        leaving_out.leave_out(actor(moderator), objected.id, words="somebody", reason=reason)
    sealing_id = db.session.scalars(select(Sealing.id).order_by(Sealing.id.desc()).limit(1)).one()
    leaving_out_objections.make(actor(insider), sealing_id, words=f"Everybody says {AGAINST}.")
