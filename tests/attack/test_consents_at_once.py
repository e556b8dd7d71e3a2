"""Two last yeses, an answer at the closing, a closing twice, a yes taken back at the publication: real commits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from forum.domain.consents import answers, closing, withdrawing
from forum.domain.lessons import lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import Consent, ConsentRequest, ConsentRound
from forum.models.events import Event
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from forum.policy.actors import actor_of
from forum.policy.errors import Conflict, Invalid
from tests import reviewed
from tests.consent_scenario import build

pytestmark = pytest.mark.live


def at_once(app, acts):
    """Run these at one moment, each in a transaction of its own; what became of each."""

    def one(act):
        with app.app_context():
            try:
                result = act()
                db.session.commit()
            except Conflict:
                db.session.rollback()
                return "refused"
            finally:
                db.session.remove()
            return result

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.fixture
def asked(live_app):
    """A round in which everybody may answer; ids only, for threads of their own."""
    with live_app.app_context():
        scenario = build()
        opened = scenario.ask()
        scenario.say("Amina", "masked")
        db.session.commit()
        ids = {name: (scenario.authors[name].id, scenario.request(name).id) for name in scenario.authors}
        moment = opened.closes_at
        db.session.remove()
    return ids, moment


def say(ids, name, answer):
    member_id, request_id = ids[name]
    return lambda: answers.answer(actor_of(member_id), request_id, answer=answer)


def outcome(app):
    """How often it closed, and how many passages may stand."""
    with app.app_context():
        closed = select(func.count(Event.id)).where(Event.name == "consent_round.closed")
        stands = select(func.count(Consent.id)).where(Consent.agreed.is_(True))
        all_rows = select(func.count(Consent.id))
        return tuple(db.session.scalar(query) for query in (closed, stands, all_rows))


def test_of_two_last_yeses_at_once_one_closes_the_round(live_app, asked):
    ids, _moment = asked
    done = at_once(live_app, [say(ids, "Bart", "name"), say(ids, "Chris", "function")])
    assert sorted(done) == [False, True]
    assert outcome(live_app) == (1, 3, 3)


def test_a_round_closes_once_and_takes_no_answer_after_it(live_app, asked):
    ids, moment = asked

    def close():
        with clock.at(moment):
            return closing.close_due(clock.now())

    done = at_once(live_app, [close, close, say(ids, "Bart", "name")])
    with live_app.app_context():
        assert (
            db.session.scalar(select(func.count(ConsentRound.id)).where(ConsentRound.closed_at.is_(None)))
            == 0
        )
    closed, stands, rows = outcome(live_app)
    assert (closed, rows) == (1, 3)
    assert stands == (1 if done[2] == "refused" else 2), "an answer counts whole, or is refused"


@pytest.fixture
def in_review(live_app):
    """A lesson in review by the yes of everybody; ids only."""
    with live_app.app_context():
        scenario = build()
        scenario.ask()
        for name in scenario.authors:
            scenario.say(name, "masked")
        lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)
        db.session.commit()
        ids = (scenario.lesson.id, scenario.others["reviewer"].id)
        author = (scenario.authors["Bart"].id, scenario.request("Bart").id)
        db.session.remove()
    return *ids, author


@pytest.mark.parametrize("first", ["author", "reviewer"])
def test_a_yes_taken_back_as_the_lesson_is_published_is_in_no_published_lesson(live_app, in_review, first):
    lesson_id, reviewer_id, (author_id, request_id) = in_review

    def publish():
        try:
            return reviewed.publish(actor_of(reviewer_id), lesson_id, recognised=False).state.value
        except Invalid:
            raise Conflict("refused") from None

    def withdraw():
        withdrawing.withdraw(actor_of(author_id), request_id)
        return "withdrawn"

    acts = [withdraw, publish] if first == "author" else [publish, withdraw]
    done = at_once(live_app, acts)
    assert done.count("refused") == 1, "one order wins"
    with live_app.app_context():
        lesson = db.session.get_one(Lesson, lesson_id)
        request = db.session.get_one(ConsentRequest, request_id)
        agreed = select(func.count(Consent.id)).where(Consent.agreed.is_(True))
        stands = (lesson.current_id is not None, request.answer is not None, db.session.scalar(agreed))
    assert stands == ((False, False, 2) if "withdrawn" in done else (True, True, 3))
