"""Who is acting: an account in good standing with the roles that hold at this moment."""

import dataclasses

import pytest

from forum.infra import clock
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.spaces import Role, Space
from forum.policy import actors
from forum.policy.actors import Actor, actor_for, actor_of
from tests.factories import LONG_AGO
from tests.policy import people
from tests.policy.people import Town

# What holds for each person: roles here and elsewhere, roles in the network, and what follows from them.
# A dash: no actor at all. An account that is not yet approved is an actor without any role.
ACTORS = """
code  here       elsewhere  network  full  moderates
unc   -          -          -        -     -
new   .          .          .        .     .
gue   guest      .          .        .     .
mem   member     .          .        x     .
aut   member     .          .        x     .
mod   moderator  .          .        x     x
cur   moderator  .          .        x     x
xme   .          .          .        .     .
xmo   .          .          .        .     .
sme   -          -          -        -     -
smo   -          -          -        -     -
ogu   .          guest      .        .     .
ome   .          member     .        x     .
omo   .          moderator  .        x     x
oxm   .          .          .        .     .
som   -          -          -        -     -
edi   .          .          editor   x     .
adm   .          .          admin    x     .
xed   .          .          .        .     .
sed   -          -          -        -     -
"""


def _row(actor: Actor | None, town: Town) -> list[str]:
    if actor is None:
        return ["-"] * 5
    assert actor.roles.keys() <= {town.here.id, town.elsewhere.id}
    return [
        actor.roles.get(town.here.id, "."),
        actor.roles.get(town.elsewhere.id, "."),
        "+".join(sorted(actor.network_roles)) or ".",
        "x" if actor.is_full else ".",
        "x" if actor.moderates else ".",
    ]


def test_who_acts_with_which_roles(session):
    town = people.build()
    expected = {line.split()[0]: line.split()[1:] for line in ACTORS.strip().splitlines()[1:]}
    found = {code: _row(actor_of(member.id), town) for code, member in town.people.items() if member}
    assert found == expected


def test_nobody_acts_for_an_account_that_is_not_there(session):
    town = people.build()
    assert actor_of(max(member.id for member in town.noise.values()) + 1) is None
    assert actor_of(0) is None


def test_all_roles_of_one_person_are_read_in_one_query(session):
    town = people.build()
    member = town.member("mem")
    db.session.add_all(
        [people.membership(space, member, Role.GUEST) for space in (town.elsewhere, town.unlisted)]
    )
    for role in NetworkRole:
        db.session.add(NetworkAppointment(member_id=member.id, role=role, since_at=LONG_AGO))
    db.session.flush()
    with count_queries() as seen:
        actor = actor_of(member.id)
    assert seen.count == 1
    assert actor is not None
    assert actor.roles == {
        town.here.id: Role.MEMBER, town.elsewhere.id: Role.GUEST, town.unlisted.id: Role.GUEST
    }  # fmt: skip
    assert all(isinstance(role, Role) for role in actor.roles.values())
    assert actor.network_roles == frozenset(NetworkRole)
    assert all(isinstance(role, NetworkRole) for role in actor.network_roles)
    assert actor == actor_for(member)


def test_an_actor_carries_what_pages_need_of_the_account(session):
    town = people.build()
    member = town.member("edi")
    member.theme, member.timezone, member.locale = "dark", "Europe/London", "nl"
    member.locale_seen = "en"
    db.session.flush()
    actor = actor_of(member.id)
    assert actor is not None
    for name in (
        "id",
        "name",
        "handle",
        "email",
        "locale",
        "locale_seen",
        "timezone",
        "theme",
        "approved_at",
    ):
        assert getattr(actor, name) == getattr(member, name), name
    with pytest.raises(dataclasses.FrozenInstanceError):
        actor.name = "Somebody else"
    assert not hasattr(actor, "__dict__")


def test_a_guest_of_many_spaces_is_no_full_member_and_one_role_is_enough(session):
    guest = Actor(1, "", "", "", None, "", None, None, {1: Role.GUEST, 2: Role.GUEST})
    assert not guest.is_full
    assert not guest.moderates
    both = dataclasses.replace(guest, roles={1: Role.GUEST, 2: Role.MODERATOR, 3: Role.MEMBER})
    assert both.is_full
    assert both.moderates
    bare = Actor(1, "", "", "", None, "", None, None)
    assert (bare.roles, bare.network_roles) == ({}, frozenset())


def test_a_lost_role_is_lost_at_once(session):
    town = people.build()
    member = town.member("mod")
    assert actors.actor_of(member.id).moderates
    for row in db.session.scalars(
        db.select(people.Membership).where(people.Membership.member_id == member.id)
    ):
        row.ended_at = clock.now()
    db.session.flush()
    assert not actors.actor_of(member.id).moderates
    db.session.get_one(Member, member.id).suspended_at = clock.now()
    db.session.flush()
    assert actors.actor_of(member.id) is None
    assert db.session.get(Space, town.here.id) is not None, "what they moderated stays"
