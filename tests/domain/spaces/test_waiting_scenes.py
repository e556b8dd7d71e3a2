"""Random scenes of who brought whom: what a page shows, what home counts and what the verb allows are one rule."""

from random import Random

import pytest

from forum.domain.people import capacities
from forum.domain.spaces import confirmations, memberships, waiting_capacities
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Level, NetworkRole
from forum.models.spaces import Invitation, Role, SpaceKind
from forum.policy.errors import DomainError
from tests.factories import LONG_AGO, actor, make_member, make_space

PEOPLE, ACTS = 5, 30


class Scene:
    """Two cities with a space, one without, a group, and people who bring, promote and remove each other."""

    def __init__(self, seed):
        self.random = Random(seed)
        cities = [make_space(city.title(), city=city) for city in ("gent", "aalst")]
        self.spaces = [*cities, make_space("Water", kind=SpaceKind.GROUP)]
        self.admin = make_member("Beheer", network_role=NetworkRole.ADMIN)
        self.people = [make_member(f"Person {number}") for number in range(PEOPLE)]
        for step in range(ACTS):
            with clock.at(LONG_AGO.replace(minute=step)), db.session.begin_nested():
                self.act()
        self.people[0].suspended_at = LONG_AGO
        self.waits = [
            capacities.add(
                one.id, function="coach", level=Level.FIELD, body=body, city=city, starts_on=LONG_AGO.date()
            )
            for one in self.people
            for body, city in ((Body.CITY, "gent"), (Body.OCMW, "genk"), (Body.ACADEMIC, "aalst"))
        ]

    def act(self):
        by, one = self.random.choice([*self.people, self.admin]), self.random.choice(self.people)
        space, role = self.random.choice(self.spaces), self.random.choice([*Role, Role.MODERATOR])
        by_id = self.random.choice([by.id, by.id, by.id, None])
        kind = self.random.choice(["invite", "let in", "role", "remove"])
        try:
            if kind == "invite" and by_id:
                self.invite(by_id, one, space, role)
            if kind in ("invite", "let in"):
                memberships.grant(by_id, one.id, space.id, role)
            elif kind == "role":
                memberships.set_role(actor(by), space.id, one.id, role=role)
            else:
                memberships.remove(actor(by), space.id, one.id, reason="They left.")
        except DomainError:
            pass  # not theirs to do

    def invite(self, by_id, one, space, role):
        now = clock.now()
        invitation = Invitation(
            space_id=space.id, email=one.email, role=role, locale="en",
            invited_by_id=by_id, responsible_id=by_id,
            invited_at=now, expires_at=now, accepted_at=now, accepted_by_id=one.id,
        )  # fmt: skip
        db.session.add(invitation)
        db.session.flush()

    def confirmable(self, who):
        """The capacities that the verb lets somebody confirm, one at a time, undone each time."""
        found = set()
        for held in self.waits:
            trial = db.session.begin_nested()
            try:
                confirmations.confirm(actor(who), held.id)
                found.add(held.id)
            except DomainError:
                pass
            trial.rollback()
            db.session.expire_all()
        return found


@pytest.mark.parametrize("seed", range(5))
def test_every_capacity_that_waits_can_be_confirmed_by_who_is_shown_it(session, seed):
    scene = Scene(seed)
    good = scene.people[1:]
    waits = {held.id for held in scene.waits if held.member_id != scene.people[0].id}
    by_moderators = set()
    for who in good:
        allowed = scene.confirmable(who) & waits
        by_moderators |= allowed
        shown = set()
        for space in scene.spaces:
            if actor(who).roles.get(space.id) == Role.MODERATOR:
                rows = waiting_capacities.of_space(actor(who), space.id).rows
                shown |= {row.id for row in rows if row.may_confirm}
        assert shown == allowed
        lines = [line for line in waiting_capacities.of_others(actor(who)) if line.kind == "confirm"]
        assert sum(line.count for line in lines) == len(allowed)
    rows = waiting_capacities.unanswered(actor(scene.admin)).rows
    assert {row.id for row in rows} == waits - by_moderators
    own = {row.id for row in rows if row.may_confirm}
    assert own == (waits - by_moderators) & scene.confirmable(scene.admin)
    lines = waiting_capacities.of_others(actor(scene.admin))
    assert sum(line.count for line in lines if line.kind == "confirm_anywhere") == len(own)
