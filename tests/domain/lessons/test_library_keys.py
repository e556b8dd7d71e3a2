"""What the orders of the library and its filter by city go by is what lessons and reports say, whatever happens."""

import random
import uuid
from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select, update

from forum.domain.lessons import certainty, lessons, library, library_keys, reports
from forum.domain.lessons.library_choice import Choice
from forum.domain.lessons.library_sorts import SORTS
from forum.domain.people import profiles
from forum.domain.spaces import confirmations
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, Member, NetworkRole
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.lessons import Confidence, Lesson
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.policy.errors import DomainError, Forbidden
from tests import reviewed
from tests.domain.lessons import read_anew
from tests.domain.syndication.test_sitemap import masked_lesson
from tests.factories import actor, join, make_member, make_space
from tests.lesson_scenario import FULL, build
from tests.sweeps import few_of

CITIES = ("aalst", "gent", "genk", "leuven")
BY = {Audience.PUBLIC: "editor", Audience.NETWORK: "reviewer", Audience.SPACE: "second"}


def kept():
    """What stands beside each lesson, and the pairs of a lesson and a city that its reports light."""
    keys = (getattr(Lesson, name) for name in library_keys.Keys._fields)
    rows = db.session.execute(select(Lesson.id, *keys))
    lit = select(AdoptionReport.lesson_id, AdoptionReport.city).where(AdoptionReport.lights)
    return {row[0]: tuple(row[1:]) for row in rows}, {tuple(row) for row in db.session.execute(lit)}


def found():
    """The same, read from all reports and versions."""
    return read_anew.keys_of_lessons(), read_anew.cities_of_lessons()


