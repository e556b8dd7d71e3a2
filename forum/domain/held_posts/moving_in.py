"""A thread that its author moves to another space: what would wait there does not get in by being written elsewhere."""

from html import escape

from sqlalchemy import select

from forum.domain.held_posts import why
from forum.domain.house_rules import acceptance
from forum.domain.threads import classification, post_store
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.spaces import Audience, Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy import actions
from forum.policy.actions import may_start
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import get_visible


def move(actor: Actor, thread_id: int, space_id: int, *, audience: Audience) -> Thread:
    """Move one's own thread as `classification.move` does; errors as there, Conflict where it would wait there.

    Conflict too where the actor has to accept the house rules first.
    """
    post_store.locked_thread(actor, thread_id)
    thread = classification.to_move(actor, thread_id)
    if thread.space_id != space_id:
        require(actor, thread, get_visible(Space, actor, space_id))
    return classification.move(actor, thread_id, space_id, audience=audience)


def require(actor: Actor, thread: Thread, space: Space) -> None:
    """Do nothing where the actor may bring what they wrote to a space; Forbidden, Conflict as of `move`."""
    actions.require(may_start(actor, space))
    if said := why_rules_come_first(actor, space) or why_it_would_wait(actor, thread, space):
        raise Conflict(said)


def why_rules_come_first(actor: Actor, space: Space) -> str:
    """Return that the actor has to accept the house rules of a space first, where they have to."""
    if acceptance.due(actor, space.id) is None:
        return ""
    return _("Accept the house rules of %(space)s first: they stand on its page.", space=space.name)


def why_it_would_wait(actor: Actor, thread: Thread, space: Space) -> str:
    """Return that what the actor wrote would wait in a space, where it would."""
    if not why.of(actor, space.id, *_written(thread)):
        return ""
    return _("In that space a moderator looks first at what you write. Begin the thread there instead.")


def _written(thread: Thread) -> tuple[str, str]:
    """All that stands in a thread, as HTML, and its title; of what was taken back, which can be put back, the text."""
    rows = db.session.execute(
        select(Post.html, PostRevision.plain, PostRevision.title)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.thread_id == thread.id)
        .order_by(Post.number)
    ).all()
    return "\n".join(row.html or f"<p>{escape(row.plain)}</p>" for row in rows), rows[0].title
