"""Writers of different threads do not wait for each other, also in one space."""

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from forum.domain.threads import threads
from forum.infra.db import db
from forum.models.spaces import Audience
from tests.conftest import POSTGRES
from tests.factories import actor, make_member, make_space, make_thread

pytestmark = pytest.mark.live


def reply(who, thread_id):
    return threads.reply(who, thread_id, body="With us too.", idempotency_key=str(uuid.uuid4()))


def test_a_reply_does_not_wait_for_one_in_another_thread_of_the_space(live_app):
    with live_app.app_context():
        gent = make_space("Gent", default=Audience.NETWORK, city="gent")
        leen, karim = make_member("Leen", space=gent), make_member("Karim", space=gent)
        first, second = (make_thread(gent, leen).id for _thread in range(2))
        db.session.commit()
        one, other = actor(leen), actor(karim)
        reply(one, first)
        if not POSTGRES:  # SQLite has one writer at a time, whatever they write
            db.session.commit()
        with live_app.app_context():
            if POSTGRES:
                db.session.execute(text("SET lock_timeout = '2s'"))
            assert reply(other, second).number == 2
            db.session.commit()
            if POSTGRES:
                with pytest.raises(OperationalError, match="lock timeout"):
                    reply(other, first)  # the same thread: numbers are given out one at a time
            db.session.rollback()
        db.session.commit()
