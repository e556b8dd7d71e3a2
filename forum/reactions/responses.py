"""From responses to a story to who is told: its author once until they looked, and whose sentence was hidden."""

from sqlalchemy import exists, select

from forum.domain.mailing.notices import Subject
from forum.domain.threads import following
from forum.infra.db import db
from forum.models.events import Event
from forum.models.notifications import Notification
from forum.models.responses import ThreadResponse
from forum.models.threads import Thread
from forum.reactions import told

GIVEN = "responded"


def given(event: Event) -> None:
    """Tell the author that there are responses, unless they were told and did not look since: never one for each."""
    thread = _thread(event)
    if thread is None or thread.hidden_at is not None or not thread.title:
        return
    waiting = exists().where(
        Notification.member_id == thread.author_id,
        Notification.thread_id == thread.id,
        Notification.kind == GIVEN,
        Notification.read_at.is_(None),
    )
    some = exists().where(ThreadResponse.thread_id == thread.id)  # not all taken back since
    if db.session.scalar(select(some & ~waiting)) and following.tells_author(thread):
        told.tell(event, {thread.author_id: GIVEN}, Subject(thread_id=thread.id))


def moderated(event: Event) -> None:
    """Tell who wrote a sentence that a moderator hid it, or shows it again."""
    thread, member_id = _thread(event), event.payload["member_id"]
    if thread is not None and told.readers(thread, [member_id]):
        kind = event.name.replace(".", "_")
        told.tell(event, {member_id: kind}, Subject(thread_id=thread.id), actor_id=event.payload["actor_id"])


def _thread(event: Event) -> Thread | None:
    return db.session.get(Thread, event.payload["thread_id"], populate_existing=True)
