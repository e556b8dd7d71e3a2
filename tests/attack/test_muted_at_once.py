"""A moderator mutes somebody at the moment at which that person begins a thread; on PostgreSQL."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from forum.domain.held_posts import sending
from forum.domain.people import accounts
from forum.domain.spaces import measures
from forum.domain.spaces.measures import Decision
from forum.infra import days
from forum.infra.db import db
from forum.models.measures import MeasureKind
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.policy.actors import actor_of
from tests.conftest import POSTGRES
from tests.factories import make_member, make_space

pytestmark = pytest.mark.live


@pytest.fixture
def world(live_app):
    """A space with a member and a moderator, by their ids; everything committed."""
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        leen, mo = make_member("Leen", space=gent), make_member("Mo", space=gent, role=Role.MODERATOR)
        db.session.commit()
        found = {"gent": gent.id, "leen": leen.id, "mo": mo.id}
        db.session.remove()
    return found


if POSTGRES:  # rows are locked there

    def test_who_begins_a_thread_while_they_are_muted_makes_no_deadlock(live_app, world, monkeypatch):
        holds, failed = threading.Event(), []
        locked = accounts.one_at_a_time

        def slowly(who):
            """As it is, and then the other one comes in between."""
            locked(who)
            if threading.current_thread().name == "begins" and not holds.is_set():
                holds.set()
                time.sleep(1)

        monkeypatch.setattr(accounts, "one_at_a_time", slowly)

        def begin():
            sending.start(
                actor_of(world["leen"]), world["gent"], title="A story", body="Words.", need=Need.STORIES,
                axis=Axis.SOLIDARITY, audience=Audience.SPACE, idempotency_key=str(uuid.uuid4()),
            )  # fmt: skip

        def mute():
            holds.wait(10)
            decision = Decision(MeasureKind.MUTE, "Calm down.", days.today() + timedelta(days=1))
            measures.take(actor_of(world["mo"]), world["gent"], world["leen"], decision)

        def run(act):
            with live_app.app_context():
                try:
                    act()
                    db.session.commit()
                except DBAPIError as error:
                    db.session.rollback()
                    failed.append(str(error.orig))
                finally:
                    db.session.remove()

        both = [
            threading.Thread(target=run, args=(act,), name=name)
            for name, act in (("begins", begin), ("mutes", mute))
        ]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert failed == []
