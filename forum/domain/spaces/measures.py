"""What moderators decide about a member in their space: warn, let all their posts wait, mute; ended, and undone.

It holds in that space alone. A removal is a verb of `memberships.py`, and is ended here as well.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.lines import clean_reason
from forum.domain.mailing import events
from forum.domain.spaces import memberships, taken_measures
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.moderation import Action
from forum.models.spaces import Membership, Role, Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.measuring import may_measure
from forum.policy.standing import belonging
from forum.policy.visibility import get_visible

LONGEST = timedelta(days=365)
LENGTHS = (1, 3, 7, 30)  # days that are offered
LOGGED = {
    MeasureKind.WARN: Action.WARN_MEMBER,
    MeasureKind.HOLD: Action.HOLD_MEMBER,
    MeasureKind.MUTE: Action.MUTE_MEMBER,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides about a member; `last_day` is the last on which it holds, of a mute always there."""

    kind: MeasureKind
    reason: str
    last_day: date | None = None


def take(actor: Actor, space_id: int, member_id: int, decision: Decision) -> SpaceMeasure:
    """Warn somebody who was in a space or wrote there, let all that they write there wait, or mute them.

    They read the reason at once, at what was decided about them: who is muted sees why. They are told of a warning at
    once, of the others once nobody can undo it, and object from then on. The same by the same person twice is once.

    NotFound, Forbidden, Invalid at `reason` or `last_day`; Conflict where it holds already.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)  # one change of its people at a time
    require(may_moderate(actor, space.id))
    member = known(space.id, member_id)
    require(may_measure(actor, space.id, member.id, role=role_in(space.id, member.id)))
    kind = MeasureKind(decision.kind)
    reason = clean_reason(
        decision.reason, limit=SpaceMeasure.REASON_MAX, missing=_("Say why: this person reads it.")
    )
    last_day = _clean_day(kind, decision.last_day)
    found = _same(actor, space.id, member, kind, reason, last_day)
    if found is not None:
        return found
    about = SpaceMeasure(space_id=space.id, member_id=member.id)
    measure = taken_measures.write(actor, about, kind, reason=reason, last_day=last_day)
    line = audit_log.record(actor, LOGGED[kind], space_id=space.id, subject_id=member.id, reason=reason)
    if measure.act_id is not None:
        undoable.said_in(measure.act_id, line.id)
    if kind == MeasureKind.WARN:
        events.record("member.warned", measure_id=measure.id, act_id=measure.act_id)
    else:
        events.record("measure.taken", measure_id=measure.id, act_id=measure.act_id)
    return measure


def end(actor: Actor, measure_id: int) -> SpaceMeasure:
    """End what holds about a member, or let in again who was removed; ended already by the actor, nothing more.

    NotFound, Forbidden; Conflict where somebody else ended it, or there is nothing to end.
    """
    measure = _locked(actor, measure_id)
    require(may_measure(actor, measure.space_id, measure.member_id, role=None))
    if measure.ended_at is not None and measure.ended_by_id == actor.id:
        return measure
    end_locked(actor, measure)
    return measure


def end_locked(actor: Actor, measure: SpaceMeasure, *, also_late: bool = False) -> None:
    """End one of which the space is locked; whom it is about hears so, if they heard of it (system verb). Conflict.

    `also_late`: also after its last day, as somebody objected to it before.
    """
    if measure.kind == MeasureKind.WARN:
        raise Conflict(_("A warning was said: there is nothing to end."))
    if measure.ended_at is not None:
        raise Conflict(_over(measure))
    if not also_late and measure.last_day is not None and measure.last_day < days.today():
        raise Conflict(_("This ended by itself."))
    if measure.kind == MeasureKind.REMOVE:
        memberships.bring_back(actor, measure)
    was_open = taken_measures.end(measure, by_id=actor.id)
    audit_log.record(
        actor,
        Action.END_MEASURE,
        space_id=measure.space_id,
        subject_id=measure.member_id,
        reason=measure.kind.value,
    )
    if not was_open:
        events.record("measure.ended", measure_id=measure.id)


def undo(actor: Actor, act: UndoableAct) -> None:
    """Undo it within its ten minutes, as if it never was; NotFound, Forbidden, Conflict when it ended since."""
    measure = _locked(actor, act.before["measure_id"])
    if not undoable.undone_meanwhile(act):
        end_locked(actor, measure)


def known(space_id: int, member_id: int) -> Member:
    """Return who belongs or belonged to a space, wrote there or was decided about; NotFound for anybody else."""
    row = select(Membership.id).where(Membership.space_id == space_id, Membership.member_id == Member.id)
    wrote = (
        select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Thread.space_id == space_id, Post.author_id == Member.id)
    )
    # What they wrote may stand elsewhere since.
    decided = select(SpaceMeasure.id).where(
        SpaceMeasure.space_id == space_id, SpaceMeasure.member_id == Member.id
    )
    query = select(Member).where(Member.id == member_id, exists(row) | exists(wrote) | exists(decided))
    member = db.session.scalars(query).one_or_none()
    if member is None:
        raise NotFound
    return member


def role_in(space_id: int, member_id: int) -> Role | None:
    """Return the role of somebody in a space now (one query)."""
    query = select(Membership.role).where(
        Membership.space_id == space_id, Membership.member_id == member_id, belonging(Membership)
    )
    return db.session.scalar(query)


def _locked(actor: Actor, measure_id: int) -> SpaceMeasure:
    """One of a space that the actor moderates, with the space locked; NotFound, Forbidden for who moderates no more."""
    seen = db.session.get(SpaceMeasure, measure_id)
    if seen is None:
        raise NotFound
    space: Space = get_visible(Space, actor, seen.space_id, lock=True)
    if not may_moderate(actor, space.id) and seen.made_by_id != actor.id:
        raise NotFound
    require(may_moderate(actor, space.id))
    return db.session.get_one(SpaceMeasure, measure_id, populate_existing=True)


def _same(
    actor: Actor, space_id: int, member: Member, kind: MeasureKind, reason: str, last_day: date | None
) -> SpaceMeasure | None:
    """What the actor decided just so already; Conflict where another decision of the kind holds."""
    if kind == MeasureKind.WARN:
        mine = (SpaceMeasure.space_id == space_id, SpaceMeasure.member_id == member.id)
        last = select(SpaceMeasure).where(*mine).order_by(SpaceMeasure.id.desc()).limit(1)
        found = db.session.scalars(last).one_or_none()
        is_same = found is not None and (found.kind, found.reason, found.made_by_id) == (
            kind,
            reason,
            actor.id,
        )
        is_again = is_same and found is not None and clock.now() < found.made_at + undoable.WINDOW
        return found if is_again else None
    found = taken_measures.current(space_id, member.id, kind)
    if found is None:
        return None
    if (found.made_by_id, found.reason, found.last_day) == (actor.id, reason, last_day):
        return found
    who = db.session.get(Member, found.made_by_id) if found.made_by_id is not None else None
    if who is None or who.id == actor.id:
        raise Conflict(_("This holds already. End it first, to decide something else."))
    raise Conflict(
        _("%(name)s decided this already. Look at it, and end it first to change it.", name=who.name)
    )


def _clean_day(kind: MeasureKind, last_day: date | None) -> date | None:
    if kind == MeasureKind.WARN:
        return None
    if last_day is None:
        if kind == MeasureKind.MUTE:
            raise Invalid("last_day", _("Choose until when."))
        return None
    if not days.today() <= last_day <= days.today() + LONGEST:
        raise Invalid("last_day", _("Choose a day within a year from now."))
    return last_day


def _over(measure: SpaceMeasure) -> str:
    who = db.session.get(Member, measure.ended_by_id) if measure.ended_by_id is not None else None
    if who is None:
        return _("This ended meanwhile.")
    return _("%(name)s ended this meanwhile.", name=who.name)