class Network:
    """Lessons of several audiences, people who report on them, and a moderator who confirms as what they speak."""

    def __init__(self, chance):
        self.chance, self.scenario = chance, build(Audience.PUBLIC)
        self.spaces = [make_space(city, city=city) for city in CITIES]
        self.people = [
            make_member(f"Member {n}", space=self.spaces[n % 4], body=body)
            for n, body in enumerate([Body.CITY, Body.OCMW, Body.ACADEMIC, Body.CITY, Body.CITY])
        ]
        self.keeper = make_member("Mo", network_role=NetworkRole.ADMIN)
        for space in self.spaces:
            join(self.keeper, space, Role.MODERATOR)
        self.let_wait(self.people[4])
        self.publish()

    def let_wait(self, member):
        """As what they speak waits, of which what they said before counts."""
        held = update(Capacity).where(Capacity.member_id == member.id)
        before = clock.now() - timedelta(days=200)
        db.session.execute(held.values(confirmed_at=None, confirmation=None, counts_until=before))

    def one(self, model):
        """A row of a table at random, as the database has it."""
        return self.chance.choice(list(db.session.scalars(select(model).order_by(model.id))) or [None])

    def day(self):
        return clock.now().date() - timedelta(days=self.chance.randint(0, 400))

    def publish(self):
        lesson, audience = self.scenario.draft(), self.chance.choice(list(Audience))
        self._write(lesson, axis=self.chance.choice(list(Axis)), needs=[self.chance.choice(list(Need))])
        self._send(lesson, audience)

    def revise(self):
        lesson = self.one(Lesson)
        lessons.revise(self.scenario.actor("curator"), lesson.id)
        self._write(lesson, change_note="Other words")
        if self.chance.random() < 0.7:
            self._send(lesson, lesson.audience)

    def _write(self, lesson, **values):
        saved = lessons.working(lesson).saved_count
        values |= {"title": str(uuid.uuid4()), "confidence": Confidence.FAIR}
        lessons.save(self.scenario.actor("curator"), lesson.id, saved_count=saved, **(FULL | values))

    def _send(self, lesson, audience):
        # As sure as one could say before there was a ceiling.
        lessons.working(lesson).confidence = self.chance.choice(list(Confidence))
        with patch.object(certainty, "too_sure", return_value=""):
            lessons.submit(self.scenario.actor("curator"), lesson.id, audience=audience)
        due = date(2030, 1, 1) + timedelta(days=self.chance.randint(0, 900))
        reviewed.publish(self.scenario.actor(BY[audience]), lesson.id, review_on=due)

    def report(self):
        """Of any day, for the city of one of their capacities or for any."""
        by, day = self.chance.choice(self.people), self.day()
        held = db.session.scalars(
            select(Capacity).where(Capacity.member_id == by.id).order_by(Capacity.id)
        ).all()
        spoke_as = self.chance.choice([*held, *held[-1:], None])
        city = (spoke_as and spoke_as.city) or self.chance.choice(CITIES)
        reports.record(
            self.one(Lesson).id, city=city, reporter_id=by.id, reported_on=day,
            outcome=self.chance.choice(list(AdoptionOutcome)), capacity_id=spoke_as and spoke_as.id,
        )  # fmt: skip

    def speak_as(self):
        profiles.add_capacity(
            actor(self.chance.choice(self.people)), function=str(uuid.uuid4())[:8], level=Level.FIELD,
            body=self.chance.choice([Body.CITY, Body.ACADEMIC]), city=self.chance.choice(CITIES),
            starts_on=date(2026, 1, 2),
        )  # fmt: skip

    def on_own_capacity(self, verb, **said):
        held = self.one(Capacity)
        verb(actor(db.session.get_one(Member, held.member_id)), held.id, **said)

    def report_twice(self):
        """For two cities, under what counted before: of both the first one lights."""
        by, day = make_member("Twice", space=self.spaces[0]), clock.now().date()
        self.let_wait(by)
        lesson_id = self.one(Lesson).id
        for city, days_ago in zip(self.chance.sample(CITIES, 2), (390, 380), strict=True):
            reports.record(
                lesson_id, city=city, reporter_id=by.id, reported_on=day - timedelta(days=days_ago),
                outcome=AdoptionOutcome.WORKED,
            )  # fmt: skip

    def reword(self):
        self.on_own_capacity(
            profiles.reword_capacity, function=self.chance.choice(["nurse", "coach", "cook"])
        )

    def reword_back(self):
        """Somebody reports in other words of what counted before, and takes these words back."""
        by = make_member("Was", space=self.chance.choice(self.spaces))
        self.let_wait(by)
        first = db.session.scalars(select(Capacity).where(Capacity.member_id == by.id)).one()
        said = {name: getattr(first, name) for name in ("level", "body", "city", "starts_on")}
        other = profiles.add_capacity(actor(by), function="other words", **said)
        reports.record(
            self.one(Lesson).id, city=other.city, reporter_id=by.id, reported_on=self.day(),
            outcome=AdoptionOutcome.WORKED, capacity_id=other.id,
        )  # fmt: skip
        profiles.reword_capacity(actor(by), other.id, function=first.function)

    def end(self):
        self.on_own_capacity(profiles.end_capacity)

    def confirm(self):
        """Mostly one in which somebody reported."""
        under = select(AdoptionReport.capacity_id).join(Capacity, Capacity.id == AdoptionReport.capacity_id)
        waiting = list(db.session.scalars(under.where(Capacity.confirmed_at.is_(None)).distinct()))
        confirmations.confirm(
            actor(self.keeper), self.chance.choice([*sorted(waiting), self.one(Capacity).id])
        )

    def refuse(self):
        confirmations.refuse(actor(self.keeper), self.one(Capacity).id, reason="Somebody else does")


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", few_of(range(12), 0, 1))
def test_it_is_what_versions_and_reports_say_after_anything(session, seed):
    network, done, lit = Network(random.Random(seed)), set(), set()
    often = ["report"] * 3
    acts = [*often, "publish", "revise", "speak_as", "end", "confirm", "confirm", "refuse"]
    acts += ["reword", "reword_back", "report_twice"]
    for _turn in range(100):
        rates.reset()
        name = network.chance.choice(acts)
        before = found()
        try:
            with session.begin_nested():
                getattr(network, name)()
        except DomainError:
            assert found() == before
            continue
        assert kept() == found(), name
        done.add(name)
        if found()[1] != before[1]:
            lit.add(name)
    assert done >= {"report", "publish", "revise", "confirm", "reword", "reword_back", "report_twice"}
    assert {"report"} <= lit <= {"report", "confirm", "reword_back", "report_twice"}
    spoilt = select(Lesson.id).order_by(Lesson.id).limit(1).scalar_subquery()
    db.session.execute(update(Lesson).where(Lesson.id == spoilt).values(applied_in=9, due_quarter=7))
    db.session.execute(update(AdoptionReport).values(lights=~AdoptionReport.lights))
    assert library_keys.wrong(1, 2**31 - 1)
    library_keys.recount_all()
    assert kept() == found()
    assert library_keys.wrong(1, 2**31 - 1) == []


