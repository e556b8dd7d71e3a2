"""What moderators decided about somebody, as they read it; they object once, and somebody else decides on that.

The way in is the member's own: it holds for who no longer belongs to the space, too. Who decided is never named there.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from forum.domain.audit import log as audit_log
from forum.domain.lines import clean_line, clean_paragraphs
from forum.domain.mailing import events
from forum.domain.spaces import deputies, measures, taken_measures
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.measures import MeasureKind, MeasureObjection, SpaceMeasure
from forum.models.moderation import Action
from forum.models.spaces import Role, Space
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Conflict, NotFound
from forum.policy.measuring import may_decide_on, may_object_to
from forum.policy.visibility import get_visible, sees

MOST, SHOWN = "20 per hour", 50
HOLDS, OVER = "holds", "over"
OPEN = MeasureObjection.decided_at.is_(None)


@dataclass(frozen=True, slots=True)
class Own:
    """A decision about the actor; the name of a space that they no longer see is empty."""

    id: int
    kind: MeasureKind
    space_name: str
    reason: str
    made_at: datetime
    last_day: date | None
    state: str  # HOLDS or OVER
    may_object: bool
    said: MeasureObjection | None
    space_id: int


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An objection, for who decides on it."""

    id: int
    kind: MeasureKind
    space_id: int
    name: str
    reason: str
    made_at: datetime
    last_day: date | None
    words: str
    said_at: datetime


def own(actor: Actor) -> list[Own]:
    """Return what moderators of any space decided about the actor and did not undo, the newest first (one query)."""
    rows = db.session.execute(_own(actor).order_by(SpaceMeasure.id.desc()).limit(SHOWN))
    return [_shown(actor, *row) for row in rows]


def one(actor: Actor, measure_id: int) -> Own:
    """Return one of them; NotFound."""
    row = db.session.execute(_own(actor).where(SpaceMeasure.id == measure_id)).one_or_none()
    if row is None:
        raise NotFound
    return _shown(actor, *row)


def make(actor: Actor, measure_id: int, *, words: str) -> MeasureObjection:
    """Object, once; the same words twice are once. NotFound, Forbidden, Invalid at `words`, TooOften."""
    query = select(SpaceMeasure).where(SpaceMeasure.id == measure_id, SpaceMeasure.undone_at.is_(None))
    measure = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if measure is None or measure.member_id != actor.id:
        raise NotFound
    found = _said(measure.id)
    said = clean_paragraphs(
        words, field="words", limit=MeasureObjection.WORDS_MAX, missing=_("Say why this is not right.")
    )
    if found is not None and found.words == said:
        return found
    require(may_object_to(actor, measure, is_final=is_final(measure), is_made=found is not None))
    rates.spend("object", f"member:{actor.id}", limit=MOST)
    row = MeasureObjection(measure_id=measure.id, words=said, made_at=clock.now(), ended=False, answer="")
    db.session.add(row)
    db.session.flush()
    events.record("measure.objected", measure_id=measure.id)
    return row


def is_final(measure: SpaceMeasure) -> bool:
    """Return whether it holds and can no longer be undone, so that whom it is about may object."""
    return not taken_measures.is_open(measure) and not _is_over(measure)


def is_looked_at(measure_id: int) -> bool:
    """Return whether anybody may decide on an objection to it, so that an answer can be promised."""
    measure = db.session.get_one(SpaceMeasure, measure_id)
    return _is_another_left(measure) or deputy_for(measure) is not None


def deputy_for(measure: SpaceMeasure) -> int | None:
    """Return the deputy who alone can decide on an objection to it, as nobody else may; None where that is nobody."""
    if _is_another_left(measure):
        return None
    deputy_id = deputies.of_space(measure.space_id)
    return deputy_id if deputy_id not in (measure.made_by_id, measure.member_id) else None


def decides(actor: Actor) -> ColumnElement[bool]:
    """Return whether an objection to a `SpaceMeasure` waits for the actor, as `may_decide_on` has it."""
    return and_(
        SpaceMeasure.member_id != actor.id,
        SpaceMeasure.made_by_id.is_distinct_from(actor.id),
        or_(SpaceMeasure.space_id.in_(moderated(actor)), _is_deputy(actor)),
    )


def nobody_decides() -> ColumnElement[bool]:
    """Return whether nobody may decide on an objection to a `SpaceMeasure`."""
    barred = (func.coalesce(SpaceMeasure.made_by_id, 0), SpaceMeasure.member_id)
    return and_(~_another_moderates(), ~deputies.has_any(SpaceMeasure.space_id, *barred))


def to_decide(actor: Actor, measure_id: int) -> ToDecide:
    """Return an open objection, for who decides on it; NotFound, Forbidden, Conflict where none is open."""
    measure = _seen(actor, measure_id)
    found = _said(measure.id)
    if found is None or found.decided_at is not None or measure.ended_at is not None:
        raise Conflict(_over(found))
    return shown(measure, db.session.get_one(Member, measure.member_id).name, found)


