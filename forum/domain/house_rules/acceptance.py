"""Who writes in a space accepts its rules, once; of later versions they are told, and say that they read them."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from forum.domain.house_rules import versions
from forum.domain.house_rules.versions import Version
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.house_rules import RulesAcceptance, RulesVersion
from forum.models.spaces import Space
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, Invalid
from forum.policy.visibility import get_visible

FIELD = "accepts"


def is_due(member_id: Any, space_id: Any) -> ColumnElement[bool]:
    """Return whether a member has still to accept the rules of a space; columns of a query, or values."""
    its, accepted = aliased(RulesVersion), aliased(RulesVersion)
    has_rules = exists().where(its.space_id == space_id)
    did = exists().where(
        accepted.space_id == space_id,
        RulesAcceptance.version_id == accepted.id,
        RulesAcceptance.member_id == member_id,
    )
    return has_rules & ~did


def due(actor: Actor | None, space_id: int) -> Version | None:
    """Return the version that the actor has still to accept before they write in a space; None where there is none."""
    if actor is None or not db.session.scalar(select(is_due(actor.id, space_id))):
        return None
    return versions.current(space_id)


def require_accepted(actor: Actor, space_id: int, *, accepts: int | None) -> None:
    """Do nothing for who accepted the rules of a space, or does so by writing: `accepts` is the id of what they ticked.

    Invalid at `accepts`.
    """
    if not db.session.scalar(select(is_due(actor.id, space_id))):
        return
    if accepts is None:
        raise Invalid(FIELD, _("Read the house rules, and tick that you accept them."))
    newest = select(RulesVersion.id).where(RulesVersion.space_id == space_id)
    if accepts != db.session.scalar(newest.order_by(RulesVersion.number.desc()).limit(1)):
        raise Invalid(
            FIELD, _("The house rules changed a moment ago. Read them, and tick that you accept them.")
        )
    _keep(actor, accepts)


def accept(actor: Actor, space_id: int, number: int) -> bool:
    """Keep that the actor accepts a version, or read what it changed, and return whether it is their first.

    Done already, nothing more.

    NotFound for a space or version that they do not see, Forbidden for who never writes there, Conflict where another
    version is in force.
    """
    get_visible(Space, actor, space_id)
    version = versions.one(space_id, number)
    if number != db.session.scalar(versions.latest_number(space_id)):
        raise Conflict(_("These are not the house rules of today. Read those, and accept them."))
    if not actor.roles and actor.approved_at is None:
        raise Forbidden(_("You can accept these rules once you belong to the network."))
    is_first = last_accepted(actor, space_id) is None
    _keep(actor, version.id)
    return is_first


def last_accepted(actor: Actor, space_id: int) -> int | None:
    """Return the number of the newest version that the actor accepted or read; None where they did none."""
    query = (
        select(func.max(RulesVersion.number))
        .join(RulesAcceptance, RulesAcceptance.version_id == RulesVersion.id)
        .where(RulesVersion.space_id == space_id, RulesAcceptance.member_id == actor.id)
    )
    return db.session.scalar(query)


def changed_since(actor: Actor | None, space_id: int) -> tuple[int, int] | None:
    """Return the version that the actor accepted and the one in force, where that is a later one (one query)."""
    if actor is None:
        return None
    return later(db.session.execute(select(*numbers(actor.id, space_id))).one())


def numbers(member_id: Any, space_id: Any) -> tuple[Any, Any]:
    """Return the columns of the version that a member accepted or read last, and of the one in force."""
    newest = select(func.max(RulesVersion.number)).where(RulesVersion.space_id == space_id)
    own = newest.join(RulesAcceptance, RulesAcceptance.version_id == RulesVersion.id).where(
        RulesAcceptance.member_id == member_id
    )
    return own.scalar_subquery().label("rules_accepted"), newest.scalar_subquery().label("rules_newest")


def later(row: Any) -> tuple[int, int] | None:
    """Return the version of a row with `numbers` that was accepted and the one in force, where that is a later one."""
    accepted, newest = row.rules_accepted, row.rules_newest
    return (accepted, newest) if accepted and accepted < newest else None


def _keep(actor: Actor, version_id: int) -> None:
    insert_new(
        RulesAcceptance, [{"version_id": version_id, "member_id": actor.id, "accepted_at": clock.now()}]
    )
