"""A moderator of several spaces is away from all of them, while something goes from one of these to another.

In real commits; where each waits for the other PostgreSQL ends one of the two.
"""

import threading
from datetime import timedelta

import pytest

from forum.domain.audit import log as audit_log
from forum.domain.regrouping import moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.spaces import absences, deputies
from forum.domain.spaces.absences import Days
from forum.infra import days
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.policy.actors import actor_of
from tests.attack.test_consents_at_once import at_once
from tests.factories import join, make_member, make_space, make_thread

pytestmark = pytest.mark.live
MOMENT = 0.5  # in which the other would come to where both wait, if nothing held them


@pytest.fixture
def ids(live_app):
    """Ada and Bea moderate Genk and Gent, in which nobody stands in; a thread stands in Gent."""
    with live_app.app_context():
        genk, gent = make_space("Genk", city="genk"), make_space("Gent", city="gent")
        ada, bea = (make_member(name, space=gent, role=Role.MODERATOR) for name in ("Ada", "Bea"))
        for one in (ada, bea):
            join(one, genk, role=Role.MODERATOR)
        kim, lea = make_member("Kim", space=genk), make_member("Lea", space=gent)
        thread = make_thread(gent, ada, audience=Audience.NETWORK)
        found = {"genk": genk.id, "gent": gent.id, "ada": ada.id, "bea": bea.id, "thread": thread.id}
        found |= {"kim": kim.handle, "lea": lea.handle}
        db.session.commit()
        db.session.remove()
    return found


def say(ids, who="bea"):
    named = {ids["genk"]: ids["kim"], ids["gent"]: ids["lea"]}
    today = days.today()
    absences.say(actor_of(ids[who]), Days(today, today + timedelta(days=6)), named=named)
    return "away"


def end(ids):
    absences.end(actor_of(ids["bea"]))
    return "away"


@pytest.mark.parametrize("what", ["say", "name deputies", "end"])
def test_who_goes_or_is_back_and_who_moves_a_thread_do_not_wait_for_each_other(
    live_app, ids, monkeypatch, what
):
    with live_app.app_context():
        if what == "end":
            say(ids)
        if what == "name deputies":
            say(ids, "ada")
            for space in ("genk", "gent"):
                deputies.end(actor_of(ids["ada"]), ids[space])
        db.session.commit()
        db.session.remove()
    holds, waits = threading.Event(), threading.Event()
    real = audit_log.record

    def standing_still(*args, **more):
        line = real(*args, **more)
        if not holds.is_set():
            db.session.flush()
            holds.set()
            waits.wait(MOMENT)
        return line

    monkeypatch.setattr(moving.audit_log, "record", standing_still)

    def move():
        chosen, who = Chosen(ids["genk"], Audience.NETWORK), actor_of(ids["ada"])
        seen = moving.asked(who, ids["thread"], chosen).digest
        moving.move(who, ids["thread"], chosen, seen=seen, reason="There.")
        return "moved"

    def go():
        assert holds.wait(10)
        return end(ids) if what == "end" else say(ids)

    assert at_once(live_app, [move, go]) == ["moved", "away"]


def test_of_two_who_go_at_one_moment_one_is_asked_for_a_deputy(live_app, ids):
    with live_app.app_context():  # whose days they are
        today = days.today()
    week = Days(today, today + timedelta(days=6))

    def go(who):
        def act():
            try:
                absences.say(actor_of(ids[who]), week)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
                db.session.rollback()
                return type(error).__name__
            return "away"

        return act

    assert sorted(at_once(live_app, [go("ada"), go("bea")])) == ["Invalid", "away"]