def shown(measure: SpaceMeasure, name: str, said: MeasureObjection) -> ToDecide:
    """Return an objection that it is known the actor decides on, as a page shows it."""
    return ToDecide(
        measure.id,
        measure.kind,
        measure.space_id,
        name,
        measure.reason,
        measure.made_at,
        measure.last_day,
        said.words,
        said.made_at,
    )


def give_in(actor: Actor, measure_id: int) -> SpaceMeasure:
    """End what somebody objected to: they hear of it. Done already by the actor, nothing more.

    NotFound, Forbidden, Conflict.
    """
    measure, found = _to_settle(actor, measure_id)
    if found is not None and found.decided_by_id == actor.id and found.ended:
        return measure
    if found is None or found.decided_at is not None:
        raise Conflict(_over(found))
    measures.end_locked(actor, measure, also_late=True)
    return measure


def keep(actor: Actor, measure_id: int, *, answer: str) -> SpaceMeasure:
    """Let it stay, with a sentence that whom it is about reads. Done already by the actor, nothing more.

    NotFound, Forbidden, Invalid at `answer`, Conflict.
    """
    measure, found = _to_settle(actor, measure_id)
    if found is not None and found.decided_by_id == actor.id and not found.ended:
        return measure
    if found is None or found.decided_at is not None or measure.ended_at is not None:
        raise Conflict(_over(found))
    limit, missing = MeasureObjection.ANSWER_MAX, _("Say why: this person reads it.")
    answer = clean_line(answer, field="answer", limit=limit, missing=missing)
    found.decided_at, found.decided_by_id, found.answer = clock.now(), actor.id, answer
    db.session.flush()
    audit_log.record(
        actor,
        Action.KEEP_MEASURE,
        space_id=measure.space_id,
        subject_id=measure.member_id,
        reason=answer,
    )
    events.record("measure.kept", measure_id=measure.id)
    return measure


def _own(actor: Actor) -> Select[Any]:
    place = and_(Space.id == SpaceMeasure.space_id, sees(Space, actor))
    found: Any = select(SpaceMeasure, Space.name, MeasureObjection)
    query = (
        found.select_from(SpaceMeasure)
        .outerjoin(Space, place)
        .outerjoin(MeasureObjection, MeasureObjection.measure_id == SpaceMeasure.id)
        .where(SpaceMeasure.member_id == actor.id, SpaceMeasure.undone_at.is_(None))
    )
    return cast(Select[Any], query)


def _shown(actor: Actor, measure: SpaceMeasure, space_name: str | None, said: MeasureObjection | None) -> Own:
    is_over = measure.kind != MeasureKind.WARN and _is_over(measure)
    is_final = not is_over and not taken_measures.is_recent(measure)
    return Own(
        measure.id,
        measure.kind,
        space_name or "",
        measure.reason,
        measure.made_at,
        measure.last_day,
        OVER if is_over else HOLDS,
        bool(may_object_to(actor, measure, is_final=is_final, is_made=said is not None)),
        said,
        measure.space_id,
    )


def _is_over(measure: SpaceMeasure) -> bool:
    return measure.ended_at is not None or (measure.last_day is not None and measure.last_day < days.today())


def _said(measure_id: int) -> MeasureObjection | None:
    query = select(MeasureObjection).where(MeasureObjection.measure_id == measure_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _seen(actor: Actor, measure_id: int, *, lock: bool = False) -> SpaceMeasure:
    """One that the actor decides on: with its space locked; for others it is not there. NotFound, Forbidden."""
    seen = db.session.get(SpaceMeasure, measure_id)
    if seen is None or seen.undone_at is not None:
        raise NotFound
    get_visible(Space, actor, seen.space_id, lock=lock)
    measure = db.session.get_one(SpaceMeasure, measure_id, populate_existing=True)
    stands_in = select(_is_deputy(actor)).where(SpaceMeasure.id == measure.id)
    is_deputy = bool(db.session.scalar(stands_in))
    if not is_deputy and actor.roles.get(measure.space_id) != Role.MODERATOR:
        raise NotFound
    require(may_decide_on(actor, measure, is_deputy=is_deputy))
    return measure


def _to_settle(actor: Actor, measure_id: int) -> tuple[SpaceMeasure, MeasureObjection | None]:
    measure = _seen(actor, measure_id, lock=True)
    return measure, _said(measure.id)


def _is_another_left(measure: SpaceMeasure) -> bool:
    return bool(db.session.scalar(select(_another_moderates()).where(SpaceMeasure.id == measure.id)))


def _another_moderates() -> ColumnElement[bool]:
    # Whose account is gone is nobody: a NULL would make the comparison unknown.
    return deputies.another_moderates(
        SpaceMeasure.space_id, func.coalesce(SpaceMeasure.made_by_id, 0), SpaceMeasure.member_id
    )


def _is_deputy(actor: Actor) -> ColumnElement[bool]:
    return and_(deputies.is_deputy(SpaceMeasure.space_id, actor.id), ~_another_moderates())


def _over(said: MeasureObjection | None) -> str:
    if said is None or said.decided_at is None:
        return _("No objection waits here now.")
    who = db.session.get(Member, said.decided_by_id) if said.decided_by_id is not None else None
    if who is None:
        return _("This was decided meanwhile.")
    return _("%(name)s decided this meanwhile.", name=who.name)
