"""In which capacity somebody speaks on a day: one rule, and everybody who asks it gets the same answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from forum.domain.lessons import lessons, reports
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.workbench import desk
from forum.domain.people import capacities, profiles
from forum.domain.spaces import confirmations, join_requests, memberships, roster
from forum.domain.threads import post_store, threads
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level
from forum.models.adoptions import AdoptionOutcome
from forum.models.spaces import Role
from forum.policy.errors import Forbidden, Invalid
from tests import reviewed
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import build
from tests.speaking import confirmed_cities

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
# Each capacity as (function, city, first day, last day); today is 20 May 2026.
HELD = {
    "none": [],
    "ended": [("ended", "aalst", date(2025, 1, 1), date(2026, 5, 19))],
    "ends today": [("until today", "aalst", date(2025, 1, 1), date(2026, 5, 20))],
    "ends later": [("until march", "aalst", date(2025, 1, 1), date(2027, 3, 1))],
    "begins today": [("since today", "aalst", date(2026, 5, 20), None)],
    "begins later": [("from tomorrow", "aalst", date(2026, 5, 21), None)],
    "several": [
        ("last begun", "antwerpen", date(2026, 2, 1), None),
        ("first begun", "aalst", date(2024, 1, 1), None),
        ("ended between", "oostende", date(2026, 3, 1), date(2026, 4, 30)),
        ("to come", "oostende", date(2026, 6, 1), None),
    ],
}
SPEAKS_AS = {
    "none": "",
    "ended": "",
    "ends today": "until today",
    "ends later": "until march",
    "begins today": "since today",
    "begins later": "",
    "several": "last begun",
}


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def people(space=None, role=Role.MEMBER):
    """One member for each line of HELD, by its name."""
    made = {name: make_member(name, space=space, role=role) for name in HELD}
    db.session.execute(delete(Capacity).where(Capacity.member_id.in_([m.id for m in made.values()])))
    for name, held in HELD.items():
        for function, city, first, last in held:
            capacities.add(
                made[name].id,
                function=function,
                level=Level.FIELD,
                body=Body.CITY,
                city=city,
                starts_on=first,
                ends_on=last,
                confirmation=Confirmation.OPERATOR,
            )
    return made


def functions(ids):
    """The function of each of these capacities, empty where there is none."""
    rows = {row.id: row.function for row in db.session.scalars(select(Capacity))}
    return {name: rows.get(capacity_id, "") for name, capacity_id in ids.items()}


def test_a_post_is_written_in_the_capacity_of_its_day():
    gent = make_space("Gent", city="gent")
    thread = make_thread(gent, make_member("Asker", space=gent))
    posts = {
        name: threads.reply(actor(member), thread.id, body="We did.", idempotency_key=name)
        for name, member in people(gent).items()
    }
    assert functions({name: post.capacity_id for name, post in posts.items()}) == SPEAKS_AS


def test_the_members_list_shows_it():
    gent = make_space("Gent", city="gent")
    made = people(gent)
    rows = roster.members(actor(made["none"]), gent.id).rows
    assert {row.name: row.byline.job for row in rows} == SPEAKS_AS


def test_the_sidebar_of_a_space_shows_each_moderator_once_with_it():
    gent = make_space("Gent", city="gent")
    made = people(gent, Role.MODERATOR)
    lines = memberships.moderators(actor(made["none"]), gent.id)
    assert len(lines) == len(made)
    assert {line.name: line.job for line in lines} == SPEAKS_AS


def test_a_request_to_join_shows_it():
    gent = make_space("Gent", city="gent")
    moderator = make_member("Wouter", space=gent, role=Role.MODERATOR)
    for member in people(make_space("Elsewhere")).values():
        join_requests.request_to_join(actor(member), gent.id)
    waiting = join_requests.of_space(actor(moderator), gent.id)
    assert {request.name: request.byline.job for request in waiting} == SPEAKS_AS


def test_a_reviewer_speaks_for_the_cities_of_all_capacities_that_hold():
    made = people(make_space("Elsewhere"), Role.MODERATOR)
    cities = confirmed_cities(member.id for member in made.values())
    assert {name: cities[member.id] for name, member in made.items()} == {
        "none": set(),
        "ended": set(),
        "ends today": {"aalst"},
        "ends later": {"aalst"},
        "begins today": {"aalst"},
        "begins later": set(),
        "several": {"antwerpen", "aalst"},
    }
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=scenario.thread.audience)
    # Some speak for the city that it comes from, the others for none.
    assert [name for name, member in made.items() if desk.waiting_for(actor(member))] == []
    for member in made.values():
        with pytest.raises(Forbidden, match="andere stad"):
            reviewed.publish(actor(member), lesson.id)
    assert desk.waiting_for(scenario.actor("reviewer"))
    reviewed.publish(scenario.actor("reviewer"), lesson.id)


def test_a_lesson_names_its_curator_as_on_the_day_it_was_begun():
    scenario, said = build(), {}
    reader = scenario.actor("reader")
    for name, member in people(scenario.space, Role.MODERATOR).items():
        scenario.curator = member
        lesson = scenario.published()
        said[name] = lesson_page.page(reader, lesson.public_id).origin.curator
        with clock.at(NOON + timedelta(days=400)):
            later = lesson_page.page(reader, lesson.public_id).origin.curator
        assert later.job == said[name].job
        assert later.former is (name in {"ends today", "ends later"})
    assert {name: line.job for name, line in said.items()} == SPEAKS_AS
    assert not any(line.former for line in said.values())


def test_a_report_on_a_lesson_is_made_in_the_capacity_of_the_day_it_tells_of():
    scenario = build()
    lesson, made = scenario.published(), people(scenario.space)

    def reported_on(day):
        made_of = {
            name: reports.record(
                lesson.id,
                city="gent",
                reporter_id=member.id,
                outcome=AdoptionOutcome.WORKED,
                reported_on=day,
            )
            for name, member in made.items()
        }
        return functions({name: report.capacity_id for name, report in made_of.items()})

    assert reported_on(NOON.date()) == SPEAKS_AS
    assert reported_on(date(2026, 5, 19)) == SPEAKS_AS | {"ended": "ended", "begins today": ""}
    assert reported_on(date(2026, 6, 1)) == SPEAKS_AS | {
        "ends today": "",
        "begins later": "from tomorrow",
        "several": "to come",
    }


def test_of_two_that_began_on_one_day_the_last_made_wins():
    member = people()["none"]
    for function in ("typed wrong", "typed right"):
        capacities.add(
            member.id,
            function=function,
            level=Level.FIELD,
            body=Body.CITY,
            city="gent",
            starts_on=NOON.date(),
        )
    assert capacities.current(member.id).function == "typed right"


def test_a_city_outside_the_network_and_an_end_before_the_beginning_are_refused():
    member = people()["none"]
    common = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "starts_on": NOON.date()}
    for field, wrong in (
        ("city", {"city": "paris"}),
        ("ends_on", {"city": "gent", "ends_on": date(2026, 5, 19)}),
    ):
        with pytest.raises(Invalid) as refused:
            capacities.add(member.id, **common | wrong)
        assert refused.value.field == field
    assert capacities.current(member.id) is None
    assert capacities.add(member.id, **common, city="gent", ends_on=NOON.date()).id
    assert capacities.current(member.id).city == "gent"


def test_only_the_members_who_are_asked_about_are_answered_for(session):
    noor, karim = make_member("Noor", city="gent"), make_member("Karim", city="genk")
    nowhere = make_member("Hanne")
    assert capacities.current_of([noor.id]).keys() == {noor.id}
    assert capacities.current_of([]) == {}
    assert confirmed_cities([noor.id, nowhere.id]) == {noor.id: {"gent"}, nowhere.id: set()}
    assert capacities.current(karim.id).city == "genk"


@pytest.mark.parametrize("planned", [date(2026, 5, 20), date(2027, 3, 1)], ids=["today", "later"])
@pytest.mark.parametrize("by", ["owner", "moderator"])
def test_a_planned_end_is_brought_forward_and_what_was_said_keeps_it(planned, by):
    gent = make_space("Gent", city="gent")
    noor, wouter = make_member("Noor", space=gent), make_member("Wouter", space=gent, role=Role.MODERATOR)
    held = capacities.current(noor.id)
    row = db.session.get_one(Capacity, held.id)
    row.ends_on = planned
    thread = make_thread(gent, make_member("Asker"))
    post = threads.reply(actor(noor), thread.id, body="We did.", idempotency_key="one")
    assert confirmed_cities([noor.id])[noor.id] == {"gent"}
    for _time in range(2):
        if by == "owner":
            profiles.end_capacity(actor(noor), held.id)
        else:
            confirmations.end(actor(wouter), held.id)
    assert (row.ends_on, row.ended_by_id) == (NOON.date(), noor.id if by == "owner" else wouter.id)
    assert capacities.current(noor.id) is None
    assert confirmed_cities([noor.id])[noor.id] == set()
    post_store.recount(thread)
    assert (thread.cities, post.capacity_id) == (["gent"], held.id)
    row.ends_on = date(2026, 5, 19)
    db.session.flush()
    profiles.end_capacity(actor(noor), held.id)
    assert row.ends_on == date(2026, 5, 19), "what is over stays as it was"
