"""A guest whose time is over reads nothing more, at that moment: before any work closed their row."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.domain.spaces import guests
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Membership, Role
from forum.policy.actors import actor_of, actors_of
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values
from forum.policy.standing import belonging
from forum.policy.visibility import RULES, audience, sees_as_member, visible
from tests.factories import actor, join, make_member, make_space, make_thread
from tests.policy import people
from tests.sweeps import few_of

HOURS = 1_000


@pytest.fixture
def app(salted_app):
    return salted_app


@pytest.fixture
def world(salted, session):
    return salted()


def everything_read() -> dict[object, object]:
    """What each member may see of each model, by both directions of the rule, whom they find, and who they are."""
    members = list(db.session.scalars(select(Member).order_by(Member.id)))
    actors = actors_of([one.id for one in members])
    found: dict[object, object] = {"actors": {key: one.roles for key, one in actors.items()}}
    assert found["actors"] == {one.id: actor_of(one.id).roles for one in members if actor_of(one.id)}
    finding = select(Member.id).where(finds(reader_param(signed_in=True).id))
    for one in members:
        found["finds", one.id] = frozenset(db.session.scalars(finding, reader_values(one)))
        for model in RULES:
            found[model, one.id] = frozenset(db.session.scalars(visible(model, one, model.id)))
    for model in RULES:
        pairs = select(model.id, Member.id).join(Member, sees_as_member(model))
        found[model] = frozenset(map(tuple, db.session.execute(pairs)))
    return found


@pytest.mark.parametrize("seed", few_of(range(3), 0))
def test_at_any_moment_everybody_reads_what_they_read_once_the_rows_are_closed(world, seed):
    draw, now = random.Random(seed), clock.now()
    ends = {}
    for role in db.session.scalars(select(Membership).where(Membership.ended_at.is_(None))):
        if role.ends_at is not None:
            ends[role.id] = role.ends_at
        if draw.random() < 0.6:
            role.role = Role.GUEST
            role.ends_at = now + timedelta(hours=draw.randrange(1, HOURS))
            ends[role.id] = role.ends_at
    db.session.flush()
    seen = []
    for hours in (*sorted(draw.sample(range(HOURS), 2)), HOURS + 1):
        moment = now + timedelta(hours=hours)
        with clock.at(moment):
            before = everything_read()
            held = {role.id for role in db.session.scalars(select(Membership).where(belonging(Membership)))}
            assert held.isdisjoint(key for key, ends_at in ends.items() if ends_at <= moment)
            with db.session.begin_nested() as attempt:
                assert guests.close_batch() == sum(ends_at <= moment for ends_at in ends.values())
                assert guests.close_batch() == 0, "what is closed is closed"
                assert everything_read() == before
                attempt.rollback()
            db.session.expire_all()
        seen.append(before)
    assert seen[0] != seen[-1], "the moments must be able to differ"


def test_one_statement_built_once_asks_the_time_each_time_that_it_runs(session):
    town, ends_at = people.build(), clock.now() + timedelta(days=1)
    guest = town.member("gue")
    thread = make_thread(town.here, town.member("aut"), audience="space")
    role = db.session.scalars(
        select(Membership).where(Membership.member_id == guest.id, Membership.ended_at.is_(None))
    ).one()
    role.ends_at = ends_at
    db.session.flush()
    statement = visible(type(thread), guest)
    told = audience(thread)
    for moment, reads in (
        (ends_at - timedelta(microseconds=1), True),
        (ends_at, False),
        (ends_at - timedelta(days=1), True),
        (ends_at + timedelta(days=1), False),
    ):
        with clock.at(moment):
            assert (thread in db.session.scalars(statement).all()) is reads, moment
            assert (guest in db.session.scalars(told).all()) is reads, moment
            assert (town.here.id in actor(guest).roles) is reads, moment
            assert (town.member("mem") in found_by(guest)) is reads
            assert (guest in found_by(town.member("mem"))) is reads


def found_by(reader: Member) -> list[Member]:
    """Whom somebody finds."""
    query = select(Member).where(finds(reader_param(signed_in=True).id))
    return list(db.session.scalars(query, reader_values(reader)))


def test_only_the_guest_whose_time_is_over_reads_nothing_more(session):
    """A guest of two spaces keeps the other; a member has no end at all."""
    here, there = make_space("Gent", city="gent"), make_space("Aalst", city="aalst")
    guest = make_member("Gast", space=here, role=Role.GUEST)
    join(guest, there, Role.GUEST)
    role = db.session.scalars(select(Membership).where(Membership.space_id == here.id)).one()
    role.ends_at = clock.now() - timedelta(seconds=1)
    db.session.flush()
    assert actor(guest).roles == {there.id: Role.GUEST}
    role.role = Role.MEMBER
    with pytest.raises(IntegrityError, match="only_guests_end"):
        db.session.flush()
