"""Ask authors whether their words may reach others: each once for the words as they are, and anew when they change."""

from forum.domain.mailing.notices import Subject
from forum.domain.regrouping import agreements
from forum.infra.db import db
from forum.models.events import Event
from forum.models.regrouping import Agreement, AgreementRound
from forum.models.threads import Post, Thread
from forum.reactions import told


def asked(event: Event) -> None:
    """Tell an author that they are asked, while they can answer: without the thread where they no longer read it."""
    row = db.session.get(Agreement, event.payload["agreement_id"], populate_existing=True)
    round_ = db.session.get(AgreementRound, row.round_id) if row is not None else None
    if row is None or round_ is None or round_.ended_at is not None or row.agreed is not None:
        return
    thread = db.session.get_one(Thread, round_.thread_id, populate_existing=True)
    about = Subject(thread_id=thread.id)
    told.tell_owner(
        event, "agreement_asked", row.author_id, about=about, row=thread, actor_id=round_.asked_by_id
    )


def wrote(event: Event) -> None:
    """Ask whoever wrote in a thread, or changed a post, while its authors are asked."""
    if "after_id" not in event.payload:  # an event that goes on with another tells of the same post
        post = db.session.get(Post, event.payload["post_id"])
        if post is not None:
            agreements.look_again(post.thread_id)


def said_beside(event: Event) -> None:
    """Ask whoever responded to its story as well, or said where it stands."""
    agreements.look_again(event.payload["thread_id"])
