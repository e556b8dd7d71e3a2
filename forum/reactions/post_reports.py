"""From reported posts, objections and deputies to who is told: who reported, the author, and the deputy of a space."""

from sqlalchemy import select

from forum.domain.mailing.notices import Subject
from forum.domain.moderation import settlers
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.deputies import SpaceDeputy
from forum.models.events import Event
from forum.models.post_reports import PostReport
from forum.models.threads import Post, Thread
from forum.reactions import told


def settled(event: Event) -> None:
    """Tell who reported it that something came of it, once nobody can undo that: without the place, and who did it.

    What came of it stands on a page of their own, as far as they may see it when they look.
    """
    act = told.act_of(event)
    if act is None:
        return
    query = (
        select(Member.id)
        .join(PostReport, PostReport.reporter_id == Member.id)
        .where(
            PostReport.settlement_id == event.payload["settlement_id"],
            Member.suspended_at.is_(None),
            Member.id != act.actor_id,
        )
    )
    members = db.session.scalars(query.order_by(Member.id)).all()
    told.tell(event, dict.fromkeys(members, "report_settled"), told.NOTHING, act=act)


def change_asked(event: Event) -> None:
    """Tell its author, who reads the reason, once nobody can undo that."""
    post, act = _post(event), told.act_of(event)
    if post is not None and act is not None and post.hidden_at is None and post.deleted_at is None:
        kinds = dict.fromkeys(told.readers(post, [post.author_id]), "change_asked")
        told.tell(event, kinds, _about(post), act=act)


def declined(event: Event) -> None:
    """Tell the author of a hidden post that it stays hidden, who reads why."""
    post = _post(event)
    if post is not None and post.hidden_at is not None and post.deleted_at is None:
        kinds = dict.fromkeys(told.readers(post, [post.author_id]), "objection_declined")
        told.tell(event, kinds, _about(post))


def waits(event: Event) -> None:
    """Tell the deputy of the space, where nobody else may look after a post: of the space alone."""
    post = _post(event)
    if post is None or post.deleted_at is not None:
        return
    thread = db.session.get_one(Thread, post.thread_id, populate_existing=True)
    deputy_id = settlers.deputy_for(post, thread)
    if deputy_id is not None:
        told.tell(event, {deputy_id: "deputy_needed"}, Subject(space_id=thread.space_id))


def named(event: Event) -> None:
    """Tell the deputy of a space, while they are."""
    deputy = db.session.get(SpaceDeputy, event.payload["deputy_id"], populate_existing=True)
    if deputy is not None and deputy.ended_at is None:
        kinds = {deputy.member_id: "deputy_named"}
        told.tell(event, kinds, Subject(space_id=deputy.space_id), actor_id=event.payload["actor_id"])


def _post(event: Event) -> Post | None:
    return db.session.get(Post, event.payload["post_id"], populate_existing=True)


def _about(post: Post) -> Subject:
    return Subject(thread_id=post.thread_id, post_id=post.id)
