"""A lesson gets older in the open: asked before its date, sunk after it, answered by a press or a new version."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.consents import settling
from forum.domain.lessons import ageing, lessons, library, library_keys, page
from forum.domain.lessons.workbench import desk_page
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, worker
from forum.models.ageing import LessonSignal
from forum.models.lesson_steps import LessonStep
from forum.models.notifications import Notification
from forum.models.spaces import Audience
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests import reviewed
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import OPENING, build

DAY = timedelta(days=1)


@pytest.fixture
def scenario(session):
    """A published lesson, to be looked at again in forty days, and an older one that is fresh."""
    scenario = build()
    scenario.older = scenario.published()
    scenario.lesson = scenario.published()
    scenario.lesson.review_on = days.today() + 40 * DAY
    db.session.commit()
    return scenario


def later(number):
    """So many days from now, with everything done that the calendar does."""
    return clock.at(clock.now() + number * DAY)


def open_signals(reader, lesson):
    """What the page of a lesson says to a reader of what others said of it; nothing to who does not get the page."""
    try:
        return ageing.signals(page.page(reader, lesson.public_id).facts.signals)
    except NotFound:
        return []


def told():
    """Who was told what, once all is done."""
    for _twice in range(2):
        calendar.look_at_ageing()
        worker.run_until_idle()
    rows = db.session.execute(select(Notification.kind, Notification.member_id).order_by(Notification.id))
    kinds = {"still_true", "overdue", "signalled", "signal_answered"}
    return [tuple(row) for row in rows if row.kind in kinds]


def order(scenario, reader="reader"):
    """The library as it stands first, over pages of one."""
    found, cursor = [], None
    while True:
        shown = library.page(scenario.actor(reader), limit=1, cursor=cursor)
        found += [card.id for card in shown.rows]
        cursor = shown.next_cursor
        if cursor is None:
            return found


def test_its_owner_is_asked_once_a_month_before_and_then_all_who_make_lessons_there(scenario):
    lesson, older = scenario.lesson, scenario.older
    assert (told(), order(scenario)) == ([], [lesson.id, older.id])
    with later(11):
        assert told() == [("still_true", scenario.curator.id)]
    with later(40):
        assert (len(told()), order(scenario)) == (1, [lesson.id, older.id]), "its day is not over"
    with later(41):
        both = {("overdue", scenario.curator.id), ("overdue", scenario.second.id)}
        assert set(told()[1:]) == both
        assert order(scenario) == [older.id, lesson.id]
        assert page.page(scenario.actor("reader"), lesson.public_id).overdue
        assert library_keys.wrong(0, 10) == []
        with pytest.raises(Forbidden):
            ageing.affirm(scenario.actor("reader"), lesson.public_id)
        for _twice in range(2):
            ageing.affirm(scenario.actor("second"), lesson.public_id)
        db.session.commit()
        assert lesson.review_on == days.today() + ageing.review_after()
        assert order(scenario) == [lesson.id, older.id]
        assert len(told()) == 3
        assert page.page(scenario.actor("reader"), lesson.public_id).affirmed
    kinds = db.session.scalars(select(LessonStep.kind).where(LessonStep.lesson_id == lesson.id)).all()
    assert [kind.value for kind in kinds].count("affirm") == 1


def test_it_is_asked_of_the_others_where_its_curator_moderates_no_longer(scenario):
    scenario.lesson.curator_id = scenario.author.id
    db.session.commit()
    with later(11):
        assert set(told()) == {("still_true", scenario.curator.id), ("still_true", scenario.second.id)}


def test_a_reader_says_what_no_longer_holds_and_hears_what_came_of_it(scenario):
    lesson, curator = scenario.lesson, scenario.actor("curator")
    kim = make_member("Kim", space=make_space("Genk", city="genk"), city="genk")
    with pytest.raises(Invalid):
        ageing.signal(actor(kim), lesson.public_id, reason=" ")
    for words in ("The rule is gone.", "The rule changed."):
        ageing.signal(actor(kim), lesson.public_id, reason=words)
    db.session.commit()
    for other in (actor(kim), scenario.actor("reader"), scenario.actor("editor"), None):
        assert open_signals(other, lesson) == []
    (one,) = open_signals(curator, lesson)
    assert (one.reason, one.by.name) == ("The rule changed.", "Kim")
    both = {("signalled", scenario.curator.id), ("signalled", scenario.second.id)}
    assert set(told()) == both
    ageing.affirm(curator, lesson.public_id)
    db.session.commit()
    assert told()[2:] == [("signal_answered", kim.id)]
    assert open_signals(curator, lesson) == []
    ageing.signal(actor(kim), lesson.public_id, reason="Still.")
    lessons.revise(curator, lesson.id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    db.session.commit()
    assert open_signals(curator, lesson) == []
    assert told().count(("signal_answered", kim.id)) == 2
    ageing.signal(actor(kim), lesson.public_id, reason="And once more.")
    assert len(open_signals(curator, lesson)) == 1
    for name in ("reader", "reader", "second"):  # twice is once, and another's stays
        ageing.signal(scenario.actor(name), lesson.public_id, reason="The form is gone.")
    ageing.take_signal_back(scenario.actor("reader"), lesson.public_id)
    ageing.take_signal_back(scenario.actor("reader"), lesson.public_id)
    assert {one.by.name for one in open_signals(curator, lesson)} == {"Kim", scenario.second.name}
    ageing.take_signal_back(scenario.actor("second"), lesson.public_id)
    settling.erase(kim.id)
    assert set(db.session.scalars(select(LessonSignal.reason))) == {""}
    assert open_signals(curator, lesson) == [], "nobody waits for an answer any more"
    assert desk_page.of(curator, "due_for_review").chosen.found.count == 0


@pytest.mark.both_databases
def test_a_masked_lesson_sinks_by_its_quarter_for_everybody(session):
    scenario = build(Audience.SPACE)
    other = build_other(scenario)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    today = days.today()
    with clock.at(clock.now().replace(month=2, day=10, year=today.year + 1)):
        lesson.review_on = days.today() - DAY
        db.session.commit()
        for _twice in range(2):
            calendar.look_at_ageing()
        for reader in ("reader", "second"):
            assert order(scenario, reader)[0] == lesson.id, "its quarter is not over"
        assert lesson.fresh == 1
    with clock.at(clock.now().replace(month=4, day=1, year=today.year + 1)):
        calendar.look_at_ageing()
        for reader in ("reader", "second"):
            assert order(scenario, reader) == [other, lesson.id]


def build_other(scenario):
    """A lesson of Gent that is older and not due."""
    thread = make_thread(
        scenario.space, scenario.author, title="Another", body=OPENING, audience=Audience.NETWORK
    )
    before, scenario.thread = scenario.thread, thread
    made = scenario.published().id
    scenario.thread = before
    return made
