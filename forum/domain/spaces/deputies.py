"""The deputy of a space: a full member who looks at what its only moderator may not settle, as it is their own.

While all its moderators are away, at reported posts and posts that wait, too. Named by its moderators. It ends with
the membership, and when the deputy becomes a moderator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from forum.domain.audit import log as audit_log
from forum.domain.lines import handle_of
from forum.domain.mailing import events
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.absences import ModeratorAbsence
from forum.models.accounts import Member
from forum.models.deputies import SpaceDeputy
from forum.models.moderation import Action
from forum.models.spaces import Membership, Role, Space
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Invalid
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import get_visible

# Created once because aliased() is slow.
_DEPUTY, _ROLE, _PERSON = aliased(SpaceDeputy), aliased(Membership), aliased(Member)
_OTHER, _OTHER_PERSON = aliased(Membership), aliased(Member)
_AWAY = aliased(ModeratorAbsence)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands in for the moderators of a space, and whether anybody has to."""

    deputy_id: int | None
    name: str
    handle: str
    named_at: datetime | None
    moderators: int

    @property
    def is_missing(self) -> bool:
        """Whether the space has one moderator and nobody who stands in for them."""
        return self.moderators < 2 and self.deputy_id is None


@dataclass(frozen=True, slots=True)
class OfSpace:
    """A space, and the name of its deputy; empty where there is none."""

    name: str
    slug: str
    deputy: str


def of_moderator(actor: Actor) -> list[OfSpace]:
    """Return who is the deputy of each space that the actor moderates, by name (one query)."""
    query = (
        select(Space.name, Space.slug, func.coalesce(Member.name, ""))
        .select_from(Space)
        .outerjoin(_DEPUTY, and_(_DEPUTY.space_id == Space.id, holds(_DEPUTY)))
        .outerjoin(Member, Member.id == _DEPUTY.member_id)
        .where(Space.id.in_(moderated(actor)))
        .order_by(Space.sort_key, Space.id)
    )
    return [OfSpace(*found) for found in db.session.execute(query)]


def name(actor: Actor, space_id: int, *, handle: str) -> None:
    """Name the deputy of a space, in the place of the one before; the same again changes nothing.

    NotFound, Forbidden unless the actor moderates the space, Invalid at `handle` for who is not a full member of it.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)  # one change of its people at a time
    require(may_moderate(actor, space.id))
    put(actor, space.id, handle=handle)


def put(actor: Actor, space_id: int, *, handle: str) -> None:
    """Do the same in a space that is locked and that the actor moderates; Invalid at `handle`."""
    member_id = full_member(space_id, handle_of(handle))
    current = _current(space_id)
    if current is not None and current.member_id == member_id:
        return
    if current is not None:
        _end(current)
    row = SpaceDeputy(
        space_id=space_id, member_id=member_id, named_by_id=actor.id, named_at=clock.now(), ended_at=None
    )
    db.session.add(row)
    db.session.flush()
    audit_log.record(actor, Action.DEPUTY, space_id=space_id, subject_id=member_id, reason="named")
    events.record("deputy.named", deputy_id=row.id, actor_id=actor.id)


def end(actor: Actor, space_id: int) -> None:
    """Let a space have no deputy; without one nothing happens. NotFound, Forbidden."""
    space: Space = get_visible(Space, actor, space_id, lock=True)
    require(may_moderate(actor, space.id))
    current = _current(space.id)
    if current is not None:
        _end(current)
        audit_log.record(
            actor, Action.DEPUTY, space_id=space.id, subject_id=current.member_id, reason="ended"
        )


def end_of(member_id: int, space_id: int) -> None:
    """End it with somebody's membership of a space, or as they moderate it now (system verb)."""
    current = _current(space_id)
    if current is not None and current.member_id == member_id:
        _end(current)


def standing(actor: Actor, space_id: int) -> Standing:
    """Return who is the deputy of a space, for its moderators (two queries); NotFound, Forbidden."""
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    return standing_of(space.id)


def standing_of(space_id: int) -> Standing:
    """Return the same of a space of which it is known that the actor moderates it (two queries)."""
    found = db.session.execute(
        select(Member.id, Member.name, Member.handle, SpaceDeputy.named_at)
        .join(SpaceDeputy, SpaceDeputy.member_id == Member.id)
        .where(SpaceDeputy.space_id == space_id, holds(SpaceDeputy))
    ).one_or_none()
    here = (Membership.space_id == space_id, Membership.role == Role.MODERATOR, belonging(Membership))
    people = select(Member.id).join(Membership, Membership.member_id == Member.id)
    moderators = len(db.session.scalars(people.where(*here, in_good_standing(Member))).all())
    if found is None:
        return Standing(None, "", "", None, moderators)
    return Standing(found.id, found.name, found.handle, found.named_at, moderators)


