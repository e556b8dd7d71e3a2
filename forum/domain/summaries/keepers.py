"""Who besides the moderators writes where a thread stands: asked by a moderator, and no longer asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import aliased

from forum.domain.lines import handle_of
from forum.domain.mailing import events, notices
from forum.domain.mailing.notices import Subject
from forum.domain.threads import post_store
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.spaces import Role
from forum.models.summaries import SummaryKeeper
from forum.models.threads import Post, Thread
from forum.policy.actions import may_moderate, may_reply, require
from forum.policy.actors import Actor, actor_of
from forum.policy.errors import Invalid
from forum.policy.visibility import audience, get_visible

TOLD = "summary_asked"
MOST_OFFERED = 50
HANDLE_MAX = 60  # of what is typed to name somebody


@dataclass(frozen=True, slots=True)
class Keeper:
    """A member who was asked, by whom and when."""

    member_id: int
    name: str
    asked_by: str | None
    asked_at: datetime


def is_asked(member_id: int, thread_id: Any) -> ColumnElement[bool]:
    """Return whether a member is asked to write the summary of a thread (an id, or the column of a query)."""
    return exists().where(SummaryKeeper.thread_id == thread_id, SummaryKeeper.member_id == member_id)


def of_thread(actor: Actor, thread_id: int) -> list[Keeper]:
    """Return who was asked to write the summary of a thread, for its moderators; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    by = aliased(Member)
    rows = db.session.execute(
        select(SummaryKeeper.member_id, Member.name, by.name.label("asked_by"), SummaryKeeper.asked_at)
        .join(Member, Member.id == SummaryKeeper.member_id)
        .outerjoin(by, by.id == SummaryKeeper.asked_by_id)
        .where(SummaryKeeper.thread_id == thread.id)
        .order_by(SummaryKeeper.asked_at, SummaryKeeper.member_id)
    )
    return [Keeper(**row._mapping) for row in rows]


def offered(actor: Actor, thread_id: int) -> list[tuple[str, str]]:
    """Return handle and name of those who wrote in the thread, by name.

    NotFound, Forbidden.
    """
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    wrote = select(Post.author_id).where(
        Post.thread_id == thread.id, Post.hidden_at.is_(None), Post.deleted_at.is_(None)
    )
    rows = audience(thread).with_only_columns(Member.handle, Member.name)
    rows = rows.where(Member.id.in_(wrote), Member.id != actor.id).order_by(Member.sort_key, Member.id)
    return [(row.handle, row.name) for row in db.session.execute(rows.limit(MOST_OFFERED))]


def ask(actor: Actor, thread_id: int, *, handle: str) -> Thread:
    """Let a member who may reply in a thread write its summary too; asked already, nothing more.

    NotFound, Forbidden, Invalid at `handle`.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    member_id = _who_may(thread, handle)
    row = {"asked_by_id": actor.id, "asked_at": clock.now()}
    returned = insert_new(
        SummaryKeeper, [{"thread_id": thread.id, "member_id": member_id, **row}], SummaryKeeper.member_id
    )
    if returned:
        events.record("summary.asked", thread_id=thread.id, member_id=member_id, actor_id=actor.id)
    return thread


def take_back(actor: Actor, thread_id: int, member_id: int) -> Thread:
    """Ask somebody no longer; what they wrote stays. NotFound, Forbidden."""
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    asked = (SummaryKeeper.thread_id == thread.id, SummaryKeeper.member_id == member_id)
    db.session.execute(delete(SummaryKeeper).where(*asked))
    notices.take_back(TOLD, member_id, about=Subject(thread_id=thread.id))
    return thread


def _who_may(thread: Thread, handle: str) -> int:
    """The id of the member with that handle, who may reply and does not moderate; Invalid at `handle`."""
    handle = handle_of(handle)
    if not handle:
        raise Invalid("handle", _("Say whom you ask."))
    found = audience(thread).with_only_columns(Member.id).where(Member.handle == handle)
    member = actor_of(db.session.scalar(found) or 0)
    if member is None or not may_reply(member, thread):
        raise Invalid("handle", _("Nobody of that name can reply in this thread."))
    if member.roles.get(thread.space_id) == Role.MODERATOR:
        raise Invalid("handle", _("Who moderates this space can write it already."))
    return member.id
