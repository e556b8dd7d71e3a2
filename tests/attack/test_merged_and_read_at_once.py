"""Somebody reads what they were told of a thread at the moment at which it is merged, or split: neither waits for ever.

In real commits; where each waits for the other PostgreSQL ends one of the two.
"""

import threading

import pytest
from sqlalchemy import func, select

from forum.domain.mailing import unread_notices
from forum.domain.regrouping import beside, merging
from forum.domain.responses import responses
from forum.infra import clock
from forum.infra.db import db
from forum.models.notifications import Notification
from forum.models.responses import ResponseKind
from forum.models.spaces import Audience, Role
from forum.policy.actors import actor_of
from tests.attack.test_consents_at_once import at_once
from tests.factories import actor, make_member, make_space, make_thread
from tests.notices import react, reply, start

pytestmark = pytest.mark.live
MOMENT = 0.5  # in which the other would come to where both wait, if nothing held them


@pytest.fixture
def ids(live_app):
    """Kim's thread, of which they were told that Lea responds and then that she answers; Ada moderates."""
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        ada = make_member("Ada", space=gent, role=Role.MODERATOR)
        kim, lea = make_member("Kim", space=gent), make_member("Lea", space=gent)
        thread, target = start(kim, gent), make_thread(gent, lea, audience=Audience.NETWORK)
        responses.respond(actor(lea), thread.id, kind=ResponseKind.ALSO)
        react()
        reply(lea, thread)
        react()
        told = db.session.scalars(select(Notification.kind).where(Notification.member_id == kim.id)).all()
        assert told[0] == "responded"
        assert len(told) == 2
        found = {"ada": ada.id, "kim": kim.id, "thread": thread.id, "target": target.id}
        db.session.commit()
        db.session.remove()
    return found


@pytest.mark.parametrize("how", ["thread", "all"])
def test_who_opens_a_thread_and_who_merges_it_do_not_wait_for_each_other(live_app, ids, monkeypatch, how):
    holds, real = threading.Event(), beside.carry

    def standing_still(*args):
        holds.set()
        threading.Event().wait(MOMENT)
        return real(*args)

    monkeypatch.setattr(beside, "carry", standing_still)

    def merge():
        who = actor_of(ids["ada"])
        seen = merging.planned(who, ids["thread"], ids["target"]).digest
        merging.merge(who, ids["thread"], ids["target"], seen=seen, reason="It tells of somebody.")
        return "merged"

    def read():
        assert holds.wait(10)
        if how == "all":
            unread_notices.read_all(actor_of(ids["kim"]), until=clock.now())
        else:
            unread_notices.read_thread(actor_of(ids["kim"]), ids["thread"], last=9)
        return "read"

    assert at_once(live_app, [merge, read]) == ["merged", "read"]
    with live_app.app_context():
        here = (Notification.member_id == ids["kim"], Notification.thread_id == ids["target"])
        assert db.session.scalar(select(func.count()).where(*here)) == 2
        db.session.remove()
