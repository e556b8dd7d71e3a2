"""From words that a moderator took away or changed to their author, and from what that author says against it."""

from forum.domain.mailing.notices import Subject
from forum.domain.moderation import leaving_out_objections
from forum.infra.db import db
from forum.models.events import Event
from forum.models.sealing import Sealing
from forum.models.threads import Post
from forum.reactions import told

KINDS = {
    "post.sealed": "post_deleted",
    "post.shortened": "words_left_out",
    "thread.retitled": "thread_retitled",
    "leaving_out.kept": "left_out_kept",
    "leaving_out.lifted": "left_out_lifted",
}


def changed(event: Event) -> None:
    """Tell its author what was done to a post, once nobody can undo that."""
    post = db.session.get(Post, event.payload["post_id"], populate_existing=True)
    act = told.act_of(event)
    if post is None or act is None or post.deleted_at is not None:
        return
    kinds = dict.fromkeys(told.readers(post, [post.author_id]), KINDS[event.name])
    told.tell(event, kinds, Subject(thread_id=post.thread_id, post_id=post.id), act=act)


def objected(event: Event) -> None:
    """Tell the deputy of the space, where nobody else may look at the objection: of the space alone."""
    sealing = db.session.get(Sealing, event.payload["sealing_id"], populate_existing=True)
    deputy = leaving_out_objections.deputy_for(sealing) if sealing is not None else None
    if deputy is not None:
        told.tell(event, {deputy.member_id: "deputy_needed"}, Subject(space_id=deputy.space_id))


def answered(event: Event) -> None:
    """Tell the author of a post what came of their objection to words that were left out of it."""
    sealing = db.session.get(Sealing, event.payload["sealing_id"], populate_existing=True)
    post = db.session.get(Post, sealing.post_id, populate_existing=True) if sealing is not None else None
    if post is not None and post.deleted_at is None:
        kinds = dict.fromkeys(told.readers(post, [post.author_id]), KINDS[event.name])
        told.tell(event, kinds, Subject(thread_id=post.thread_id, post_id=post.id))
