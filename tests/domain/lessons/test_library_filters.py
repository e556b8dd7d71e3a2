"""The filters and orders of the library: each count is that of its list, for every reader; no page loses a lesson."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest

from forum.domain.choices import Counts
from forum.domain.lessons import certainty, lessons, library, library_facets, reports
from forum.domain.lessons.library_choice import KINDS, KNOWN, LATELY, Choice
from forum.domain.lessons.library_sorts import APPLIED, CERTAIN, DUE, LATEST, SORTS
from forum.infra import clock
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.accounts import NetworkRole
from forum.models.adoptions import AdoptionOutcome
from forum.models.lessons import Confidence
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from tests import reviewed
from tests.domain.syndication.test_sitemap import masked_lesson
from tests.factories import actor, make_member, make_space
from tests.lesson_scenario import FULL, build
from tests.sweeps import few_of

BY = {Audience.PUBLIC: "editor", Audience.NETWORK: "reviewer", Audience.SPACE: "second"}


def publish(scenario, audience, **values):
    lesson = scenario.draft()
    saved = lessons.working(lesson).saved_count
    confidence = values.pop("confidence", Confidence.FAIR)
    lessons.save(scenario.actor("curator"), lesson.id, saved_count=saved, **(FULL | values))
    lessons.working(lesson).confidence = confidence
    with patch.object(certainty, "too_sure", return_value=""):  # one of before it had a ceiling
        lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
    reviewed.publish(scenario.actor(BY[audience]), lesson.id)
    return lesson


def report(lesson, city, reporter, outcome=AdoptionOutcome.WORKED, ago=0):
    day = clock.now().date() - timedelta(days=ago)
    return reports.record(lesson.id, city=city, reporter_id=reporter.id, outcome=outcome, reported_on=day)


@pytest.fixture
def scenario(session):
    """Lessons of every audience and certainty, for several people, some of them applied elsewhere."""
    made = build(Audience.PUBLIC)
    made.gent, made.brugge = (
        make_member(f"Of {city}", space=make_space(city, city=city), city=city) for city in ("gent", "brugge")
    )
    made.low = publish(
        made, Audience.PUBLIC, title="Low", confidence=Confidence.LOW, addressees=["Alderman", "nurse"],
    )  # fmt: skip
    made.fair = publish(
        made, Audience.NETWORK, title="Fair", confidence=Confidence.FAIR, addressees=["alderman", "coördinator"],
        axis=Axis.DENSITY,
    )  # fmt: skip
    made.high = publish(
        made, Audience.SPACE, title="High", confidence=Confidence.HIGH, outcome=Outcome.FAILED,
        needs=[Need.FACTS, Need.ACTION], addressees=['the "left" 100%'],
    )  # fmt: skip
    made.masked = masked_lesson()
    report(made.fair, "gent", made.gent, ago=9)
    report(made.fair, "brugge", made.gent, ago=1)  # one person lights one city
    report(made.fair, "brugge", made.brugge, AdoptionOutcome.FAILED)
    report(made.low, "brugge", made.brugge)
    report(made.masked, "gent", made.gent)
    db.session.flush()
    return made


def readers(scenario):
    guest = make_member("Hanne", space=scenario.space, role=Role.GUEST)
    admin = make_member("Bea", network_role=NetworkRole.ADMIN)
    return {
        "visitor": None,
        "member": scenario.actor("reader"),
        "guest": actor(guest),
        "moderator": scenario.actor("curator"),
        "administrator": actor(admin),
    }


def counted(reader, choice):
    found = library.counts(reader, choice)
    return found, library_facets.add(reader, choice, found)


def titles(page):
    return [card.title for card in page.rows]


def name_of(kind, value, spelt):
    return spelt[value] if kind == "addressee" else value


# Nothing, what is counted by the database beside what is counted of the lessons, and two of what is counted of these.
FEW = (
    Choice(),
    Choice(axis=(Axis.DENSITY,), applied=("brugge",)),
    Choice(addressee=("Alderman",), applied=("brugge",)),
)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "chosen",
    few_of(
        (
            *FEW,
            Choice(confidence=("fair",)),
            Choice(applied=("gent",)),
            Choice(addressee=("Alderman",)),
            Choice(city=("aalst",), confidence=("low",)),
        ),
        *FEW,
    ),
)
def test_each_count_is_that_of_its_list_for_five_readers(scenario, chosen):
    totals = {}
    for name, reader in readers(scenario).items():
        found, spelt = counted(reader, chosen)
        assert found.total == len(library.page(reader, chosen, limit=100).rows), name
        for kind in KINDS:
            for value, number in found.by[kind].items():
                one = chosen.without(kind).toggled(kind, name_of(kind, value, spelt))
                listed = library.page(reader, one, limit=100).rows
                assert len(listed) == number, (name, kind, value)
        totals[name] = counted(reader, Choice())[0].total
    assert totals == {"visitor": 2, "member": 3, "guest": 4, "moderator": 4, "administrator": 3}


@pytest.mark.both_databases
def test_lessons_are_found_by_for_whom_they_are_however_that_is_written(scenario):
    reader = scenario.actor("curator")
    for addressee, expected in (
        ("alderman", {"Low", "Fair"}),
        ("ALDERMAN", {"Low", "Fair"}),
        ("coördinator", {"Fair"}),
        ('the "left" 100%', {"High"}),
        ("the _left_ 100%", set()),
        ("alder", set()),
        ("%", set()),
    ):
        chosen = Choice(addressee=(addressee,))
        assert set(titles(library.page(reader, chosen))) == expected, addressee
    found, spelt = counted(reader, Choice())
    assert {spelt[key]: number for key, number in found.by["addressee"].items()}["alderman"] == 2
    inside = 'the "left" 100%'
    assert inside in spelt.values()
    assert inside not in counted(scenario.actor("reader"), Choice())[1].values()


@pytest.mark.both_databases
def test_where_a_lesson_was_applied_is_what_its_card_says_and_a_masked_one_is_of_no_city(scenario):
    for name, reader in readers(scenario).items():
        cards = {card.id: card for card in library.page(reader, limit=100).rows}
        for city in ("gent", "brugge", "aalst"):
            there = {card.id for card in library.page(reader, Choice(applied=(city,))).rows}
            assert there == {id_ for id_, card in cards.items() if city in dict(card.adoptions)}, (name, city)
        assert scenario.masked.id in {
            card.id for card in library.page(reader, Choice(applied=("gent",))).rows
        }
        for city in KNOWN["city"]:
            of_city = library.page(reader, Choice(city=(city,), applied=("gent",))).rows
            assert scenario.masked.id not in {card.id for card in of_city}
    reports = dict(cards)[scenario.fair.id].adoptions
    assert dict(reports) == {"gent": "worked", "brugge": "failed"}


def whole(reader, sort, limit=1):
    """All lessons in an order, page by page."""
    found, cursor = [], None
    while True:
        page = library.page(reader, sort=sort, cursor=cursor, limit=limit)
        found += titles(page)
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.both_databases
def test_every_order_goes_on_where_a_page_ends(scenario):
    scenario.low.review_on, scenario.fair.review_on = date(2031, 2, 3), date(2030, 11, 5)
    scenario.high.review_on, scenario.masked.review_on = date(2031, 1, 9), None
    db.session.flush()
    reader = scenario.actor("curator")
    masked = titles(library.page(reader))[0]
    assert whole(reader, LATEST) == [masked, "High", "Fair", "Low"]
    assert whole(reader, APPLIED) == ["Fair", masked, "Low", "High"]
    assert whole(reader, CERTAIN)[0] == "High"
    assert whole(reader, CERTAIN)[-1] == "Low"
    # Of one quarter what changed longest ago: the very day would tell when a masked lesson was published.
    assert whole(reader, DUE) == ["Fair", "Low", "High", masked]
    for sort in SORTS:
        assert (
            whole(reader, sort, 2) == whole(reader, sort, 3) == whole(reader, sort) == whole(reader, sort, 9)
        )


def test_a_page_goes_on_after_a_lesson_only_for_who_may_see_it(scenario):
    visitor = library.page(None, sort=APPLIED, limit=1)
    for sort in SORTS:
        hidden = library.page(None, sort=sort, cursor=str(scenario.high.id))
        assert titles(hidden) == titles(library.page(None, sort=sort)), sort
        strange = library.page(None, sort=sort, cursor="1' --")
        assert titles(strange) == titles(hidden)
    assert len(visitor.rows) == 1


def test_of_more_than_so_many_lessons_the_latest_are_counted_and_said_to_be(scenario, monkeypatch):
    reader = scenario.actor("curator")
    assert counted(reader, Choice())[0].at_least == set()
    monkeypatch.setattr(library_facets, "MOST", 2)
    found, _spelt = counted(reader, Choice())
    assert found.at_least == set(LATELY)
    assert sum(found.by["confidence"].values()) == 2
    assert found.total == 4


def test_the_library_asks_three_times_and_once_more_behind_its_first_page(scenario):
    reader = scenario.actor("curator")
    for chosen in (Choice(), Choice(applied=("gent",), confidence=("fair",))):
        for sort in SORTS:
            with count_queries() as seen:
                page = library.page(reader, chosen, sort=sort, limit=1)
                library_facets.add(reader, chosen, library.counts(reader, chosen))
            assert seen.count == 3
    with count_queries() as seen:
        library.page(reader, sort=DUE, cursor=page.next_cursor)
    assert seen.count <= 2


def test_nothing_is_counted_of_an_empty_library(session):
    found = Counts()
    assert library_facets.add(None, Choice(), found) == {}
    assert not any(found.by[kind] for kind in LATELY)
