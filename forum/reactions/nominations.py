"""Tell who said that there is a lesson in a thread that a moderator closed that, as far as they can read the thread."""

from forum.domain.mailing.notices import Subject
from forum.domain.threads import nominations
from forum.infra.db import db
from forum.models.events import Event
from forum.models.threads import Thread
from forum.reactions import told

TOLD = "nomination_closed"


def closed(event: Event) -> None:
    """Tell each of them, once nobody can undo that; why stands on the page to which it leads."""
    act = told.act_of(event)
    if act is None:
        return
    rows = nominations.closed_with(event.payload["nomination_id"])
    thread = db.session.get(Thread, rows[0].thread_id, populate_existing=True) if rows else None
    if thread is not None:
        kinds = dict.fromkeys(told.readers(thread, [row.member_id for row in rows]), TOLD)
        told.tell(event, kinds, Subject(thread_id=thread.id), actor_id=rows[0].ended_by_id, act=act)
