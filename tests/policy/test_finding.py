"""Who finds whom: over random networks, the one rule in SQL says what a slow one says that knows no SQL."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.spaces import Membership, Role
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values
from tests.factories import LONG_AGO, join, make_member, make_space
from tests.policy import people

STANDINGS = (
    *({},) * 5,
    {"confirmed_at": None},
    {"approved_at": None},
    {"suspended_at": LONG_AGO},
)


def found_by(reader) -> set[int]:
    """Whom the rule finds, by one parameter for the reader."""
    query = select(Member.id).where(finds(reader_param(signed_in=True).id))
    return set(db.session.scalars(query, reader_values(reader)))


class Oracle:
    """The same in plain words: reads every row, and compares each person with each."""

    def __init__(self) -> None:
        self.members = list(db.session.scalars(select(Member)))
        now = clock.now()
        self.roles: dict[int, dict[int, Role]] = {}
        for row in db.session.scalars(select(Membership)):
            if row.ended_at is None and (getattr(row, "ends_at", None) is None or row.ends_at > now):
                self.roles.setdefault(row.member_id, {})[row.space_id] = row.role
        self.appointed = {
            row.member_id for row in db.session.scalars(select(NetworkAppointment)) if row.ended_at is None
        }

    def finds(self, reader: Member) -> set[int]:
        """Whom somebody finds."""
        return {one.id for one in self.members if self._finds(reader, one)}

    def _finds(self, reader: Member, other: Member) -> bool:
        for person in (reader, other):
            if person.confirmed_at is None or person.approved_at is None or person.suspended_at is not None:
                return False
        if reader.id == other.id or (self._full(reader) and self._full(other)):
            return True
        mine, theirs = self.roles.get(reader.id, {}), self.roles.get(other.id, {})
        return bool(mine.keys() & theirs.keys())

    def _full(self, person: Member) -> bool:
        if person.id in self.appointed:
            return True
        return any(role != Role.GUEST for role in self.roles.get(person.id, {}).values())


def scattered(draw: random.Random) -> None:
    """A network of some spaces and people, in every standing, with roles of today and of before."""
    spaces = [make_space(f"Plek {n}", unlisted=draw.random() < 0.2) for n in range(4)]
    for number in range(12):
        member = make_member(f"Iemand {number}", **draw.choice(STANDINGS))
        for space in spaces:
            if draw.random() < 0.35:
                role = join(member, space, draw.choice((Role.GUEST, Role.GUEST, Role.MEMBER, Role.MODERATOR)))
                if draw.random() < 0.3:
                    role.ended_at = clock.now() - timedelta(days=1)
        if draw.random() < 0.15:
            ended = clock.now() if draw.random() < 0.5 else None
            row = NetworkAppointment(
                member_id=member.id, role=NetworkRole.EDITOR, since_at=LONG_AGO, ended_at=ended
            )
            db.session.add(row)
    db.session.flush()


@pytest.mark.parametrize("seed", range(12))
def test_in_any_network_the_rule_finds_whom_the_slow_one_finds(session, seed):
    scattered(random.Random(seed))
    oracle = Oracle()
    wrong = {
        reader.handle: found_by(reader) ^ oracle.finds(reader)
        for reader in oracle.members
        if found_by(reader) != oracle.finds(reader)
    }
    assert wrong == {}


def test_in_the_town_of_the_tables_it_is_the_same_and_nobody_out_of_standing_is_found(session):
    town = people.build()
    oracle = Oracle()
    out = {town.member(code).id for code in people.PEOPLE if code not in people.IN_GOOD_STANDING | {"vis"}}
    for code in people.PEOPLE.keys() - {"vis"}:
        found = found_by(town.member(code))
        assert found == oracle.finds(town.member(code)), code
        assert not found & out, code
    guest, stranger = found_by(town.member("gue")), town.member("ome").id
    assert town.member("mem").id in guest
    assert stranger not in guest
    former, appointed = town.member("xme").id, town.member("edi").id
    assert former not in found_by(town.member("mem"))
    assert appointed in found_by(town.member("mem"))
