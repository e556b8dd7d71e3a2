"""Lines of the log as pages show them: the columns of a query, and what becomes of its rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, case, cast, func, select
from sqlalchemy.orm import aliased

from forum.domain.audit import resting
from forum.domain.audit.kinds import DOERS
from forum.domain.themes.labels import organisation
from forum.infra.db import db
from forum.models.accounts import Capacity, Confirmation, Member
from forum.models.classification import ThreadChange
from forum.models.house_rules import HouseRule, RulesVersion
from forum.models.moderation import Action, ActionReason, ActorRole, ModerationAction
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.visibility import sees

MAIL, NOTE, HOLDING = "mail_policy", "note", "holding"
KEYS = (ModerationAction.created_at, ModerationAction.id)
# The words of a reason alone: a code, or a mark beside no words, is said by the sentence of its line.
_WORDS = select(ActionReason.words).where(ActionReason.action_id == ModerationAction.id)
REASON = func.coalesce(_WORDS.scalar_subquery(), "").label("reason")
_WHO, _ABOUT = aliased(Member), aliased(Member)


class Changed(NamedTuple):
    """What became of one part of a thread's classification, of what may stand in mails (MAIL), or of a note (NOTE).

    Or of whose posts wait (HOLDING). Codes, or the names of tags or spaces.
    """

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log; names of threads and people as they are today."""

    id: int
    action: str
    actor_name: str  # or as what somebody did it, where the reader gets no name
    role: ActorRole
    created_at: datetime
    subject_name: str | None = None
    job: str = (
        ""  # of the capacity that was answered: empty for another kind, and where its words were erased
    )
    organisation: str = ""
    by_invitation: bool = False  # accepted, and that confirmed the capacity
    space_name: str = ""
    thread_id: int | None = None
    thread_slug: str | None = None
    thread_title: str | None = None
    post_number: int | None = None
    reason: str = ""
    changes: tuple[Changed, ...] = ()
    code: str = ""  # of a kind in CODED, or a mark beside the reason
    rule: resting.Rule | None = None  # on which it rests
    other_title: str = ""  # of the other thread where one was split, or a merge undone, to who may see it
    handed_over: str = ""  # of a hand-over: the kind of what was taken over (`domain/handovers/kinds.py`)

    @property
    def days(self) -> tuple[date, date] | None:
        """Of a line that a moderator is away: the first and the last day; None where they are back."""
        first, between, last = self.code.partition("/")
        return (date.fromisoformat(first), date.fromisoformat(last)) if between else None


def without_names(actor: Actor, *columns: Any) -> Select[Any]:
    """Select lines for who may read of them and not of whom: what was done, as what, when, on which thread they read.

    A thread that was taken back, or moved to where this reader does not read it, has no title here.
    """
    shown: tuple[Any, ...] = (
        ModerationAction.id,
        ModerationAction.action,
        ModerationAction.role,
        ModerationAction.code,
        ModerationAction.post_number,
        ModerationAction.subject_id,
        ModerationAction.created_at,
        _other_title(actor).label("other_title"),
        Thread.id.label("thread_id"),
        Thread.slug.label("thread_slug"),
        Thread.title.label("thread_title"),
        *resting.COLUMNS,
        *columns,
    )
    read = and_(Thread.id == ModerationAction.thread_id, Thread.withdrawn_at.is_(None), sees(Thread, actor))
    return (
        select(*shown)
        .select_from(ModerationAction)
        .outerjoin(Thread, read)
        .outerjoin(HouseRule, HouseRule.id == ModerationAction.rule_id)
        .outerjoin(RulesVersion, RulesVersion.id == HouseRule.version_id)
    )


def _other_title(actor: Actor) -> Any:
    """The title of the thread that was made of posts of another one, or stands again, for who may see it."""
    has_its_id = ModerationAction.action.in_((Action.SPLIT, Action.UNMERGE))
    its_id = cast(case((has_its_id, ModerationAction.code)), Integer)
    title = select(Thread.title).where(
        Thread.id == its_id, Thread.withdrawn_at.is_(None), sees(Thread, actor)
    )
    return title.correlate(ModerationAction).scalar_subquery()


def whole(actor: Actor) -> Select[Any]:
    """Select lines with everything that they say, for moderators of their space."""
    return (
        without_names(
            actor,
            REASON,
            _WHO.name.label("actor_name"),
            _ABOUT.name.label("subject_name"),
            Capacity.function,
            Capacity.body,
            Capacity.city,
            Capacity.confirmation,
        )
        .outerjoin(_WHO, _WHO.id == ModerationAction.actor_id)
        .outerjoin(_ABOUT, _ABOUT.id == ModerationAction.subject_id)
        .outerjoin(Capacity, Capacity.id == ModerationAction.capacity_id)
    )


def whole_lines(rows: Any, *, with_changes: bool = True) -> list[LogLine]:
    """Return the lines of rows that `whole` selected (one query, for changes of a classification)."""
    # Without its title a thread has no tags either, so nothing is said of what they were.
    changed = [row.id for row in rows if row.action == Action.CLASSIFY and row.thread_title]
    classified = _changes(changed) if with_changes else {}
    return [
        LogLine(
            **_common(row),
            actor_name=row.actor_name or str(DOERS[row.role]),
            subject_name=row.subject_name,
            job=row.function or "",
            organisation=organisation(row) if row.function else "",
            by_invitation=row.confirmation == Confirmation.INVITATION,
            reason=row.reason,
            changes=tuple(classified.get(row.id, ())) or _coded(row),
            handed_over=row.code if row.action == Action.HAND_OVER else "",
        )
        for row in rows
    ]


def nameless_line(row: Any, somebody: str, **more: Any) -> LogLine:
    """Return the line of a row that `without_names` selected; `somebody` stands for whom it is about."""
    return LogLine(
        **_common(row),
        actor_name=str(DOERS[row.role]),
        subject_name=None if row.subject_id is None else somebody,
        changes=_coded(row),
        **more,
    )


def _common(row: Any) -> dict[str, Any]:
    names = ("id", "role", "created_at", "code", "post_number", "thread_id", "thread_slug", "thread_title")
    said = {name: getattr(row, name) for name in names}
    rule = resting.rule_of(row)
    return {"action": row.action.value, "rule": rule, "other_title": row.other_title or "", **said}


def _coded(row: Any) -> tuple[Changed, ...]:
    if row.action == Action.MAIL_POLICY:
        return (Changed(MAIL, *row.code.split()),)
    if row.action == Action.HOLDING:
        return (Changed(HOLDING, *row.code.split()),)
    return (Changed(NOTE, "", row.code),) if row.action == Action.NOTE else ()


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