@pytest.mark.both_databases
def test_a_report_that_goes_to_other_words_which_count_lights_its_city(session):
    scenario = build(Audience.PUBLIC)
    lesson, wim = scenario.published(Audience.PUBLIC, by="editor"), make_member("Wim", city="gent")
    coach = db.session.scalars(select(Capacity).where(Capacity.member_id == wim.id)).one()
    coach.function, coach.confirmed_at, coach.confirmation = "coach", None, None
    coach.counts_until = clock.now() - timedelta(days=100)
    db.session.flush()
    same = {"level": coach.level, "body": coach.body, "city": coach.city, "starts_on": coach.starts_on}
    nurse = profiles.add_capacity(actor(wim), function="nurse", **same)
    reports.record(
        lesson.id,
        city="gent",
        reporter_id=wim.id,
        outcome=AdoptionOutcome.WORKED,
        reported_on=clock.now().date() - timedelta(days=150),
        capacity_id=nurse.id,
    )
    reader, in_gent = scenario.actor("reader"), Choice(applied=("gent",))
    assert library.page(reader, in_gent).rows == []
    assert profiles.reword_capacity(actor(wim), nurse.id, function="coach").id == coach.id
    (card,) = library.page(reader, in_gent).rows
    assert card.adoptions == [("gent", AdoptionOutcome.WORKED)]
    assert library_keys.wrong(1, 2**31 - 1) == []


@pytest.mark.both_databases
def test_a_report_lights_its_city_from_the_moment_at_which_its_capacity_is_confirmed(session):
    network = Network(random.Random(1))
    lesson, by = network.one(Lesson), make_member("Wim", city="leuven")
    held = db.session.scalars(select(Capacity).where(Capacity.member_id == by.id)).one()
    held.confirmed_at = held.confirmation = None
    db.session.flush()
    reports.record(
        lesson.id,
        city="leuven",
        reporter_id=by.id,
        outcome=AdoptionOutcome.WORKED,
        reported_on=clock.now().date(),
    )
    reader, chosen = network.scenario.actor("curator"), Choice(applied=("leuven",))
    for confirmed in (False, True):
        if confirmed:
            confirmations.confirm(actor(network.keeper), held.id)
        assert kept() == found()
        assert [card.id for card in library.page(reader, chosen).rows] == [lesson.id] * confirmed
        assert library.counts(reader, chosen).total == confirmed


def readers(network):
    """Five kinds of them."""
    outsider, member = make_member("Odd", space=network.spaces[1]), make_member("Ann")
    join(member, network.scenario.space)
    return {
        "visitor": None,
        "member elsewhere": actor(outsider),
        "member of the space": actor(member),
        "moderator": network.scenario.actor("curator"),
        "editor": network.scenario.actor("editor"),
    }


def whole(reader, choice, sort):
    """The ids of all lessons in an order, page by page."""
    ids, cursor = [], None
    while True:
        page = library.page(reader, choice, sort=sort, cursor=cursor, limit=3)
        ids += [card.id for card in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return ids


@pytest.mark.both_databases
def test_everybody_finds_what_reading_everything_finds_in_the_same_order(session):
    network = Network(random.Random(5))
    masked_lesson()
    for name in ["publish"] * 12 + ["report"] * 60 + ["revise"] * 3:
        rates.reset()
        with suppress(Forbidden):  # that lesson is of another space, or made anew already
            getattr(network, name)()
    everything = set()
    for name, reader in readers(network).items():
        for choice in (
            Choice(),
            Choice(applied=("gent",)),
            Choice(applied=("leuven",), need=(Need.STORIES,)),
            Choice(applied=("genk",), axis=(Axis.DENSITY,), confidence=("high",)),
            Choice(city=("aalst",), applied=("gent",)),
            Choice(axis=(Axis.DENSITY,)),
            Choice(axis=(Axis.DENSITY,), need=(Need.STORIES,), addressee=("nurse",)),
        ):
            for sort in SORTS:
                expected = read_anew.lessons(reader, choice, sort)
                assert whole(reader, choice, sort) == expected, (name, choice, sort)
            numbers = library.counts(reader, choice)
            kinds = {(kind, value): n for kind, of in numbers.by.items() for value, n in of.items()}
            assert {("total", ""): numbers.total, **kinds} == read_anew.counts(reader, choice), (name, choice)
        everything.add(tuple(read_anew.lessons(reader, Choice(), "applied")))
    assert len(everything) >= 3, "they do not all see the same"
