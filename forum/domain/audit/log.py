"""The log of a space: what moderators did there, when and why. Lines are only ever added."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from forum.domain.audit import reading, reasons, roles
from forum.domain.audit.asked import Asked
from forum.domain.audit.kinds import CODED, FOR_MEMBERS, KEPT_FROM_SUBJECT
from forum.domain.audit.reading import LogLine
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import Page, keyset
from forum.models.accounts import Member
from forum.models.moderation import Action, ActorRole, ModerationAction
from forum.models.post_reports import ReportOutcome
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.reading_log import may_read_log
from forum.policy.visibility import get_visible

USUAL = "usual"  # of a space that chose nothing about its mails
EVERYTHING = Asked()
MOST_PEOPLE = 200  # to choose from
# Of these outcomes the act itself wrote a line.
SAID_BY_OTHERS = {
    Action.SETTLE_REPORT: (ReportOutcome.HIDDEN, ReportOutcome.ASKED),
    Action.REOPEN_REPORT: (ReportOutcome.HIDDEN,),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the log of a space names."""

    id: int
    name: str


def record(
    actor: Actor | None,
    action: Action,
    *,
    thread: Thread | None = None,
    post_number: int | None = None,
    space_id: int | None = None,
    subject_id: int | None = None,
    capacity_id: int | None = None,
    rule_id: int | None = None,
    reason: str = "",
    role: ActorRole | None = None,
    mark: str = "",
) -> ModerationAction:
    """Add a line about a thread (or one post in it), or about a member (`subject_id`): the only writer of the log.

    `capacity_id` is the one of the member that was answered, `rule_id` the house rule on which it rests. Without an
    actor the forum did it. `role` is as what the actor did it, where that is another role than the strongest that they
    have there. The reason of a kind in CODED is a code, which stays in the line; words are sealed there and stand
    beside it. `mark` is a code beside such words.
    """
    space_id = thread.space_id if thread is not None else space_id
    post_id, author_id = _post(thread, post_number)
    is_coded, salt = action in CODED, reasons.new_salt()
    line = ModerationAction(
        action=action,
        actor_id=actor.id if actor is not None else None,
        role=role or roles.role_of(actor, action, space_id=space_id, author_id=author_id),
        space_id=space_id,
        thread_id=thread.id if thread is not None else None,
        post_id=post_id,
        post_number=post_number,
        subject_id=subject_id,
        capacity_id=capacity_id,
        rule_id=rule_id,
        code=reason if is_coded else str(mark),
        reason_digest=reasons.digest_of(reason, salt) if reason and not is_coded else "",
        created_at=clock.now(),
    )
    db.session.add(line)
    db.session.flush()
    if line.reason_digest:
        reasons.keep(line.id, reason, salt)
    return line


def page(
    actor: Actor, space_id: int, *, asked: Asked = EVERYTHING, cursor: str | None = None, limit: int = 30
) -> Page[LogLine]:
    """Return the log of a space, the latest line first, for its moderators; NotFound, Forbidden."""
    space = _moderated(actor, space_id)
    query = reading.whole(actor).where(*_in(space.id, actor), *asked.conditions())
    rows, following = keyset(query, keys=reading.KEYS, cursor=cursor, limit=limit)
    return Page(reading.whole_lines(rows), following)


def count(actor: Actor, space_id: int, asked: Asked, most: int) -> int:
    """Return how many lines are asked for, one more than `most` where there are more; NotFound, Forbidden."""
    space = _moderated(actor, space_id)
    some = select(ModerationAction.id).where(*_in(space.id, actor), *asked.conditions())
    return db.session.scalar(select(func.count()).select_from(some.limit(most + 1).subquery())) or 0


def people(actor: Actor, space_id: int) -> list[Person]:
    """Return whom the log of a space names, by name, as who acted or whom it was about; NotFound, Forbidden."""
    space = _moderated(actor, space_id)
    named = or_(
        *(
            Member.id.in_(select(column).where(*_in(space.id, actor), column.is_not(None)))
            for column in (ModerationAction.actor_id, ModerationAction.subject_id)
        )
    )
    query = select(Member.id, Member.name).where(named).order_by(Member.sort_key, Member.id)
    return [Person(*row) for row in db.session.execute(query.limit(MOST_PEOPLE))]


def page_without_names(
    actor: Actor, space_id: int, *, cursor: str | None = None, limit: int = 30
) -> Page[LogLine]:
    """Return the log of a space for who belongs to it, the latest line first: no name, no reason, nothing of a person.

    NotFound, Forbidden.
    """
    space: Space = get_visible(Space, actor, space_id)
    require(may_read_log(actor, space.id))
    query = reading.without_names(actor).where(
        ModerationAction.space_id == space.id, ModerationAction.action.in_(FOR_MEMBERS)
    )
    rows, following = keyset(query, keys=reading.KEYS, cursor=cursor, limit=limit)
    return Page([reading.nameless_line(row, _("somebody")) for row in rows], following)


def _in(space_id: int, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Whether a line is in the log of a space, and not kept from this moderator."""
    kept = ModerationAction.action.in_(KEPT_FROM_SUBJECT)
    return (
        ModerationAction.space_id == space_id,
        ~kept | ModerationAction.subject_id.is_distinct_from(actor.id),
    )


def _moderated(actor: Actor, space_id: int) -> Space:
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    return space


def own_lines(actor: Actor, space_ids: Collection[int], *, limit: int) -> list[LogLine]:
    """Return what the actor did last in these spaces, which they moderate, the latest first (one query).

    One line for each act: not that reports were settled or are open again, where another line says by what. Nor what
    they changed in the classification of a thread.
    """
    said_twice = or_(
        *(
            and_(ModerationAction.action == action, ModerationAction.code.in_(codes))
            for action, codes in SAID_BY_OTHERS.items()
        )
    )
    query = reading.whole(actor).where(
        ModerationAction.actor_id == actor.id, ModerationAction.space_id.in_(space_ids), ~said_twice
    )
    order = (ModerationAction.created_at.desc(), ModerationAction.id.desc())
    rows = db.session.execute(query.order_by(*order).limit(limit)).all()
    return reading.whole_lines(rows, with_changes=False)


def of_post(actor: Actor, space_id: int, thread_id: int, *, number: int | None, limit: int) -> list[LogLine]:
    """Return what was done last to a thread, or to one post in it, the first first: for a moderator of its space.

    Not what was changed in a classification (one query). Forbidden.
    """
    require(may_moderate(actor, space_id))
    query = reading.whole(actor).where(
        *_in(space_id, actor),
        ModerationAction.thread_id == thread_id,
        ModerationAction.post_number == number,
    )
    order = (ModerationAction.created_at.desc(), ModerationAction.id.desc())
    rows = db.session.execute(query.order_by(*order).limit(limit)).all()
    return reading.whole_lines(rows[::-1], with_changes=False)


def _post(thread: Thread | None, number: int | None) -> tuple[int | None, int | None]:
    """The id of the post that a line is about, and who wrote that, or the thread."""
    if thread is None:
        return None, None
    if number is None:
        return None, thread.author_id
    query = select(Post.id, Post.author_id).where(Post.thread_id == thread.id, Post.number == number)
    row = db.session.execute(query).one_or_none()
    return (None, thread.author_id) if row is None else (row.id, row.author_id)
