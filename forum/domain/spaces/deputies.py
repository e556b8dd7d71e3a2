"""The deputy of a space: a full member who looks at what its only moderator may not settle, as it is their own.

Named by its moderators. It ends with the membership, and when the deputy becomes a moderator.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from forum.domain.audit import log as audit_log
from forum.domain.mailing import events
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.deputies import SpaceDeputy
from forum.models.moderation import Action
from forum.models.spaces import Membership, Role, Space
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import get_visible

# Created once because aliased() is slow.
_DEPUTY, _ROLE, _PERSON = aliased(SpaceDeputy), aliased(Membership), aliased(Member)
_OTHER, _OTHER_PERSON = aliased(Membership), aliased(Member)


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


def name(actor: Actor, space_id: int, *, handle: str) -> None:
    """Name the deputy of a space, in the place of the one before; the same again changes nothing.

    NotFound, Forbidden unless the actor moderates the space, Invalid at `handle` for who is not a full member of it.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)  # one change of its people at a time
    require(may_moderate(actor, space.id))
    member_id = _member_of(space.id, handle.strip().removeprefix("@").lower())
    current = _current(space.id)
    if current is not None and current.member_id == member_id:
        return
    if current is not None:
        _end(current)
    row = SpaceDeputy(
        space_id=space.id, member_id=member_id, named_by_id=actor.id, named_at=clock.now(), ended_at=None
    )
    db.session.add(row)
    db.session.flush()
    audit_log.record(actor, Action.DEPUTY, space_id=space.id, subject_id=member_id, reason="named")
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


def has_any(space_id: Any) -> ColumnElement[bool]:
    """Return whether the space in a column has a deputy."""
    return exists().where(_DEPUTY.space_id == space_id, holds(_DEPUTY)).correlate(space_id.table)


def is_deputy(space_id: Any, member_id: int) -> ColumnElement[bool]:
    """Return whether somebody is the deputy of the space in a column."""
    mine = (_DEPUTY.space_id == space_id, _DEPUTY.member_id == member_id)
    return exists().where(*mine, holds(_DEPUTY)).correlate(space_id.table)


def another_moderates(space_id: Any, *but: Any) -> ColumnElement[bool]:
    """Return whether the space in a column has a moderator in good standing besides these members."""
    others = (
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
    return others.correlate_except(_OTHER, _OTHER_PERSON).exists()


def _member_of(space_id: int, handle: str) -> int:
    query = (
        select(Member.id)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Member.handle == handle,
            Membership.space_id == space_id,
            Membership.role == Role.MEMBER,
            belonging(Membership),
            in_good_standing(Member),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise Invalid("handle", _("Choose a full member of this space who does not moderate it."))
    return int(found)


def _current(space_id: int) -> SpaceDeputy | None:
    query = select(SpaceDeputy).where(SpaceDeputy.space_id == space_id, SpaceDeputy.ended_at.is_(None))
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _end(deputy: SpaceDeputy) -> None:
    deputy.ended_at = clock.now()
    db.session.flush()
