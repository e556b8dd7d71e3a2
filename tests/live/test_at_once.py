"""Many at the same moment, with real commits: one post for one form, one number for one post, one id for one lesson."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.digests import subscriptions, windows
from forum.domain.lessons import claims, lessons
from forum.domain.threads import threads
from forum.domain.threads.sendings import SentBefore
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson
from forum.models.mail import OutgoingMail
from forum.models.spaces import Audience, Role, Space
from forum.models.subscriptions import Digest, Frequency
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post, Thread
from tests import reviewed
from tests.factories import actor, csrf_for, make_member, make_space, make_thread, sign_in

pytestmark = pytest.mark.live
CROWD = 20


def at_once(app, work, times=CROWD):
    """Run `work(n)` in as many threads, each in an application context of its own."""

    def one(number):
        with app.app_context():
            try:
                return work(number)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as crowd:
        return list(crowd.map(one, range(times)))


def committed(work):
    """Do `work` and end it as an edge would."""
    done = work()
    db.session.commit()
    return done


@pytest.fixture
def talk(live_app):
    """A thread with its author, in a database with real commits; returns their ids."""
    with live_app.app_context():
        space = make_space("Genk", default=Audience.NETWORK, city="genk")
        author = make_member("Emine", space=space)
        thread = make_thread(space, author)
        db.session.commit()
        found = space.id, author.id, thread.id, space.slug, thread.slug
        db.session.remove()
    return found


def test_twenty_times_the_same_form_makes_one_post_and_with_other_words_nineteen_questions(live_app, talk):
    _space, author_id, thread_id, _slug, thread_slug = talk
    same, improved = str(uuid.uuid4()), str(uuid.uuid4())
    browsers = []
    with live_app.app_context():
        member = db.session.get(Member, author_id)
        for _n in range(CROWD):
            browser = live_app.test_client()
            sign_in(browser, member)
            browsers.append((browser, csrf_for(browser)))
        db.session.commit()
        db.session.remove()

    def send(number, key, body):
        browser, token = browsers[number]
        data = {"body": body, "idempotency_key": key, "csrf_token": token}
        return browser.post(f"/threads/{thread_id}/replies", data=data)

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(lambda n: send(n, same, "Once only."), range(CROWD)))
        others = list(crowd.map(lambda n: send(n, improved, f"Improved {n}."), range(CROWD)))
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.headers["Location"].split("#")[-1] for answer in answers} == {"post-2"}
    assert sorted(answer.status_code for answer in others) == [303] + [409] * (CROWD - 1)
    for number, answer in enumerate(others):
        assert answer.status_code == 303 or f"Improved {number}." in answer.get_data(as_text=True)
    with live_app.app_context():
        assert db.session.scalar(select(func.count(Post.id)).where(Post.thread_id == thread_id)) == 3
        assert db.session.get(Thread, thread_id).slug == thread_slug


def test_twenty_different_replies_get_twenty_numbers(live_app, talk):
    _space, author_id, thread_id, _slug, _thread_slug = talk

    def answer(number):
        who = actor_by_id(author_id)
        post = threads.reply(who, thread_id, body=f"Reply {number}", idempotency_key=str(uuid.uuid4()))
        db.session.commit()
        return post.number

    assert sorted(at_once(live_app, answer)) == list(range(2, CROWD + 2))
    with live_app.app_context():
        thread = db.session.get(Thread, thread_id)
        assert (thread.last_number, thread.post_count) == (CROWD + 1, CROWD + 1)


def test_the_same_form_sent_to_two_threads_at_once_makes_one_post_and_asks_about_the_other(live_app, talk):
    space_id, author_id, thread_id, *_slugs = talk
    with live_app.app_context():
        other = make_thread(db.session.get_one(Space, space_id), db.session.get_one(Member, author_id))
        db.session.commit()
        places = [thread_id, other.id]
    key = str(uuid.uuid4())

    def send(number):
        who = actor(db.session.get_one(Member, author_id))
        place = places[number % 2]
        try:
            return committed(lambda: threads.reply(who, place, body="Hier ook.", idempotency_key=key)).id
        except SentBefore as error:
            db.session.rollback()
            return -error.post_id

    answers = at_once(live_app, send, 8)
    assert len({abs(answer) for answer in answers}) == 1
    assert sum(answer > 0 for answer in answers) == 4
    with live_app.app_context():
        for thread in db.session.scalars(select(Thread)):
            numbers = db.session.scalars(select(Post.number).where(Post.thread_id == thread.id)).all()
            assert thread.post_count == thread.last_number == len(numbers) == max(numbers)


def test_the_same_opening_form_at_once_makes_one_thread(live_app, talk):
    space_id, author_id, _thread, _slug, _thread_slug = talk
    idempotency_key = str(uuid.uuid4())

    def begin(_number):
        thread = threads.start(
            actor_by_id(author_id), space_id, title="Once", body="Once.", need=Need.FACTS, axis=Axis.DENSITY,
            audience=Audience.NETWORK, idempotency_key=idempotency_key,
        )  # fmt: skip
        db.session.commit()
        return thread.id

    assert len(set(at_once(live_app, begin))) == 1


def test_the_same_story_at_once_under_a_key_each_makes_one_thread(live_app, talk):
    space_id, author_id, _thread, _slug, _thread_slug = talk

    def begin(_number):
        thread = threads.start(
            actor_by_id(author_id), space_id, title="Once", body="Once.", need=Need.FACTS, axis=Axis.DENSITY,
            audience=Audience.NETWORK, idempotency_key=str(uuid.uuid4()),
        )  # fmt: skip
        db.session.commit()
        return thread.id

    assert len(set(at_once(live_app, begin, times=8))) == 1


def test_lessons_published_at_once_get_ids_of_their_own(live_app):
    with live_app.app_context():
        space = make_space("Genk", city="genk")
        curator = make_member("Emine", space=space, role=Role.MODERATOR)
        publisher = make_member("Luc", space=space, role=Role.MODERATOR)
        ids = [_ready(curator, make_thread(space, curator, title=f"Talk {n}")) for n in range(6)]
        publisher_id = publisher.id
        db.session.commit()
        db.session.remove()

    def publish(number):
        lesson = committed(lambda: reviewed.publish(actor_by_id(publisher_id), ids[number]))
        return lesson.public_id

    names = at_once(live_app, publish, times=6)
    assert len(set(names)) == 6
    with live_app.app_context():
        assert db.session.scalar(select(func.count(Lesson.public_id))) == 6


def test_two_calendars_at_once_open_one_window(live_app, talk):
    _space, author_id, _thread, _slug, _thread_slug = talk
    with live_app.app_context():
        subscriptions.choose(actor_by_id(author_id), frequency=Frequency.DAILY)
        db.session.commit()
        db.session.remove()
    later = clock.now() + timedelta(days=2)

    def open_windows(_number):
        with clock.at(later):
            windows.open_all(later)
            db.session.commit()

    at_once(live_app, open_windows, times=4)
    with live_app.app_context():
        assert db.session.scalar(select(func.count(Digest.id))) == 1
        assert db.session.scalar(select(func.count(OutgoingMail.id))) <= 1


def actor_by_id(member_id):
    """The actor of this moment."""
    return actor(db.session.get(Member, member_id))


def _ready(curator, thread):
    lesson = lessons.draft(actor(curator), thread.id, title=f"Lesson of {thread.title}")
    claim = claims.add(actor(curator), lesson.id, text="It took three months")
    post = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    claims.quote(actor(curator), claim.id, post_id=post.id, words="for three months", stance="supports")
    lessons.save(
        actor(curator), lesson.id, saved_count=lessons.working(lesson).saved_count, one_sentence="Take time.",
        outcome=Outcome.WORKED, axis=Axis.DENSITY, needs=[Need.FACTS], recommendation="Take three months.",
        unknowns="All else.", conditions=["time"], context="x", what_was_done="x", result="x",
    )  # fmt: skip
    lessons.submit(actor(curator), lesson.id, audience=Audience.SPACE)
    return lesson.id