def of_space(space_id: int) -> int | None:
    """Return who is the deputy of a space now (one query)."""
    query = select(SpaceDeputy.member_id).where(SpaceDeputy.space_id == space_id, holds(SpaceDeputy))
    return db.session.scalar(query)


def holds(deputy: Any) -> ColumnElement[bool]:
    """Return whether a row of `SpaceDeputy` or an alias of it holds: they are a full member in good standing."""
    full = (
        select(_ROLE.id)
        .join(_PERSON, _PERSON.id == _ROLE.member_id)
        .where(
            _ROLE.member_id == deputy.member_id,
            _ROLE.space_id == deputy.space_id,
            _ROLE.role == Role.MEMBER,
            belonging(_ROLE),
            in_good_standing(_PERSON),
        )
        .correlate(deputy)
    )
    return deputy.ended_at.is_(None) & full.exists()


def has_any(
    space_id: Any, *but: Any, unless: Callable[[Any], ColumnElement[bool]] | None = None
) -> ColumnElement[bool]:
    """Return whether the space in a column has a deputy who is none of these members, nor barred by `unless`."""
    others = [_DEPUTY.member_id != one for one in but]
    free = [~unless(_DEPUTY.member_id)] if unless is not None else []
    return (
        exists().where(_DEPUTY.space_id == space_id, holds(_DEPUTY), *others, *free).correlate_except(_DEPUTY)
    )


def is_deputy(space_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Return whether somebody is the deputy of the space in a column."""
    mine = (_DEPUTY.space_id == space_id, _DEPUTY.member_id == member_id)
    return exists().where(*mine, holds(_DEPUTY)).correlate_except(_DEPUTY)


def another_moderates(space_id: Any, *but: Any) -> ColumnElement[bool]:
    """Return whether the space in a column has a moderator in good standing besides these members."""
    return _others(space_id, but).correlate_except(_OTHER, _OTHER_PERSON).exists()


def another_is_there(space_id: Any, *but: Any) -> ColumnElement[bool]:
    """Return whether one of those moderators is not away today."""
    others = _others(space_id, but).where(~away(_OTHER.member_id))
    return others.correlate_except(_OTHER, _OTHER_PERSON).exists()


def away(member_id: Any) -> ColumnElement[bool]:
    """Return whether the member in a column said that they are away today, a day of the forum."""
    today = days.today()
    on = (_AWAY.member_id == member_id, _AWAY.first_day <= today, _AWAY.last_day >= today)
    return exists().where(*on).correlate_except(_AWAY)


def full_member(space_id: int, handle: str) -> int:
    """Return the id of a full member of a space in good standing, by their name with an @; Invalid at `handle`."""
    query = (
        select(Member.id)
        .join(Membership, Membership.member_id == Member.id)
        .where(Member.handle == handle, Membership.space_id == space_id, is_full())
    )
    found = db.session.scalar(query)
    if found is None:
        raise Invalid("handle", _("Choose a full member of this space who does not moderate it."))
    return int(found)


def is_full() -> ColumnElement[bool]:
    """Return whether a `Membership` of a `Member` is that of a full member in good standing, who does not moderate."""
    return and_(Membership.role == Role.MEMBER, belonging(Membership), in_good_standing(Member))


def _others(space_id: Any, but: tuple[Any, ...]) -> Select[Any]:
    return (
        select(_OTHER.id)
        .join(_OTHER_PERSON, _OTHER_PERSON.id == _OTHER.member_id)
        .where(
            _OTHER.space_id == space_id,
            _OTHER.role == Role.MODERATOR,
            belonging(_OTHER),
            in_good_standing(_OTHER_PERSON),
            *(_OTHER.member_id != one for one in but),
        )
    )


def _current(space_id: int) -> SpaceDeputy | None:
    query = select(SpaceDeputy).where(SpaceDeputy.space_id == space_id, SpaceDeputy.ended_at.is_(None))
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _end(deputy: SpaceDeputy) -> None:
    deputy.ended_at = clock.now()
    db.session.flush()
