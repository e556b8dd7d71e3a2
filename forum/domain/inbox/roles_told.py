"""What is told of somebody's role in a space: which it is when the mail is made, and whether something waits there."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from forum.domain.desk import places, waiting
from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.models.spaces import Role
from forum.policy.actors import actor_of

GIVEN = "role_given"
SENTENCES: Mapping[str, tuple[Any, Any]] = {
    GIVEN: (
        lazy("You have another role in %(space)s"),
        lazy("You have another role in %(space)s"),
    ),
    f"{GIVEN}.{Role.GUEST}": (
        lazy("You are a guest in %(space)s now"),
        lazy("Your role in %(space)s changed: you are a guest there now"),
    ),
    f"{GIVEN}.{Role.MEMBER}": (
        lazy("You are a full member of %(space)s now"),
        lazy("Your role in %(space)s changed: you are a full member now"),
    ),
    f"{GIVEN}.{Role.MODERATOR}": (
        lazy("You moderate %(space)s now"),
        lazy("Your role in %(space)s changed: you moderate it now"),
    ),
    "role_taken": (
        lazy("You no longer have a role in %(space)s"),
        lazy("A moderator took your role in %(space)s"),
    ),
    "role_ends": (
        lazy("Your time as a guest in %(space)s ends in a week"),
        lazy("After that you no longer read %(space)s; a moderator can give you more time"),
    ),
    "role_over": (
        lazy("Your time as a guest in %(space)s is over"),
        lazy("You no longer read what is only for %(space)s"),
    ),
}


class RoleTold(NamedTuple):
    """Which role somebody has in a space, and whether anything waits there for them as its moderator."""

    role: Role
    something_waits: bool


def of_notices(member: Member, rows: Sequence[Any]) -> dict[int, RoleTold]:
    """Return this of each space in which a notice tells of a new role (no query without any)."""
    space_ids = {row.space_id for row in rows if row.kind == GIVEN and row.space_id is not None}
    actor = actor_of(member.id) if space_ids else None
    if actor is None:
        return {}
    moderated = set(places.spaces_of(actor))
    return {
        space_id: RoleTold(
            actor.roles[space_id],
            space_id in moderated and waiting.number(actor, [space_id]) > 0,
        )
        for space_id in space_ids & actor.roles.keys()
    }
