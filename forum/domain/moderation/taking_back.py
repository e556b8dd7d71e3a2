"""Take one's own post back, and put it back, with what follows for the lessons that quote it."""

from sqlalchemy import select

from forum.domain.audit import undoable
from forum.domain.lessons import weakened
from forum.domain.moderation import losses, report_outcomes
from forum.domain.threads import post_store, posts, rendering
from forum.infra.db import db
from forum.models.post_reports import ReportOutcome
from forum.models.threads import Post
from forum.models.undo import UndoKind
from forum.policy.actors import Actor


def take_back(actor: Actor, post_id: int) -> Post:
    """Withdraw one's own post; its words leave the lessons too, those of others in its thread stay. As `posts` has it.

    For ten minutes it can be undone as if nothing happened. NotFound, Forbidden.
    """
    thread, _post = posts.place(actor, post_id)
    lessons = weakened.hold(thread.id)
    post = posts.take_back(actor, post_id)
    act = undoable.note(actor, UndoKind.TAKE_BACK, thread_id=thread.id, post_id=post.id)
    losses.tell(act, lessons, post)
    for gone in _with(post):
        report_outcomes.write(actor, gone, ReportOutcome.TAKEN_BACK, act)
    return post


def put_back(actor: Actor, post_id: int, *, rendered: rendering.Rendered | None = None) -> Post:
    """Show a withdrawn post of one's own again, in the lessons too, with what `rendering.again` made.

    NotFound, Forbidden, TooOften.
    """
    thread, _post = posts.place(actor, post_id)
    lessons = weakened.hold(thread.id)
    post = posts.put_back(actor, post_id, rendered=rendered)
    undoable.mark_undone(UndoKind.TAKE_BACK, post_id=post.id)
    for back in _with(post):
        report_outcomes.reopen(actor, back)
    weakened.look(lessons)
    return post


def _with(post: Post) -> list[Post]:
    """The posts that go and come with one: those of its thread, where that is all its author's and it is the first."""
    if post.number != 1 or post_store.others_wrote(post.thread):
        return [post]
    return list(db.session.scalars(select(Post).where(Post.thread_id == post.thread_id).order_by(Post.id)))
