"""Two workers look at one moment where nobody is there, or a moderator is back while it is told. In real commits."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.desk import long_unattended
from forum.domain.spaces import absences, deputies, stand_ins
from forum.domain.spaces.absences import Days
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, event_processing, letters
from forum.jobs.letter_content import NothingToSend
from forum.models.accounts import Member, NetworkRole
from forum.models.mail import OutgoingMail
from forum.models.nobody_there import StandIn, UnattendedSpace
from forum.models.notifications import Notification
from forum.models.spaces import Role, Space
from forum.policy.actors import actor_of
from forum.reactions import told
from tests.attack.test_consents_at_once import at_once
from tests.factories import actor, join, make_member, make_space

pytestmark = pytest.mark.live


@pytest.fixture
def ids(live_app):
    """Ada moderates Gent and is away, Lea is its deputy; nobody moderates Genk; Bas administers the network."""
    with live_app.app_context():
        gent, genk = make_space("Gent", city="gent"), make_space("Genk", city="genk")
        ada, lea = make_member("Ada", space=gent, role=Role.MODERATOR), make_member("Lea", space=gent)
        make_member("Bas", network_role=NetworkRole.ADMIN)
        deputies.name(actor(ada), gent.id, handle=lea.handle)
        today = days.today()
        absences.say(actor(ada), Days(today, today + timedelta(days=6)))
        found = {"ada": ada.id, "lea": lea.id, "gent": gent.id, "genk": genk.id}
        db.session.commit()
        while event_processing.process_due():
            pass
        db.session.commit()
        db.session.remove()
    return found


def number_of(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def test_two_workers_tell_it_once(live_app, ids):
    """Each looks before the other wrote anything."""
    for later in (timedelta(), timedelta(days=1, minutes=1)):
        ready = threading.Barrier(2)

        def look(ready=ready, later=later):
            with clock.at(clock.now() + later):
                ready.wait(10)
                calendar.look_at_spaces()
                event_processing.process_due()
                db.session.commit()
            return "looked"

        assert at_once(live_app, [look, look]) == ["looked", "looked"]
    with live_app.app_context():
        while event_processing.process_due():
            db.session.commit()
        assert number_of(StandIn) == number_of(UnattendedSpace) == 1
        for kind in (stand_ins.KIND, long_unattended.KIND):
            assert number_of(Notification, Notification.kind == kind) == 1, kind
            assert number_of(OutgoingMail, OutgoingMail.kind == kind) == 1, kind
        db.session.remove()


@pytest.mark.parametrize("_time", range(3))
def test_whoever_is_back_while_it_is_told_is_announced_or_not_and_nothing_is_left_of_it(live_app, ids, _time):
    with live_app.app_context():
        calendar.look_at_spaces()
        db.session.remove()
    ready = threading.Barrier(2)

    def tell():
        ready.wait(10)
        while event_processing.process_due():
            db.session.commit()
        db.session.commit()
        return "told"

    def back():
        ready.wait(10)
        absences.end(actor_of(ids["ada"]))
        db.session.commit()
        return "back"

    assert at_once(live_app, [tell, back]) == ["told", "back"]
    with live_app.app_context():
        calendar.look_at_spaces()
        assert number_of(StandIn, StandIn.ended_at.is_(None)) == 0
        assert number_of(Notification, Notification.kind == stand_ins.KIND) == 0
        for mail in db.session.scalars(select(OutgoingMail).where(OutgoingMail.kind == stand_ins.KIND)):
            with pytest.raises(NothingToSend):
                letters.letter_for(mail)
        db.session.remove()


@pytest.mark.parametrize("kind", [stand_ins.KIND, long_unattended.KIND])
def test_somebody_who_is_seen_there_while_it_is_told_leaves_no_notice_that_nobody_is(
    live_app, ids, kind, monkeypatch
):
    """The worker asked whether it is still so, and did not write yet, when the calendar sees that it is not."""
    is_deputy = kind == stand_ins.KIND
    later = timedelta() if is_deputy else timedelta(days=1, minutes=1)
    with live_app.app_context():
        calendar.look_at_spaces()
        with clock.at(clock.now() + later):
            calendar.look_at_spaces()
        db.session.remove()
    asked, looked, readers = threading.Event(), threading.Event(), told.readers

    def slowly(row, member_ids):
        if row.id == ids["gent" if is_deputy else "genk"]:
            asked.set()
            looked.wait(1)  # in vain, where the calendar waits for this to be over
        return readers(row, member_ids)

    def tell():
        with clock.at(clock.now() + later):
            while event_processing.process_due():
                pass
        return "told"

    def look():
        assert asked.wait(10)
        if is_deputy:
            absences.end(actor_of(ids["ada"]))
        else:
            lea, genk = db.session.get(Member, ids["lea"]), db.session.get(Space, ids["genk"])
            join(lea, genk, Role.MODERATOR)
        db.session.commit()
        with clock.at(clock.now() + later):
            calendar.look_at_spaces()
        looked.set()
        return "looked"

    monkeypatch.setattr(told, "readers", slowly)
    assert at_once(live_app, [tell, look]) == ["told", "looked"]
    with live_app.app_context():
        assert number_of(Notification, Notification.kind == kind) == 0
        db.session.remove()
