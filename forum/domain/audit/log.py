"""The log of a space: what moderators did there, when and why. Lines are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from forum.domain.themes.labels import organisation
from forum.infra import clock
from forum.infra.db import db
from forum.infra.paging import Page, keyset
from forum.models.accounts import Capacity, Confirmation, Member
from forum.models.classification import ThreadChange
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Space
from forum.models.threads import Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible, sees

USUAL = "usual"  # of a space that chose nothing about its mails
MAIL, NOTE = "mail_policy", "note"
CODED = (Action.MAIL_POLICY, Action.HAND_OVER, Action.NOTE, Action.CAHIER)  # their reason is a code


class Changed(NamedTuple):
    """What became of one part of a thread's classification, of what may stand in mails (MAIL), or of a note (NOTE).

    Codes, or the names of tags or spaces.
    """

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log; names of threads and people as they are today."""

    id: int
    action: str
    actor_name: str
    subject_name: str | None
    job: str  # of the capacity that was answered: empty for another kind of line, and where its words were erased
    organisation: str
    by_invitation: bool  # accepted, and that confirmed the capacity
    thread_id: int | None
    thread_slug: str | None
    thread_title: str | None
    post_number: int | None
    reason: str
    created_at: datetime
    changes: tuple[Changed, ...] = ()
    handed_over: str = ""  # of a hand-over: the kind of what was taken over (`domain/handovers/kinds.py`)


def record(
    actor: Actor,
    action: Action,
    *,
    thread: Thread | None = None,
    post_number: int | None = None,
    space_id: int | None = None,
    subject_id: int | None = None,
    capacity_id: int | None = None,
    reason: str = "",
) -> ModerationAction:
    """Add a line about a thread (or one post in it), or about a member (`subject_id`): the only writer of the log.

    `capacity_id` is the one of the member that was answered.
    """
    line = ModerationAction(
        action=action,
        actor_id=actor.id,
        space_id=thread.space_id if thread is not None else space_id,
        thread_id=thread.id if thread is not None else None,
        post_number=post_number,
        subject_id=subject_id,
        capacity_id=capacity_id,
        reason=reason,
        created_at=clock.now(),
    )
    db.session.add(line)
    db.session.flush()
    return line


def page(actor: Actor, space_id: int, *, cursor: str | None = None, limit: int = 30) -> Page[LogLine]:
    """Return the log of a space, the latest line first, for its moderators; NotFound, Forbidden."""
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    who, about = aliased(Member), aliased(Member)
    query: Any = (
        select(
            ModerationAction.id,
            ModerationAction.action,
            ModerationAction.reason,
            ModerationAction.post_number,
            ModerationAction.created_at,
            who.name.label("actor_name"),
            about.name.label("subject_name"),
            Thread.id.label("thread_id"),
            Thread.slug.label("thread_slug"),
            Thread.title.label("thread_title"),
            Capacity.function,
            Capacity.body,
            Capacity.city,
            Capacity.confirmation,
        )
        .join(who, who.id == ModerationAction.actor_id)
        .outerjoin(about, about.id == ModerationAction.subject_id)
        .outerjoin(Capacity, Capacity.id == ModerationAction.capacity_id)
        # A thread that was taken back, or moved to where this moderator does not read it, has no title here.
        .outerjoin(
            Thread,
            and_(Thread.id == ModerationAction.thread_id, Thread.withdrawn_at.is_(None), sees(Thread, actor)),
        )
        .where(ModerationAction.space_id == space.id)
    )
    keys = (ModerationAction.created_at, ModerationAction.id)
    rows, following = keyset(query, keys=keys, cursor=cursor, limit=limit)
    # Without its title a thread has no tags either, so nothing is said of what they were.
    changes = _changes([row.id for row in rows if row.action == Action.CLASSIFY and row.thread_title])
    changes |= {
        row.id: [Changed(MAIL, *row.reason.split())] for row in rows if row.action == Action.MAIL_POLICY
    }
    changes |= {row.id: [Changed(NOTE, "", row.reason)] for row in rows if row.action == Action.NOTE}
    return Page([_line(row, changes.get(row.id, [])) for row in rows], following)


def _line(row: Any, changes: list[Changed]) -> LogLine:
    return LogLine(
        id=row.id,
        action=row.action.value,
        actor_name=row.actor_name,
        subject_name=row.subject_name,
        job=row.function or "",
        organisation=organisation(row) if row.function else "",
        by_invitation=row.confirmation == Confirmation.INVITATION,
        thread_id=row.thread_id,
        thread_slug=row.thread_slug,
        thread_title=row.thread_title,
        post_number=row.post_number,
        reason="" if row.action in CODED else row.reason,
        created_at=row.created_at,
        changes=tuple(changes),
        handed_over=row.reason if row.action == Action.HAND_OVER else "",
    )


def _changes(ids: list[int]) -> dict[int, list[Changed]]:
    """What moderators changed in the classification of threads, by the line of the log."""
    if not ids:
        return {}
    rows = db.session.scalars(
        select(ThreadChange).where(ThreadChange.action_id.in_(ids)).order_by(ThreadChange.id)
    )
    found: dict[int, list[Changed]] = {}
    for row in rows:
        if row.action_id is not None:
            found.setdefault(row.action_id, []).append(Changed(row.part.value, row.before, row.after))
    return found
