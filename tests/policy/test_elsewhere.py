"""Who is met where else: over random networks, the rule in SQL says what a slow one says that knows no SQL."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.spaces import roster
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.policy.actors import actor_for
from tests.factories import join, make_space
from tests.policy import people
from tests.policy.test_finding import scattered

pytestmark = pytest.mark.both_databases


class Oracle:
    """The same in plain words: reads every row, and asks of each space whether the reader may know who is in it."""

    def __init__(self) -> None:
        self.members = {member.id: member for member in db.session.scalars(select(Member))}
        self.spaces = list(db.session.scalars(select(Space)))
        now = clock.now()
        self.within = {
            (row.member_id, row.space_id)
            for row in db.session.scalars(select(Membership))
            if row.ended_at is None and (row.ends_at is None or row.ends_at > now)
        }

    def stands(self, member_id: int) -> bool:
        """Whether somebody is in good standing."""
        member = self.members[member_id]
        known = member.confirmed_at is not None and member.approved_at is not None
        return known and member.suspended_at is None

    def listed(self, reader_id: int, space_id: int) -> set[int]:
        """Whom the list of a space shows a reader."""
        if not self.stands(reader_id) or (reader_id, space_id) not in self.within:
            return set()
        return {one for one in self.members if self.stands(one) and (one, space_id) in self.within}

    def elsewhere(self, reader_id: int, space_id: int, member_id: int) -> set[str]:
        """In which other spaces the reader meets somebody: those whose list shows them."""
        others = (space for space in self.spaces if space.id != space_id)
        return {space.slug for space in others if member_id in self.listed(reader_id, space.id)}


def guests_with_an_end(draw: random.Random) -> None:
    """Let some guests have a last moment, for some of them behind us."""
    for row in db.session.scalars(select(Membership).where(Membership.role == Role.GUEST)):
        if draw.random() < 0.5:
            row.ends_at = clock.now() + timedelta(hours=draw.choice((-1, 1)))
    db.session.flush()


def shown(reader: Member, space: Space) -> dict[int, set[str]] | None:
    """Whom the page shows a reader, each with the spaces beside them; None where it shows nothing."""
    if space.id not in actor_for(reader).roles or reader.suspended_at or reader.confirmed_at is None:
        return None
    rows = roster.members(actor_for(reader), space.id).rows
    return {row.member_id: {place.slug for place in row.also_in} for row in rows}


def differences(oracle: Oracle) -> list[object]:
    """Where the page and the slow rule say something else."""
    wrong: list[object] = []
    for space in oracle.spaces:
        for reader in oracle.members.values():
            people_there = oracle.listed(reader.id, space.id)
            in_city = space.kind == SpaceKind.CITY
            expected = {
                one: oracle.elsewhere(reader.id, space.id, one) if in_city else set() for one in people_there
            }
            found = shown(reader, space) or {}
            if found != expected:
                wrong.append((space.slug, reader.handle, found, expected))
            asked = roster.about(actor_for(reader), space.id, list(oracle.members))
            slow = {
                one: oracle.elsewhere(reader.id, space.id, one) if in_city else set()
                for one in oracle.members
            }
            known = {one: set(each.also_in) for one, each in asked.items()}
            if any(known.get(one, set()) != slow[one] for one in oracle.members):
                wrong.append((space.slug, reader.handle, known, slow))
    return wrong


@pytest.mark.parametrize("seed", range(12))
def test_in_any_network_the_page_shows_what_the_slow_rule_says(session, seed):
    draw = random.Random(seed)
    scattered(draw)
    guests_with_an_end(draw)
    for space in db.session.scalars(select(Space)):
        space.kind = draw.choice((SpaceKind.CITY, SpaceKind.CITY, SpaceKind.GROUP))
    db.session.flush()
    assert differences(Oracle()) == []


def test_in_the_town_of_the_tables_it_is_the_same(session):
    town = people.build()
    group, secret = make_space("Wonen", kind=SpaceKind.GROUP), make_space("Stiller", unlisted=True)
    for code in ("gue", "mem", "aut", "xme", "sme", "new", "ome"):
        join(town.member(code), group)
    for code in ("mod", "aut", "edi"):
        join(town.member(code), secret)
    oracle = Oracle()
    assert differences(oracle) == []
    author = town.member("aut").id
    for code, met in (("mem", {group.slug}), ("mod", {secret.slug}), ("cur", set()), ("gue", {group.slug})):
        assert shown(town.member(code), town.here)[author] == met, code
    for code in ("xme", "ome", "omo", "edi", "adm", "sme"):
        assert shown(town.member(code), town.here) is None, code
