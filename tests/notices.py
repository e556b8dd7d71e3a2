"""What members are told in tests: written by verbs and the worker, or as rows as reactions write them."""

import uuid
from datetime import datetime
from typing import Any

from forum.domain.mailing import events, notice_choices, notices
from forum.domain.mailing.kinds import KINDS
from forum.domain.threads import threads
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import event_processing
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Space
from forum.models.subscriptions import Delivery
from forum.models.themes import Axis, Need
from forum.models.threads import Post, Thread
from tests.factories import actor


def start(
    author: Member,
    space: Space,
    *,
    title: str = "Who rings back?",
    body: str = "We tried it.",
    audience: Audience = Audience.NETWORK,
) -> Thread:
    """A thread that its author started by the verb."""
    return threads.start(
        actor(author), space.id, title=title, body=body, need=Need.STORIES, axis=Axis.SOLIDARITY,
        audience=audience, idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip


def reply(author: Member, thread: Thread, body: str = "With us it went otherwise.") -> Post:
    """An answer by the verb."""
    return threads.reply(actor(author), thread.id, body=body, idempotency_key=str(uuid.uuid4()))


def handles(*members: Member) -> str:
    """A text that mentions them."""
    return " ".join(f"@{member.handle}" for member in members)


def react() -> None:
    """Let the worker tell of what happened."""
    db.session.commit()
    while event_processing.process_due():
        pass


def told(at: datetime | None = None) -> list[tuple[str, str]]:
    """The names and kinds of what shows at a moment, in the order of their writing."""
    moment = at or clock.now()
    names = {row.id: row.name for row in db.session.execute(db.select(Member.id, Member.name))}
    rows = db.session.scalars(db.select(Notification).order_by(Notification.id))
    return [
        (names[row.member_id], row.kind) for row in rows if row.shown_at is None or row.shown_at <= moment
    ]


def forget() -> None:
    """Let nobody have been told anything."""
    db.session.execute(db.delete(Notification))


def mails() -> list[OutgoingMail]:
    """The mails about notices, in the order of their planning."""
    query = db.select(OutgoingMail).where(OutgoingMail.kind == notices.LETTER).order_by(OutgoingMail.id)
    return list(db.session.scalars(query))


def choose(member: Member, **stops: Delivery) -> None:
    """Let a member choose how these kinds reach them."""
    notice_choices.choose(member.id, stops)
    db.session.flush()


def tell(member: Member, kind: str = "answer", *, at: datetime | None = None, **about: Any) -> Notification:
    """A notification that is not read yet, about an event of its own; `about` are columns."""
    post = {"post_id": about["post_id"]} if "post_id" in about else {}
    event = events.record("post.created", **post)
    db.session.flush()
    row = Notification(
        member_id=member.id, event_id=event.id, kind=kind, created_at=at or clock.now(), **about
    )
    db.session.add(row)
    db.session.flush()
    return row


def tell_of(member: Member, post: Post, kind: str = "answer", **about: Any) -> Notification:
    """A notification about a post of somebody else."""
    return tell(member, kind, actor_id=post.author_id, thread_id=post.thread_id, post_id=post.id, **about)


def tell_by_mail(member: Member, *posts: Post, kind: str = "answer") -> None:
    """Notifications about posts that are due to be mailed, to somebody who gets that kind at once."""
    stop = KINDS[kind].stop
    if stop is not None and KINDS[kind].default != Delivery.AT_ONCE:
        choose(member, **{stop: Delivery.AT_ONCE})
    for post in posts:
        tell_of(member, post, kind, shown_at=clock.now(), mail_at=clock.now())
