"""The one rule of who finds whom: in the directory, by the address of a profile, and from a name that links to one.

Members of the network find each other. A guest finds, and is found by, who belongs to a space together with them; both
must be in good standing, and everybody finds themselves. Somebody who is not found and somebody who is not there are
the same 404.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from forum.models.accounts import Member
from forum.models.spaces import Membership
from forum.policy.standing import (
    ReaderId,
    active,
    appointed,
    belonging,
    full,
    full_roles,
    in_good_standing,
    spaces_of,
)

_ROLE = aliased(Membership)


def finds(reader_id: ReaderId) -> ColumnElement[bool]:
    """Return whether a reader, a parameter with their id, finds the `Member` of the query around."""
    together = (
        select(_ROLE.id)
        .where(_ROLE.member_id == Member.id, belonging(_ROLE), _ROLE.space_id.in_(spaces_of(reader_id)))
        .correlate(Member)
    )
    in_network = and_(full(reader_id), or_(_has(full_roles(Member.id)), appointed(Member.id)))
    found = or_(Member.id == reader_id, in_network, _has(together))
    return and_(in_good_standing(Member), active(reader_id), found)


def _has(roles: Select[Any]) -> ColumnElement[bool]:
    """Whether the member has such a role: one look into the index for each who is asked about.

    Of an EXISTS in an alternative PostgreSQL would first read the roles of everybody in the network.
    """
    return roles.limit(1).scalar_subquery().is_not(None)
