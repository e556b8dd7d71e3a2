"""What a capacity is worth: which of them somebody speaks in, and which of what they say under it counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from forum.domain.people import capacities, profiles
from forum.domain.people.bylines import byline
from forum.domain.threads import page as thread_page
from forum.domain.threads import post_store, threads
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level
from forum.models.spaces import Membership, Space
from forum.models.threads import ThreadCity
from tests.factories import actor, make_member, make_space, make_thread
from tests.speaking import confirmed_cities

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CONFIRMED = {"confirmation": Confirmation.MODERATOR}
# What is done with a capacity that began long ago, and for each: is it spoken in today, is that marked as unconfirmed,
# does its city count today, does what was said under it the day before count.
STATES = {
    "confirmed": (CONFIRMED, {}, (True, False, True, True)),
    "waits": ({}, {}, (True, True, False, False)),
    "waits since before": ({}, {"counts_until": NOON - DAY}, (True, True, False, True)),
    "refused": ({}, {"refused_at": NOON - DAY}, (False, True, False, False)),
    "refused, of before": (
        {},
        {"refused_at": NOON, "counts_until": NOON - DAY},
        (False, True, False, True),
    ),
    "until today": (CONFIRMED, {"ends_on": NOON.date()}, (True, False, True, True)),
    "ended today": (CONFIRMED, {"ends_on": NOON.date(), "ended": True}, (False, False, False, True)),
    "until yesterday": (CONFIRMED, {"ends_on": NOON.date() - DAY}, (False, False, False, True)),
}


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def hold(member, function="coach", *, starts_on=date(2025, 1, 1), city="gent", **over):
    """Give a member one capacity more."""
    common = {"function": function, "level": Level.FIELD, "body": Body.CITY, "city": city}
    return capacities.add(member.id, **common, starts_on=starts_on, **over)


@pytest.fixture
def noor(session):
    """A member without any capacity."""
    member = make_member("Noor", space=make_space("Gent", city="gent"))
    db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
    return member


@pytest.mark.parametrize("state", STATES)
def test_what_a_capacity_in_this_state_is_worth(state, noor):
    given, after, expected = STATES[state]
    held = hold(noor, **given)
    changed = {("ended_by_id" if name == "ended" else name): value for name, value in after.items()}
    if "ended_by_id" in changed:
        changed["ended_by_id"] = noor.id
    db.session.execute(update(Capacity).values(id=held.id, **changed))
    db.session.refresh(held)
    before = NOON - DAY - timedelta(minutes=1)
    by_rule = db.session.scalar(select(capacities.lit_city(before)).where(Capacity.id == held.id)) == "gent"
    assert by_rule == capacities.counted(held, before) == (capacities.lit(held, before) == "gent")
    spoken, cities = capacities.current(noor.id), confirmed_cities([noor.id])[noor.id]
    today = byline("Noor", "", spoken or held).unconfirmed
    assert (spoken is not None, today, cities == {"gent"}, by_rule) == expected


def test_a_confirmed_capacity_is_spoken_in_before_one_that_waits_or_was_refused(noor):
    thread = make_thread(noor_space(noor), make_member("Asker"))
    confirmed = hold(noor, "confirmed", **CONFIRMED)
    hold(noor, "waits", starts_on=date(2026, 1, 1), city="genk")
    refused = hold(noor, "refused", starts_on=date(2026, 2, 1), city="aalst")
    refused.refused_at = NOON
    db.session.flush()
    reader = actor(noor)

    def spoken():
        shown = thread_page.page(reader, thread.id).speaks_as
        post = threads.reply(reader, thread.id, body=f"As {shown.job}.", idempotency_key=shown.job)
        assert capacities.current(noor.id).id == post.capacity_id
        return shown.job, shown.unconfirmed

    assert spoken() == ("confirmed", False)
    profiles.end_capacity(reader, confirmed.id)
    assert spoken() == ("waits", True)


def test_a_city_that_nobody_confirmed_lights_nothing_and_lights_what_was_said_once_it_is(noor):
    thread = make_thread(noor_space(noor), make_member("Asker"))
    held = hold(noor, city="genk")
    threads.reply(actor(noor), thread.id, body="We did.", idempotency_key="one")
    lit = select(ThreadCity.city).where(ThreadCity.thread_id == thread.id)
    assert (thread.cities, db.session.scalars(lit).all()) == ([], [])
    held.confirmed_at = NOON
    post_store.recount(thread)
    assert (thread.cities, db.session.scalars(lit).all()) == (["genk"], ["genk"])


def noor_space(member):
    """The space that a member belongs to."""
    query = select(Space).join(Membership, Membership.space_id == Space.id)
    return db.session.scalars(query.where(Membership.member_id == member.id)).one()
