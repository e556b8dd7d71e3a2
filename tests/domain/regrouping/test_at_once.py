"""Two moderators, or a moderator and a writer, at the same moment: one outcome after the other, and a clear word."""

import threading
import uuid

import pytest
from sqlalchemy import func, select

from forum.domain.doctor import counters, rows
from forum.domain.regrouping import merging, splitting
from forum.domain.regrouping.splitting import Asked
from forum.domain.threads import posts, threads
from forum.infra.db import db
from forum.models.moderation import ModerationAction
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, Thread
from forum.policy.actors import actor_of
from forum.policy.errors import DomainError
from tests.factories import make_member, make_post, make_space, make_thread
from tests.sweeps import few_of

pytestmark = [pytest.mark.live, pytest.mark.both_databases]
TURNS, FEW = 20, 2


@pytest.fixture
def world(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        people = {
            "leen": make_member("Leen", space=gent),
            "mo": make_member("Mo", space=gent, role=Role.MODERATOR),
            "bo": make_member("Bo", space=gent, role=Role.MODERATOR),
        }
        talks = [make_thread(gent, people["leen"], title=f"Talk {number}") for number in (1, 2)]
        for talk in talks:
            for number in range(2, 5):
                make_post(talk, people["leen"], f"Post {number}")
        db.session.commit()
        found = {name: one.id for name, one in people.items()}
        found |= {"one": talks[0].id, "two": talks[1].id}
        found["post"] = db.session.scalar(
            select(Post.id).where(Post.thread_id == talks[0].id, Post.number == 3)
        )
        db.session.remove()
    return found


def split(who, *numbers):
    wish = Asked(numbers, "Apart", Audience.NETWORK)

    def do(world):
        seen = splitting.planned(actor_of(world[who]), world["one"], wish).digest
        db.session.rollback()
        yield
        splitting.split(actor_of(world[who]), world["one"], wish, seen=seen, reason="It tells of somebody.")

    return do


def merge(who, source, into):
    def do(world):
        seen = merging.planned(actor_of(world[who]), world[source], world[into]).digest
        db.session.rollback()
        yield
        merging.merge(
            actor_of(world[who]), world[source], world[into], seen=seen, reason="It tells of somebody."
        )

    return do


def reply(world):
    yield
    key = str(uuid.uuid4())
    threads.reply(actor_of(world["leen"]), world["one"], body="One more.", idempotency_key=key)


def edit(world):
    yield
    posts.edit(actor_of(world["leen"]), world["post"], body="Otherwise.", seen_revision=1)


PAIRS = {
    "the same posts": (split("mo", 3, 4), split("bo", 4)),
    "other posts": (split("mo", 2), split("bo", 4)),
    "both ways": (merge("mo", "one", "two"), merge("bo", "two", "one")),
    "split and merged": (split("mo", 3), merge("bo", "one", "two")),
    "split while somebody replies": (split("mo", 3), reply),
    "merged while somebody replies": (merge("mo", "one", "two"), reply),
    "split while it is changed": (split("mo", 3), edit),
    "merged while it is changed": (merge("mo", "one", "two"), edit),
}


@pytest.mark.parametrize("turn", few_of(range(TURNS), *range(FEW)))
@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_one_comes_after_the_other(live_app, world, pair, turn):
    outcomes, start = [], threading.Barrier(2)

    def run(work):
        with live_app.app_context():
            steps = work(world)
            next(steps)
            start.wait()
            try:
                next(steps, None)
                db.session.commit()
                outcomes.append(None)
            except DomainError as error:
                db.session.rollback()
                outcomes.append(error)
            finally:
                db.session.remove()

    both = [threading.Thread(target=run, args=(work,)) for work in pair]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with live_app.app_context():
        assert len(outcomes) == 2, "nothing else failed"
        assert None in outcomes
        found = [*counters.threads(), *counters.read_marks(), *rows.texts(), *rows.lessons()]
        assert found == []
        moved = db.session.scalar(select(func.count()).select_from(ModerationAction))
        closed = select(func.count()).select_from(Thread).where(Thread.merged_at.is_not(None))
        assert moved >= db.session.scalar(closed)
