"""Tell who is asked to write where a thread stands, as long as they still are."""

from forum.domain.mailing.notices import Subject
from forum.domain.summaries import keepers
from forum.infra.db import db
from forum.models.events import Event
from forum.models.summaries import SummaryKeeper
from forum.models.threads import Thread
from forum.reactions import told


def asked(event: Event) -> None:
    """Tell them who asks."""
    payload = event.payload
    thread = db.session.get(Thread, payload["thread_id"], populate_existing=True)
    is_asked = db.session.get(
        SummaryKeeper, (payload["thread_id"], payload["member_id"]), populate_existing=True
    )
    if thread is not None and is_asked is not None and told.readers(thread, [payload["member_id"]]):
        kinds = {payload["member_id"]: keepers.TOLD}
        told.tell(event, kinds, Subject(thread_id=thread.id), actor_id=payload["actor_id"])
