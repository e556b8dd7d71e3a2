"""Memberships, invitations and requests in every state, by the names of the tables' rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.infra.db import db
from forum.models.spaces import Invitation, JoinRequest, Membership, Role, Space
from tests.factories import LONG_AGO
from tests.policy.people import Town


def memberships(town: Town) -> dict[str, Membership]:
    """The rows that the town has already: roles that hold and roles that ended."""
    return {
        "of a guest": _membership(town, town.here, "gue"),
        "of a member": _membership(town, town.here, "mem"),
        "of a moderator": _membership(town, town.here, "mod"),
        "of a suspended member": _membership(town, town.here, "sme"),
        "of a former member": _membership(town, town.here, "xme", ended=True),
        "of a former moderator": _membership(town, town.here, "xmo", ended=True),
        "of who has another role now": _membership(town, town.here, "mem", ended=True),
        "elsewhere": _membership(town, town.elsewhere, "ome"),
        "elsewhere, ended": _membership(town, town.elsewhere, "oxm", ended=True),
        "unlisted": _membership(town, town.unlisted, "noise member"),
    }


def invitations(town: Town) -> dict[str, Invitation]:
    """Invitations by a moderator, whatever became of them."""
    rows = {
        "open": _invitation(town, town.here, "mod"),
        "by a former moderator": _invitation(town, town.here, "xmo"),
        "over": _invitation(town, town.here, "mod", expires_at=LONG_AGO),
        "accepted": _invitation(town, town.here, "mod", accepted_at=LONG_AGO),
        "withdrawn": _invitation(town, town.here, "mod", withdrawn_at=LONG_AGO),
        "elsewhere": _invitation(town, town.elsewhere, "omo"),
        "unlisted": _invitation(town, town.unlisted, "noise moderator"),
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows


def requests(town: Town) -> dict[str, JoinRequest]:
    """Requests of people who knock; who asks does not see the row either."""
    rows = {
        "open": _request(town, town.here, "ome"),
        "of somebody not let in": _request(town, town.here, "new"),
        "answered with yes": _request(town, town.here, "gue", answered_at=LONG_AGO, accepted=True),
        "answered with no": _request(town, town.here, "ogu", answered_at=LONG_AGO, accepted=False),
        "elsewhere": _request(town, town.elsewhere, "mem"),
        "unlisted": _request(town, town.unlisted, "adm"),
    }
    db.session.add_all(rows.values())
    db.session.flush()
    return rows


def _membership(town: Town, space: Space, code: str, *, ended: bool = False) -> Membership:
    member = town.noise.get(code) or town.member(code)
    query = select(Membership).where(Membership.member_id == member.id, Membership.space_id == space.id)
    return db.session.scalars(query.where(Membership.ended_at.is_not(None) == ended)).one()


def _invitation(town: Town, space: Space, by: str, **over: datetime) -> Invitation:
    inviter = town.noise.get(by) or town.member(by)
    values: dict[str, Any] = {
        "space_id": space.id,
        "email": "somebody@people.test",
        "role": Role.MEMBER,
        "locale": "nl",
        "invited_by_id": inviter.id,
        "responsible_id": inviter.id,
        "invited_at": LONG_AGO,
        "expires_at": LONG_AGO.replace(year=2099),
    }
    return Invitation(**(values | over))


def _request(town: Town, space: Space, by: str, **over: Any) -> JoinRequest:
    return JoinRequest(space_id=space.id, member_id=town.member(by).id, asked_at=LONG_AGO, **over)
