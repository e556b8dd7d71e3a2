"""Tell authors that a moderator moved their posts to another thread, once it can no longer be undone."""

from sqlalchemy import select

from forum.domain.mailing.notices import Subject
from forum.infra.db import db
from forum.models.events import Event
from forum.models.threads import Post
from forum.reactions import told


def moved(event: Event) -> None:
    """Tell each author, of the first of their posts; who cannot read it there hears it without the place."""
    act = told.act_of(event)
    if act is None:
        return
    ids = [post_id for post_id, _old, _new in act.before["posts"]]
    firsts: dict[int, Post] = {}
    for post in db.session.scalars(select(Post).where(Post.id.in_(ids)).order_by(Post.number)):
        firsts.setdefault(post.author_id, post)
    for author_id, post in firsts.items():
        about = Subject(thread_id=post.thread_id, post_id=post.id)
        told.tell_owner(event, "post_moved", author_id, about=about, row=post, actor_id=act.actor_id, act=act)
