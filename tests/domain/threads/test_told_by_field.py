"""Whether somebody from the field told a thread stands beside it, as its opening post says it, whatever happens."""

import random
import uuid
from datetime import date
from functools import partial

import pytest
from sqlalchemy import func, select, update

from forum.domain.lessons import of_thread
from forum.domain.moderation import hiding
from forum.domain.people import profiles
from forum.domain.spaces import confirmations
from forum.domain.threads import classification, overview, overview_counts, posts, threads
from forum.domain.threads.overview import Choice
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post, Thread
from forum.policy.actors import actor_of
from forum.policy.errors import DomainError
from tests.factories import actor, join, make_member, make_space, make_thread
from tests.sweeps import few_of


def told():
    """The threads that somebody from the field told, as the capacities of the opening posts have it."""
    opened = select(Post.thread_id).join(Capacity, Capacity.id == Post.capacity_id)
    return set(db.session.scalars(opened.where(Post.number == 1, Capacity.level == Level.FIELD)))


def kept():
    """The threads beside which it stands."""
    return set(db.session.scalars(select(Thread.id).where(Thread.told_by_field)))


def by(member_id):
    return actor(db.session.get_one(Member, member_id))


class Network:
    """Two spaces in which anybody does anything, with what somebody from the field, the staff or nobody says."""

    def __init__(self, chance):
        self.chance = chance
        self.spaces = [make_space("Gent", city="gent"), make_space("Genk", city="genk")]
        self.people = [
            make_member(f"Member {number}", space=self.spaces[number % 2], level=level)
            for number, level in enumerate([*Level, *Level, Level.FIELD])
        ]
        self.keeper = make_member("Mo", level=Level.STAFF)
        for space in self.spaces:
            join(self.keeper, space, Role.MODERATOR)
        silent = make_member("Without a capacity", space=self.spaces[0])
        db.session.execute(
            update(Capacity).where(Capacity.member_id == silent.id).values(member_id=self.keeper.id)
        )
        self.people.append(silent)
        for member, elsewhere in zip(self.people[:4], self.spaces[::-1] * 2, strict=True):
            join(member, elsewhere)

    def one(self, model):
        """A row of a table at random, as the database has it."""
        return self.chance.choice(list(db.session.scalars(select(model).order_by(model.id))) or [None])

    def anybody(self):
        return actor(self.chance.choice(self.people))

    def start(self):
        who, space = self.anybody(), self.chance.choice(self.spaces)
        said = {"title": str(uuid.uuid4()), "body": str(uuid.uuid4()), "idempotency_key": str(uuid.uuid4())}
        threads.start(who, space.id, need=Need.STORIES, axis=Axis.DENSITY, audience=Audience.NETWORK, **said)

    def reply(self):
        key, body = str(uuid.uuid4()), str(uuid.uuid4())
        open_ones = db.session.scalars(
            select(Thread.id).where(Thread.hidden_at.is_(None)).order_by(Thread.id)
        )
        threads.reply(self.anybody(), self.chance.choice([*open_ones, 0]), body=body, idempotency_key=key)

    def edit(self):
        post = self.one(Post)
        posts.edit(by(post.author_id), post.id, body=str(uuid.uuid4()), seen_revision=post.revision)

    def on_own_post(self, verb):
        post = self.one(Post)
        verb(by(post.author_id), post.id)

    def hide(self):
        hiding.hide(actor(self.keeper), self.one(Post).id, reason="A name in it")

    def restore(self):
        hiding.restore(actor(self.keeper), self.one(Post).id)

    def move(self):
        thread, space = self.one(Thread), self.chance.choice(self.spaces)
        classification.move(by(thread.author_id), thread.id, space.id, audience=Audience.NETWORK)

    def speak_as(self):
        """Add a capacity at another level: what was told before stays as it was told."""
        said = {"level": self.chance.choice(list(Level)), "body": Body.CITY, "city": "gent"}
        function = str(uuid.uuid4())[:8]
        profiles.add_capacity(self.anybody(), function=function, starts_on=date(2026, 1, 2), **said)

    def reword(self):
        """Say it in other words: what was said waits with the new ones."""
        held = self.one(Capacity)
        profiles.reword_capacity(by(held.member_id), held.id, function=str(uuid.uuid4())[:8])

    def end(self):
        held = self.one(Capacity)
        profiles.end_capacity(by(held.member_id), held.id)

    def confirm(self):
        confirmations.confirm(actor(self.keeper), self.one(Capacity).id)


@pytest.mark.parametrize("seed", few_of(range(12), 0, 1))
def test_it_is_what_the_opening_post_says_after_anything(session, seed):
    network, done = Network(random.Random(seed)), set()
    for space in network.spaces:
        make_thread(space, network.keeper)
    acts = {
        name: getattr(network, name)
        for name in (
            "start",
            "reply",
            "edit",
            "hide",
            "restore",
            "move",
            "speak_as",
            "reword",
            "end",
            "confirm",
        )
    }
    for verb in (posts.take_back, posts.put_back):
        acts[verb.__name__] = partial(network.on_own_post, verb)
    for _turn in range(150):
        rates.reset()
        name = network.chance.choice(list(acts))
        try:
            with session.begin_nested():
                acts[name]()
        except DomainError:
            continue
        done.add(name)
        assert kept() == told(), name
    assert done >= {"start", "reply", "hide", "take_back", "speak_as", "reword"}
    assert 0 < len(kept()) < session.scalar(select(func.count(Thread.id)))
    reader = actor(network.keeper)
    listed = overview.page(reader, Choice(voices=("field",)), of_thread, limit=99).rows
    everything = overview.page(reader, Choice(), of_thread, limit=99).rows
    assert {card.id for card in listed} == {card.id for card in everything} & told()
    assert overview_counts.of(reader, Choice(), of_thread).by["voices"]["field"] == len(listed)


def test_voices_of_the_field_in_a_closed_thread_are_for_who_reads_it(session):
    gent, genk = make_space("Gent", city="gent"), make_space("Genk", city="genk")
    worker = make_member("Wim", space=gent, level=Level.FIELD)
    closed = make_thread(gent, worker, audience=Audience.SPACE).id
    opened = make_thread(gent, worker, audience=Audience.PUBLIC).id
    assert {closed, opened} <= kept()
    guest, former = make_member("Guest"), make_member("Former", space=genk)
    join(guest, gent, Role.GUEST)
    join(former, gent).ended_at = clock.now()
    for who, reads in (
        (actor(worker), {closed, opened}),
        (actor(guest), {closed, opened}),
        (actor(former), {opened}),
        (actor(make_member("Elsewhere", space=genk)), {opened}),
        (actor(make_member("Pending", approved_at=None)), {opened}),
        (None, {opened}),
    ):
        listed = overview.page(who, Choice(voices=("field",)), of_thread, limit=9).rows
        assert {card.id for card in listed} == reads
        assert overview_counts.of(who, Choice(), of_thread).by["voices"]["field"] == len(reads)
    suspended = make_member("Suspended", space=gent)
    suspended.suspended_at = clock.now()
    session.flush()
    assert actor_of(suspended.id) is None
