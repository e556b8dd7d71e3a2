"""What makers and moderators hear of each time has a limit: nobody fills their notices by saying and taking back."""

from datetime import timedelta

import pytest

from forum.domain.lessons import ageing, disputes, foretellings, page, reports
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.infra import days, rates
from forum.infra.db import db
from forum.infra.rates import TooOften
from tests.lesson_scenario import build

RUNS = Answers("running", what_was_done="We begin.")


@pytest.fixture
def lesson(session, app, monkeypatch):
    """A lesson on which things are counted from now on."""
    scenario = build()
    scenario.lesson = scenario.published()
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    rates.reset()
    yield scenario
    rates.reset()


def dispute(scenario, turn):
    who, public_id = scenario.actor("reader"), scenario.lesson.public_id
    root = page.page(who, public_id).claims[0].root
    made = disputes.bring(who, public_id, claim=root, words=f"No {turn}.")
    assert disputes.bring(who, public_id, claim=root, words=f"No {turn}.") is made, "sent twice it is one"
    disputes.take_back(who, public_id, made.id)


def report(scenario, _turn, expected=None):
    who, public_id = scenario.actor("reader"), scenario.lesson.public_id
    made = reports.report(who, public_id, RUNS, expected=expected)
    assert reports.report(who, public_id, RUNS) is made, "sent twice it is one"
    reports.take_back(who, public_id, made.id)


def foretell(scenario, turn):
    report(scenario, turn, Expected(f"Guess {turn}.", days.today() + timedelta(days=90), ""))


def signal(scenario, turn):
    ageing.signal(scenario.actor("reader"), scenario.lesson.public_id, reason=f"No {turn}.")
    ageing.affirm(scenario.actor("curator"), scenario.lesson.public_id)


@pytest.mark.parametrize(
    ("say", "limit"),
    [
        (dispute, disputes.MOST),
        (report, reports.MOST),
        (foretell, foretellings.MOST),
        (signal, ageing.MOST_SIGNALS),
    ],
)
def test_it_stops_at_its_limit_and_not_before(lesson, say, limit):
    for turn in range(int(limit.split()[0])):
        say(lesson, turn)
    with pytest.raises(TooOften), db.session.begin_nested():
        say(lesson, "more")
    rates.reset()
    say(lesson, "later")
