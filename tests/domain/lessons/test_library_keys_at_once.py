"""Somebody reports on a lesson at the very moment at which another one does, or as what they speak is confirmed."""

import threading

import pytest
from sqlalchemy import select

from forum.domain.lessons import adoptions, library_keys
from forum.domain.people import capacities
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity, Confirmation
from forum.models.adoptions import AdoptionOutcome
from forum.models.lessons import Lesson
from tests.factories import make_member
from tests.lesson_scenario import build

pytestmark = pytest.mark.live
TURNS = 6


@pytest.fixture
def lesson_id(live_app):
    with live_app.app_context():
        lesson = build().published()
        db.session.commit()
        return lesson.id


def report(lesson_id, member_id, city):
    adoptions.record(
        lesson_id,
        city=city,
        reporter_id=member_id,
        outcome=AdoptionOutcome.WORKED,
        reported_on=clock.now().date(),
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
