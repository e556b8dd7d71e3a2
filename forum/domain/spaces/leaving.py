"""Leaving a space by oneself. Its only moderator names another first: without one, requests are never answered."""

from dataclasses import dataclass

from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.lines import handle_of
from forum.domain.mailing import events
from forum.domain.spaces import deputies, memberships
from forum.domain.themes.labels import ROLES
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action, ActorRole
from forum.models.spaces import Membership, Role, Space
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden, Invalid
from forum.policy.visibility import get_visible


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody leaves; `names_another`: they are the only moderator, and name one first."""

    space_name: str
    space_slug: str
    role: Role
    names_another: bool


def ask(actor: Actor, space_id: int) -> Leaving:
    """Return what the actor would leave (two queries); NotFound, Forbidden for who does not belong to it."""
    space: Space = get_visible(Space, actor, space_id)
    role = _role(actor, space)
    return Leaving(space.name, space.slug, role, is_alone(actor, space.id))


def leave(actor: Actor, space_id: int, *, successor: str = "") -> None:
    """Leave a space; its only moderator makes a full member of it, `successor`, a moderator with that.

    NotFound, Forbidden for who does not belong to it, Invalid at `handle`.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)  # one change of its people at a time
    role = _role(actor, space)
    if is_alone(actor, space.id):
        if not successor.strip():
            raise Invalid("handle", _("You are the only moderator: name somebody who moderates this space."))
        _name(actor, space, successor)
    membership = memberships.current(space.id, actor.id)
    memberships.keep_a_moderator(membership)
    memberships.close(actor, membership)
    audit_log.record(
        actor,
        Action.ROLE,
        space_id=space.id,
        subject_id=actor.id,
        reason=_("from %(before)s to %(after)s", before=str(ROLES[role]), after=_("gone, by themselves")),
        role=ActorRole.AUTHOR if role != Role.MODERATOR else None,
    )
    events.record("role.taken", membership_id=membership.id, actor_id=actor.id)


def change_role(
    actor: Actor, space_id: int, member_id: int, *, role: Role, successor: str = ""
) -> Membership:
    """Change somebody's role; where that is the only moderator, a full member `successor` becomes one first.

    Errors as of `memberships.set_role`, and Invalid at `handle`.
    """
    space: Space = get_visible(Space, actor, space_id, lock=True)
    if successor.strip() and member_id == actor.id and role != Role.MODERATOR and is_alone(actor, space.id):
        _name(actor, space, successor)
    return memberships.set_role(actor, space.id, member_id, role=role)


def is_alone(actor: Actor, space_id: int) -> bool:
    """Return whether the actor is the only moderator of a space in good standing (one query)."""
    another = deputies.another_moderates(Space.id, actor.id)
    moderates = actor.roles.get(space_id) == Role.MODERATOR
    return moderates and not db.session.scalar(select(another).where(Space.id == space_id))


def _name(actor: Actor, space: Space, successor: str) -> None:
    handle = handle_of(successor)
    memberships.set_role(actor, space.id, deputies.full_member(space.id, handle), role=Role.MODERATOR)


def _role(actor: Actor, space: Space) -> Role:
    role = actor.roles.get(space.id)
    if role is None:
        raise Forbidden(_("You do not belong to this space."))
    return role
