"""From which day to which a moderator is away: meanwhile the deputy of a space stands in where nobody is left.

About the person, so for all spaces that they moderate; it ends by itself. A day is one of the forum. What deputies
settle then, `moderation/settlers.py` and `held_posts/queue.py` say.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.domain.audit import log as audit_log
from forum.domain.spaces import deputies
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.absences import ModeratorAbsence
from forum.models.accounts import Member
from forum.models.deputies import SpaceDeputy
from forum.models.moderation import Action
from forum.models.spaces import Membership, Role, Space
from forum.policy.actions import deny, require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Invalid
from forum.policy.standing import belonging, in_good_standing

AHEAD, LONGEST = timedelta(days=365), timedelta(days=183)
BACK = "back"  # what the log says instead of days
_DEPUTY = aliased(SpaceDeputy)


class Days(NamedTuple):
    """The first and the last day of an absence."""

    first: date
    last: date


class Lacking(NamedTuple):
    """A space in which nobody would be there, and that has no deputy."""

    id: int
    name: str

    @property
    def field(self) -> str:
        """What the field is called in which a deputy is named."""
        return f"deputy_{self.id}"


@dataclass(frozen=True, slots=True)
class Away:
    """A moderator who is away now or later."""

    name: str
    handle: str
    first: date
    last: date

    @property
    def is_now(self) -> bool:
        """Whether that is today."""
        return self.first <= days.today() <= self.last


def own(actor: Actor) -> Days | None:
    """Return when the actor is away, today or later; Forbidden for who moderates nothing."""
    _require_moderator(actor)
    row = db.session.get(ModeratorAbsence, actor.id, populate_existing=True)
    return Days(row.first_day, row.last_day) if row is not None and row.last_day >= days.today() else None


def lacking(actor: Actor, chosen: Days | None = None) -> list[Lacking]:
    """Return the spaces of the actor without a deputy in which on some of these days nobody else would be there.

    Without days: in which nobody else moderates. By name (two queries).
    """
    named = select(_DEPUTY.id).where(_DEPUTY.space_id == Space.id, deputies.holds(_DEPUTY)).correlate(Space)
    found = db.session.execute(
        select(Space.id, Space.name)
        .where(Space.id.in_(moderated(actor)), ~named.exists())
        .order_by(Space.sort_key, Space.id)
    ).all()
    others = _others(actor, [row.id for row in found]) if found else {}
    return [Lacking(*row) for row in found if _nobody_left(others.get(row.id, []), chosen)]


def say(actor: Actor, chosen: Days, *, named: Mapping[int, str] | None = None) -> None:
    """Say when the actor is away, in the place of what they said before; the same again changes nothing.

    `named`: by the id of a space, the name with an @ of a deputy, for each that lacks one. Forbidden; Invalid at
    `first` or `last`, or at the field of a space (`Lacking.field`).
    """
    _require_moderator(actor)
    _lock_spaces(actor)  # of two moderators who go at once, the second is asked for a deputy
    before = db.session.get(ModeratorAbsence, actor.id, populate_existing=True)
    if before is not None and (before.first_day, before.last_day) == chosen:
        return
    _check(chosen, before)
    for space in lacking(actor, chosen):
        _name(actor, space, (named or {}).get(space.id, ""))
    if before is None:
        db.session.add(
            ModeratorAbsence(
                member_id=actor.id, first_day=chosen.first, last_day=chosen.last, said_at=clock.now()
            )
        )
    else:
        before.first_day, before.last_day, before.said_at = chosen.first, chosen.last, clock.now()
    db.session.flush()
    _log(actor, f"{chosen.first}/{chosen.last}")


def end(actor: Actor) -> None:
    """Be there again, or not go at all; without an absence nothing happens. Forbidden."""
    _require_moderator(actor)
    _lock_spaces(actor)
    row = db.session.get(ModeratorAbsence, actor.id, populate_existing=True)
    if row is None:
        return
    is_over = row.last_day < days.today()
    db.session.delete(row)
    db.session.flush()
    if not is_over:
        _log(actor, BACK)


def nobody_until(space_id: int) -> date | None:
    """Return the last day on which no moderator of a space is there; None while one is (system read, one query)."""
    return nobody_until_in([space_id]).get(space_id)


def nobody_until_in(space_ids: Collection[int]) -> dict[int, date]:
    """Return the same of several spaces, without those where one is there, or that have none (one query)."""
    return _all_away(_others(None, sorted(space_ids)))


def nobody(space_id: int) -> tuple[bool, date | None]:
    """Return whether a space has no moderator, and if it has: until when none is there (system read, one query)."""
    people = _others(None, [space_id])
    return not people, _all_away(people).get(space_id)


def away_today(member_ids: Collection[int]) -> set[int]:
    """Return who of these is away today (system read, one query)."""
    here = Member.id.in_(list(member_ids))
    return set(db.session.scalars(select(Member.id).where(here, deputies.away(Member.id))))


def _require_moderator(actor: Actor) -> None:
    if not actor.moderates:
        require(deny(_("This is for moderators.")))


def _lock_spaces(actor: Actor) -> None:
    """In the order of their ids, so that nobody waits for another who waits for them.

    A row that points at a space goes on being written: a thread that moves is in the log of one, and then of another.
    """
    query = select(Space.id).where(Space.id.in_(moderated(actor))).order_by(Space.id)
    db.session.execute(query.with_for_update(key_share=True)).all()


def _check(chosen: Days, before: ModeratorAbsence | None) -> None:
    today = days.today()
    began = before is not None and before.first_day == chosen.first and before.last_day >= today
    if chosen.first < today and not began:
        raise Invalid("first", _("Choose today or a later day."))
    if chosen.first > today + AHEAD:
        raise Invalid("first", _("Choose a day within a year from now."))
    if chosen.last < max(chosen.first, today):
        raise Invalid("last", _("Choose the first day, or a day after it."))
    if chosen.last > chosen.first + LONGEST:
        raise Invalid("last", _("Choose a day within half a year from the first one."))


def _name(actor: Actor, space: Lacking, handle: str) -> None:
    if not handle.strip():
        raise Invalid(
            space.field,
            _(
                "Nobody would moderate %(space)s meanwhile: name a full member as its deputy.",
                space=space.name,
            ),
        )
    try:
        deputies.put(actor, space.id, handle=handle)
    except Invalid as error:
        raise Invalid(space.field, error.message) from error


def _others(actor: Actor | None, space_ids: list[int]) -> dict[int, list[Days | None]]:
    """By space, of each moderator in good standing but the actor when they are away."""
    query = (
        select(Membership.space_id, ModeratorAbsence.first_day, ModeratorAbsence.last_day)
        .join(Member, Member.id == Membership.member_id)
        .outerjoin(ModeratorAbsence, ModeratorAbsence.member_id == Member.id)
        .where(
            Membership.space_id.in_(space_ids),
            Membership.role == Role.MODERATOR,
            Membership.member_id != (actor.id if actor is not None else 0),
            belonging(Membership),
            in_good_standing(Member),
        )
    )
    found: dict[int, list[Days | None]] = {}
    for space_id, first, last in db.session.execute(query):
        found.setdefault(space_id, []).append(Days(first, last) if first is not None else None)
    return found


def _all_away(people_of: dict[int, list[Days | None]]) -> dict[int, date]:
    """By space of whose moderators none is there today: the last day of that."""
    found = {}
    for space_id, people in people_of.items():
        now = [one for one in people if one is not None and one.first <= days.today() <= one.last]
        if len(now) == len(people):
            found[space_id] = min(one.last for one in now)
    return found


def _nobody_left(others: list[Days | None], chosen: Days | None) -> bool:
    """Whether there is a day to come on which all of them are away, of those that are chosen."""
    known = [one for one in others if one is not None]
    if chosen is None or len(known) < len(others):
        return not others
    spans = [*known, chosen]
    return max(days.today(), *(one.first for one in spans)) <= min(one.last for one in spans)


def _log(actor: Actor, code: str) -> None:
    for space_id in sorted(moderated(actor)):
        audit_log.record(actor, Action.AWAY, space_id=space_id, subject_id=actor.id, reason=code)
