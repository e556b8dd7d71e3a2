"""What is told of somebody's role in a space: which it is when the mail is made, and whether something waits there."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from forum.domain.desk import waiting
from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.models.spaces import Role
from forum.policy.actors import actor_of
from forum.policy.answering import moderated

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
    desks = space_ids & set(moderated(actor))
    return {
        space_id: RoleTold(role, space_id in desks and waiting.number(actor, [space_id]) > 0)
        for space_id, role in actor.roles.items()
        if space_id in space_ids
    }


def told_as(kind: str, role: RoleTold | None) -> str:
    """Return by what the sentences of a notice are found: its kind, and of a role that was given which one it is."""
    return f"{kind}.{role.role}" if role else kind
