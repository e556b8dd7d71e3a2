"""Tell authors what became of posts that waited for a moderator, as far as they can read the place."""

from sqlalchemy import select

from forum.domain.held_posts import deciding, pointing
from forum.domain.mailing.notices import Subject
from forum.infra.db import db
from forum.models.events import Event
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.reactions import told


def approved(event: Event) -> None:
    """Tell its author that it appeared, unless it is hidden or taken back since."""
    post = db.session.get(Post, event.payload["post_id"], populate_existing=True)
    if post is not None and post.hidden_at is None and post.deleted_at is None:
        kinds = dict.fromkeys(told.readers(post, [post.author_id]), "post_appeared")
        about = Subject(thread_id=post.thread_id, post_id=post.id)
        told.tell(event, kinds, about, actor_id=event.payload["actor_id"])


def refused(event: Event) -> None:
    """Tell its author, once it can no longer be undone; why stands on the page to which it leads."""
    held, act = deciding.refused(event.payload["held_id"]), told.act_of(event)
    if held is None or act is None:
        return
    place: Thread | Space = (
        db.session.get_one(Thread, held.thread_id)
        if held.thread_id
        else db.session.get_one(Space, held.space_id)
    )
    about = Subject(thread_id=held.thread_id) if held.thread_id else Subject(space_id=held.space_id)
    named = told.readers(place, [held.author_id])
    kinds = {held.author_id: "post_refused"}
    told.tell(event, kinds, about if named else told.NOTHING, actor_id=act.actor_id, act=act)


def watched(event: Event) -> None:
    """Point out a post that was posted or changed, where it has a word that is watched for."""
    if "after_id" not in event.payload:  # an event that goes on with another tells of the same post
        pointing.look(event.payload["post_id"], is_change=event.name == "post.edited")


def moved_in(event: Event) -> None:
    """Point out the posts of a thread that came to another space, where they have a word that is watched for there."""
    thread_id = event.payload["thread_id"]
    if "act_id" in event.payload and told.act_of(event) is None:
        return
    for post_id in db.session.scalars(select(Post.id).where(Post.thread_id == thread_id)).all():
        pointing.look(post_id, is_change=True)
