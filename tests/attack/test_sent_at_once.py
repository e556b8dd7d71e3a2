"""A lesson is sent for review at the moment at which its source is narrowed, hidden or ends: one goes first."""

import threading
import time
from datetime import timedelta

import pytest

from forum.domain.lessons import lessons, review_candidates, reviews
from forum.domain.moderation import hiding
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.claims import Excerpt
from forum.models.events import Event
from forum.models.lessons import Lesson, LessonReview, LessonState, Verdict
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.actors import actor_of
from forum.policy.errors import Conflict
from tests import other_readers
from tests.lesson_scenario import build

pytestmark = pytest.mark.live
MOMENT = 0.5  # in seconds: long enough for an act that waits for nobody


@pytest.fixture
def drafted(live_app):
    with live_app.app_context():
        scenario = build()
        ids = (scenario.curator.id, scenario.draft().id, scenario.thread.id, scenario.post.id)
        db.session.commit()
        db.session.remove()
    return ids


@pytest.fixture
def meanwhile(live_app, monkeypatch):
    """Let an act begin in another session while a lesson is looked at before it is sent; it ends by itself after."""
    begun = []
    check = review_candidates.Asking.check

    def let(act):
        def run():
            with live_app.app_context():
                act()
                db.session.commit()
                db.session.remove()

        def checked(*args):
            begun.append(threading.Thread(target=run))
            begun[0].start()
            begun[0].join(MOMENT)
            return check(*args)

        monkeypatch.setattr(review_candidates.Asking, "check", checked)

    yield let
    assert [thread.join(30) for thread in begun] == [None]


def send(app, curator_id, lesson_id):
    with app.app_context():
        lessons.submit(actor_of(curator_id), lesson_id, audience=Audience.NETWORK)
        db.session.commit()
        db.session.remove()


def wait_until(app, query):
    """Wait until the other session has committed what this query finds; it never takes as long as a test may."""
    with app.app_context():
        for _try in range(200):
            found = db.session.scalars(query).all()
            db.session.rollback()
            if found:
                return found
            time.sleep(0.05)
    raise AssertionError("it never came")


def test_who_narrows_a_source_while_a_lesson_is_sent_takes_nothing_from_its_right(
    live_app, drafted, meanwhile
):
    curator_id, lesson_id, thread_id, _post_id = drafted
    meanwhile(lambda: other_readers.set_audience(actor_of(curator_id), thread_id, audience=Audience.SPACE))
    send(live_app, curator_id, lesson_id)
    wait_until(live_app, db.select(Thread.id).where(Thread.audience == Audience.SPACE))
    with live_app.app_context():
        assert db.session.get_one(Lesson, lesson_id).state == LessonState.IN_REVIEW
        assert db.session.scalars(db.select(Excerpt.right_audience)).all() == [Audience.NETWORK]


def test_who_checks_a_lesson_hears_of_words_that_went_while_it_was_sent(live_app, drafted, meanwhile):
    curator_id, lesson_id, _thread_id, post_id = drafted
    meanwhile(lambda: hiding.hide(actor_of(curator_id), post_id, reason="A name"))
    send(live_app, curator_id, lesson_id)
    assert len(wait_until(live_app, db.select(Event.id).where(Event.name == "review.shortened"))) == 1


def test_who_publishes_at_the_moment_their_capacity_ends_is_told_and_publishes_nothing(
    live_app, drafted, monkeypatch
):
    curator_id, lesson_id, *_ = drafted
    with live_app.app_context():
        lessons.submit(actor_of(curator_id), lesson_id, audience=Audience.NETWORK)
        lesson = db.session.get_one(Lesson, lesson_id)
        version = lessons.working(lesson)
        capacity = db.session.scalars(db.select(Capacity).where(Capacity.city == "gent")).first()
        who = actor_of(capacity.member_id)
        asked_before = reviews.Reviewing([(lesson, version)], [who.id]).facts(version.id, who.id)
        monkeypatch.setattr(reviews.Reviewing, "facts", lambda *_: asked_before)
        capacity.ends_on = days.today() - timedelta(days=1)
        with pytest.raises(Conflict):
            reviews.record(who, lesson, version, Verdict.APPROVED)
        assert db.session.scalars(db.select(LessonReview)).all() == []
