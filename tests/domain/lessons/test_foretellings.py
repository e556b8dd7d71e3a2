"""What is foretold is sealed: read by nobody else before its day, changed by nobody, and checked by anybody after."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from forum.domain.consents import settling
from forum.domain.doctor import words
from forum.domain.lessons import foretellings, page, reports
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, worker
from forum.models.accounts import NetworkRole
from forum.models.foretellings import Foretelling
from forum.models.notifications import Notification
from forum.policy.errors import Conflict, Forbidden, Invalid
from tests.factories import actor, make_member, make_space, sign_in
from tests.lesson_scenario import build

WORDS, STOP = "Minder bezwaren, “écht”.", "de helft komt niet"
RUNNING = Answers("running", what_was_done="We begin.")
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def scenario(session):
    """A published lesson, and Kim of Genk who begins with it and foretells."""
    scenario = build()
    scenario.lesson = scenario.published()
    scenario.kim = make_member("Kim", space=make_space("Genk", city="genk"), city="genk")
    scenario.due = days.today() + timedelta(days=90)
    scenario.report = reports.report(
        actor(scenario.kim), scenario.lesson.public_id, RUNNING, expected=Expected(WORDS, scenario.due, STOP)
    )
    scenario.made = db.session.scalars(select(Foretelling)).one()
    return scenario


def shown(scenario, reader):
    """What somebody gets of it on the page of the lesson."""
    (one,) = page.page(reader, scenario.lesson.public_id).reports.newest
    return one.foretold


def test_nobody_but_its_author_reads_it_before_its_day_and_anybody_checks_it_after(scenario):
    admin = make_member("Bas", network_role=NetworkRole.ADMIN)
    others = [scenario.actor(name) for name in ("reader", "curator", "editor", "reviewer")] + [actor(admin)]
    for other in others:
        found = shown(scenario, other)
        assert (found.expected, found.stop_when, found.salt, found.is_open) == ("", "", "", False)
        assert found.sha256 == scenario.made.sha256
    assert shown(scenario, actor(scenario.kim)).expected == WORDS
    with clock.at(clock.now() + timedelta(days=90)):
        for other in others:
            found = shown(scenario, other)
            assert (found.expected, found.stop_when, found.is_open) == (WORDS, STOP, True)
        line = json.dumps(
            {"by": found.due_on.isoformat(), "expected": WORDS, "salt": found.salt, "stop": STOP},
            ensure_ascii=False, sort_keys=True, separators=(",", ":"),
        )  # fmt: skip
        assert hashlib.sha256(line.encode()).hexdigest() == found.sha256
        assert len(bytes.fromhex(found.salt)) >= 16


def test_the_database_refuses_any_change_of_it_but_its_erasing(scenario):
    kim = scenario.kim.id
    for changed in ({"expected": "Other"}, {"due_on": days.today()}, {"sha256": "0" * 64}, {"salt": ""}):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(update(Foretelling).values(**changed))
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(delete(Foretelling))
    seal = scenario.made.sha256
    settling.erase(kim)
    db.session.expire_all()
    made = db.session.scalars(select(Foretelling)).one()
    assert (made.expected, made.stop_when, made.salt, made.sha256) == ("", "", "", seal)


def test_the_doctor_makes_every_seal_again_but_of_what_was_erased(scenario):
    assert list(words.foretold()) == []
    kept = {
        name: getattr(scenario.made, name) for name in ("lesson_id", "author_id", "city", "due_on", "sha256")
    }
    other = Foretelling(**kept, expected="As it went", salt=scenario.made.salt, sealed_at=clock.now())
    db.session.add(other)
    db.session.flush()
    (finding,) = words.foretold()
    assert (finding.check, finding.count, finding.ids) == ("seals", 1, (other.id,))
    settling.erase(scenario.kim.id)
    assert list(words.foretold()) == []


def test_it_is_withdrawn_only_before_its_day_and_that_stays_to_be_seen(scenario):
    lesson, made, kim = scenario.lesson, scenario.made, actor(scenario.kim)
    with pytest.raises(Forbidden):
        foretellings.withdraw(scenario.actor("editor"), lesson.id, made.id)
    with clock.at(clock.now() + timedelta(days=90)), pytest.raises(Conflict):
        foretellings.withdraw(kim, lesson.id, made.id)
    reports.take_back(kim, lesson.public_id, scenario.report.id)
    reports_now = page.page(scenario.actor("reader"), lesson.public_id).reports
    (left,) = reports_now.orphans
    assert (reports_now.newest, left.withdrawn_on, left.expected, left.city) == ([], days.today(), "", "genk")
    foretellings.withdraw(kim, lesson.id, made.id)
    with clock.at(clock.now() + timedelta(days=91)):
        (left,) = page.page(scenario.actor("reader"), lesson.public_id).reports.orphans
        assert (left.expected, left.is_open) == ("", False)
        calendar.ask_reporters()
        assert asked() == []


def test_who_seals_many_and_takes_them_back_is_seen_and_pushes_nobody_off_the_page(scenario, client):
    lesson, kim, reader = scenario.lesson, actor(scenario.kim), scenario.actor("reader")
    reports.report(reader, lesson.public_id, RUNNING, expected=Expected("Nothing.", scenario.due, ""))
    (his,) = db.session.scalars(select(Foretelling.id).where(Foretelling.author_id == reader.id))
    reports.take_back(reader, lesson.public_id, reports.to_report(reader, lesson.public_id).own.id)
    report = scenario.report
    for turn in range(25):
        reports.take_back(kim, lesson.public_id, report.id)
        expected = Expected(f"Guess {turn}.", scenario.due, "")
        report = reports.report(kim, lesson.public_id, RUNNING, expected=expected)
    shown = page.page(scenario.actor("author"), lesson.public_id).reports
    assert [(one.city, one.others) for one in shown.orphans] == [("genk", 24), ("gent", 0)]
    assert (shown.orphans[1].id, shown.newest[0].foretold.others) == (his, 25)
    db.session.commit()
    sign_in(client, scenario.author)
    for path, number in (
        ("", 25),
        (f"/foretellings/{shown.newest[0].foretold.id}", 25),
        (f"/foretellings/{his}", 0),
    ):
        text = client.get(f"/lessons/{lesson.public_id}{path}", headers=ENGLISH).text
        assert (f"The same person took back {number} other things" in text) == bool(number)


def test_its_author_is_asked_once_on_its_day_and_both_stand_side_by_side(scenario):
    calendar.ask_reporters()
    assert asked() == []
    with clock.at(clock.now() + timedelta(days=90)):
        for _again in range(2):
            calendar.ask_reporters()
        assert asked() == [scenario.kim.id]
        answers = Answers("failed", what_was_done="We rang.", what_came="Nobody came.")
        reports.go_on(actor(scenario.kim), scenario.lesson.public_id, scenario.report.id, answers)
        (one,) = page.page(scenario.actor("reader"), scenario.lesson.public_id).reports.newest
        assert (one.foretold.expected, one.words["what_came"]) == (WORDS, "Nobody came.")


def asked():
    """Who was asked what came of it."""
    db.session.commit()
    worker.run_until_idle()
    return list(
        db.session.scalars(select(Notification.member_id).where(Notification.kind == "foretelling_due"))
    )


@pytest.mark.parametrize(
    ("expected", "outcome", "field"),
    [
        (Expected("", days.date(2030, 1, 1)), "running", "expected"),
        (Expected(WORDS), "running", "due_on"),
        (Expected(WORDS, days.date(2020, 1, 1)), "running", "due_on"),
        (Expected(WORDS, days.date(2030, 1, 1)), "worked", "outcome"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(scenario, expected, outcome, field):
    other = make_member("Lee", space=make_space("Leuven", city="leuven"), city="leuven")
    said = Answers(outcome, what_was_done="We begin.", what_came="Well.")
    with pytest.raises(Invalid) as caught:
        reports.report(actor(other), scenario.lesson.public_id, said, expected=expected)
    assert caught.value.field == field
