"""Somebody reports on a lesson at the very moment at which another one does, or as what they speak is confirmed."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from forum.domain.lessons import library_keys, reports
from forum.domain.people import capacities, mail_links
from forum.domain.spaces import invitations
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level
from forum.models.adoptions import AdoptionOutcome
from forum.models.lessons import Lesson
from forum.models.spaces import Audience, Role
from tests.factories import actor, make_member, make_space
from tests.lesson_scenario import build

pytestmark = pytest.mark.live
TURNS = 6


@pytest.fixture
def lesson_id(live_app):
    with live_app.app_context():
        lesson = build().published()
        db.session.commit()
        return lesson.id


def report(lesson_id, member_id, city, capacity_id=None):
    reports.record(
        lesson_id,
        city=city,
        reporter_id=member_id,
        outcome=AdoptionOutcome.WORKED,
        reported_on=clock.now().date(),
        capacity_id=capacity_id,
    )


def test_whichever_comes_first_all_of_it_counts(live_app, lesson_id):
    def run(verb, start):
        with live_app.app_context():
            start.wait()
            verb()
            db.session.commit()
            db.session.remove()

    cities = ("gent", "genk", "leuven", "brugge", "oostende", "mechelen")
    for turn in range(TURNS):
        with live_app.app_context():
            other, waiting = make_member("Ot", city="aalst"), make_member("Wim", city=cities[turn])
            held = db.session.scalars(select(Capacity).where(Capacity.member_id == waiting.id)).one()
            held.confirmed_at = held.confirmation = None
            db.session.commit()
            other_id, waiting_id, held_id = other.id, waiting.id, held.id

        def confirm(held_id=held_id, by_id=other_id):
            held = db.session.scalars(select(Capacity).where(Capacity.id == held_id).with_for_update()).one()
            capacities.confirm(held, Confirmation.MODERATOR, by_id=by_id)

        all_of_them, start = [], threading.Barrier(3)
        for verb in (
            confirm,
            lambda id_=waiting_id, turn=turn: report(lesson_id, id_, cities[turn]),
            lambda id_=other_id: report(lesson_id, id_, "aalst"),
        ):
            all_of_them.append(threading.Thread(target=run, args=(verb, start)))
            all_of_them[-1].start()
        for one in all_of_them:
            one.join()
        with live_app.app_context():
            assert library_keys.wrong(lesson_id, lesson_id) == []
            assert db.session.scalar(select(Lesson.applied_in).where(Lesson.id == lesson_id)) == turn + 2
            db.session.remove()


def waiting(lesson_id, name, city):
    """The id of a capacity that waits, of somebody who reported on the lesson already."""
    by = make_member(name, city=city)
    held = db.session.scalars(select(Capacity).where(Capacity.member_id == by.id)).one()
    held.confirmed_at = held.confirmation = None
    db.session.flush()
    report(lesson_id, by.id, city)
    db.session.commit()
    return held.id, by.id


def hold(capacity_id):
    return db.session.scalars(select(Capacity).where(Capacity.id == capacity_id).with_for_update()).one()


def confirmed(capacity_id):
    capacities.confirm(hold(capacity_id), Confirmation.MODERATOR, by_id=None)


def meanwhile(live_app, begin, other, end):
    """Run what another process does between two parts of a transaction, as far as it comes; both get through."""
    failed = []

    def run(*parts):
        with live_app.app_context():
            try:
                for part in parts:
                    part()
                db.session.commit()
            except OperationalError as error:
                failed.append(error)
            db.session.remove()

    beside = threading.Thread(target=run, args=(other,))
    run(begin, beside.start, lambda: beside.join(0.5), end)
    beside.join()
    assert failed == []


def test_a_report_and_the_confirmation_of_its_capacity_do_not_wait_for_each_other(live_app, lesson_id):
    with live_app.app_context():
        held_id, by_id = waiting(lesson_id, "Wim", "leuven")
    meanwhile(
        live_app,
        lambda: hold(held_id),
        lambda: report(lesson_id, by_id, "leuven", held_id),
        lambda: confirmed(held_id),
    )
    with live_app.app_context():
        assert library_keys.wrong(lesson_id, lesson_id) == []
        assert db.session.scalar(select(Lesson.applied_in).where(Lesson.id == lesson_id)) == 1
        db.session.remove()


def test_two_capacities_confirmed_at_the_same_moment_both_count(live_app, lesson_id):
    with live_app.app_context():
        one, other = (waiting(lesson_id, f"Of {city}", city)[0] for city in ("leuven", "genk"))
    meanwhile(live_app, lambda: confirmed(one), lambda: confirmed(other), lambda: None)
    with live_app.app_context():
        assert library_keys.wrong(lesson_id, lesson_id) == []
        assert db.session.scalar(select(Lesson.applied_in).where(Lesson.id == lesson_id)) == 2
        db.session.remove()


@pytest.mark.parametrize("how", ["invited", "by the operator"])
def test_several_capacities_confirmed_at_once_lock_their_lessons_in_the_order_of_all(
    live_app, how, monkeypatch
):
    """Else it would wait for who locks them by id, who waits for it."""
    with live_app.app_context():
        scenario, gent = build(Audience.PUBLIC), make_space("Gent", city="gent")
        moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
        wim = make_member("Wim", email="wim@city.test", city="aalst")
        invited = invitations.invite(actor(moderator), gent.id, email=wim.email, role=Role.MEMBER)
        ids = sorted(scenario.published(Audience.PUBLIC, by="editor").id for _ in range(2))
        common = {"level": Level.FIELD, "body": Body.CITY, "city": "gent", "starts_on": clock.now().date()}
        for lesson_id, function in zip(reversed(ids), ("coach", "cook"), strict=True):
            held = capacities.add(wim.id, function=function, **common)
            report(lesson_id, wim.id, "gent", held.id)
        db.session.commit()
        locked, keep = [], library_keys._keep
        monkeypatch.setattr(
            library_keys, "_keep", lambda each, ids: locked.append(list(ids)) or keep(each, ids)
        )
        if how == "invited":
            invitations.accept_as(actor(wim), mail_links.invitation_token(invited))
        else:
            said = live_app.test_cli_runner().invoke(args=["member", "confirm", wim.email])
            assert said.output == "Confirmed: 2.\n"
        assert locked == [ids]
        held = select(Capacity.confirmed_at).where(Capacity.member_id == wim.id)
        assert None not in db.session.scalars(held).all()
        assert library_keys.wrong(*ids) == []
        db.session.rollback()
