"""Who applied a lesson, and when that confirms it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from forum.domain.lessons import confirming, lessons, library, of_thread, page, report_list, reports
from forum.domain.people import capacities
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member
from forum.models.spaces import Audience
from tests import reviewed
from tests.factories import make_member
from tests.lesson_scenario import build


@pytest.fixture
def scenario(session):
    """A published lesson of Aalst, and a member for each other city by its name."""
    scenario = build()
    scenario.lesson = scenario.published()
    scenario.day = scenario.lesson.published_at.date()
    scenario.of = {city: make_member("Kim", city=city) for city in ("aalst", "genk", "gent", "leuven")}
    return scenario


def report(scenario, city, by=None, *, outcome="worked", **over):
    """A report of a city, by its member unless said otherwise."""
    day = over.pop("reported_on", scenario.day)
    reporter = by or scenario.of[city]
    return reports.record(
        scenario.lesson.id, city=city, reporter_id=reporter.id, outcome=outcome, reported_on=day, **over
    )


def capacity(member, city, **over):
    """One capacity more for a member."""
    common = {
        "function": "coach",
        "level": Level.FIELD,
        "body": Body.CITY,
        "starts_on": datetime(2025, 1, 1).date(),
    }
    return capacities.add(member.id, city=city, **common, **over)


def test_reports_from_two_other_cities_confirm_a_lesson(scenario):
    lesson = scenario.lesson
    for city, outcome in (("gent", "failed"), ("aalst", "worked"), ("genk", "worked")):
        report(scenario, city, outcome=outcome)
    assert lesson.ready_at is None
    report(scenario, "leuven", outcome="adapted", what_came="It held.", post_id=scenario.posts()[1].id)
    assert lesson.ready_at is not None
    told = report_list.of_lesson(scenario.actor("reader"), lesson).newest
    assert [report.city for report in told] == ["leuven", "genk", "aalst", "gent"]
    assert (told[0].words["what_came"], told[0].post.number) == ("It held.", 2)
    scenario.thread.audience = Audience.SPACE
    db.session.flush()
    assert report_list.of_lesson(scenario.actor("reader"), lesson).newest[0].post is None
    assert report_list.of_lesson(None, lesson).newest == []


# Who reports for Leuven, after Genk did: does that confirm the lesson, and does the ring show Leuven?
SECOND = {
    "in a confirmed capacity": ({"confirmation": Confirmation.MODERATOR}, True, True),
    "in one that waits": ({}, False, False),
    "in one that somebody ended": ({"confirmation": Confirmation.MODERATOR, "ended": True}, False, False),
    "in one that waits since before there was confirmation": ({"counts_until": True}, True, True),
    "in one of another city": ({"confirmation": Confirmation.MODERATOR, "city": "gent"}, False, False),
}


@pytest.mark.parametrize("how", SECOND)
def test_only_what_counts_confirms_a_lesson_and_lights_the_ring(how, scenario):
    given, confirms, lights = SECOND[how]
    second = scenario.of["leuven"]
    db.session.execute(delete(Capacity).where(Capacity.member_id == second.id))
    held = capacity(second, given.get("city", "leuven"), confirmation=given.get("confirmation"))
    if "ended" in given:
        capacities.end(held, by_id=second.id, day=scenario.day)
    if "counts_until" in given:
        held.counts_until = scenario.lesson.published_at + timedelta(days=1)
        db.session.flush()
    report(scenario, "genk")
    made = report(scenario, "leuven")
    lit = on_card(scenario)
    assert (scenario.lesson.ready_at is not None, ("leuven", "worked") in lit) == (confirms, lights)
    (shown, _genk) = report_list.of_lesson(scenario.actor("reader"), scenario.lesson).newest
    assert (shown.city, shown.by.unconfirmed) == (made.city, how == "in one that waits")


def test_two_cities_of_one_person_are_one_witness(scenario):
    report(scenario, "genk")
    capacity(scenario.of["genk"], "leuven", confirmation=Confirmation.MODERATOR)
    report(scenario, "leuven", scenario.of["genk"])
    assert scenario.lesson.ready_at is None
    report(scenario, "leuven")
    assert scenario.lesson.ready_at is not None


def on_card(scenario):
    """The cities that applied a lesson, with what came of it, as its card in the library shows them."""
    (card,) = (each for each in library.page(scenario.actor("reader")).rows if each.id == scenario.lesson.id)
    return card.adoptions


def rings(scenario):
    """The cities that a ring lights outward: in lists, on the page of the lesson, and above its thread."""
    reader, lesson = scenario.actor("reader"), scenario.lesson
    lists = on_card(scenario)
    above = of_thread.lessons_of_thread(reader, scenario.thread.id)[0].adoptions
    assert lists == above == page.page(reader, lesson.public_id).pairs
    return [city for city, _outcome in lists]


def test_one_person_lights_one_city_over_several_reports_and_capacities(scenario):
    kim = scenario.of["genk"]
    held = {"genk": capacities.current(kim.id)}
    held |= {city: capacity(kim, city, confirmation=Confirmation.MODERATOR) for city in ("leuven", "gent")}
    for city, outcome in (("genk", "failed"), ("leuven", "worked"), ("gent", "worked"), ("genk", "worked")):
        report(scenario, city, kim, outcome=outcome, capacity_id=held[city].id)
    assert rings(scenario) == ["genk", "genk"]
    report(scenario, "leuven")
    assert rings(scenario) == ["genk", "genk", "leuven"]


def test_no_ring_lights_a_city_for_whom_a_university_or_nobody_spoke(scenario):
    waits = capacity(make_member("Wim", city="gent"), "leuven")
    academic = make_member("Ada", city="genk", body=Body.ACADEMIC)
    report(scenario, "leuven", db.session.get_one(Member, waits.member_id), capacity_id=waits.id)
    report(scenario, "genk", academic)
    assert rings(scenario) == []
    assert scenario.lesson.ready_at is None
    read = report_list.of_lesson(scenario.actor("reader"), scenario.lesson).newest
    assert [report.city for report in read] == ["genk", "leuven"], "they are read all the same"
    capacities.confirm(waits, Confirmation.MODERATOR, by_id=academic.id)
    assert rings(scenario) == ["leuven"]


def test_a_report_counts_once_its_capacity_is_confirmed(scenario):
    db.session.execute(delete(Capacity).where(Capacity.member_id == scenario.of["leuven"].id))
    held = capacity(scenario.of["leuven"], "leuven")
    report(scenario, "genk")
    report(scenario, "leuven")
    assert scenario.lesson.ready_at is None
    held.confirmed_at = scenario.lesson.published_at
    db.session.flush()
    confirming.weigh_again(held.id)
    assert scenario.lesson.ready_at is not None


def test_what_confirms_a_masked_lesson_tells_nothing_of_its_city(session):
    """Whichever two cities report, nothing comes of it; with a third it does, its own among them or not."""
    told = []
    for reporting in (("aalst", "genk", "leuven"), ("gent", "genk", "leuven")):
        scenario = build(Audience.SPACE)
        scenario.lesson = scenario.draft()
        scenario.agree(scenario.lesson)
        lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=Audience.NETWORK)
        reviewed.publish(scenario.actor("reviewer"), scenario.lesson.id, recognised=False)
        scenario.day = scenario.lesson.published_at.date()
        confirmed = []
        for city in reporting:
            report(scenario, city, make_member("Kim", city=city))
            confirmed.append(scenario.lesson.ready_at is not None)
        told.append(confirmed)
    assert told == [[False, False, True]] * 2
