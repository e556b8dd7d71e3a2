"""What somebody does is of their own day; what is about a space or the network is of the day of the forum."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from forum.domain.lessons import ageing, library, reports
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.workbench.queues import due_for_review
from forum.domain.lessons.workbench.queues.window import Window
from forum.domain.people import accounts, capacities, profiles
from forum.domain.spaces import memberships, roster
from forum.domain.threads import lists, threads
from forum.domain.threads import page as thread_page
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level
from forum.models.threads import Post
from forum.policy.errors import Invalid
from tests.factories import actor, make_member, make_thread
from tests.lesson_scenario import build
from tests.speaking import confirmed_cities
from tests.sweeps import few_of

ZONES = ("Pacific/Auckland", "Europe/Brussels", "America/New_York")
# Moments in UTC just before and just after the midnight of Brussels, and the day that it then is in each of ZONES: at a
# month's end, at a year's end, and in the nights on which the clock of Brussels goes forward and back.
NIGHTS = {
    "2026-11-30T22:59:59": ("2026-12-01", "2026-11-30", "2026-11-30"),
    "2026-11-30T23:00:00": ("2026-12-01", "2026-12-01", "2026-11-30"),
    "2026-12-31T22:59:59": ("2027-01-01", "2026-12-31", "2026-12-31"),
    "2026-12-31T23:00:00": ("2027-01-01", "2027-01-01", "2026-12-31"),
    "2027-03-27T23:00:00": ("2027-03-28", "2027-03-28", "2027-03-27"),
    "2027-03-28T21:59:59": ("2027-03-29", "2027-03-28", "2027-03-28"),
    "2027-03-28T22:00:00": ("2027-03-29", "2027-03-29", "2027-03-28"),
    "2027-10-30T22:00:00": ("2027-10-31", "2027-10-31", "2027-10-30"),
    "2027-10-31T22:59:59": ("2027-11-01", "2027-10-31", "2027-10-31"),
    "2027-10-31T23:00:00": ("2027-11-01", "2027-11-01", "2027-10-31"),
}
FEW = ("2026-11-30T22:59:59", "2026-11-30T23:00:00", "2027-03-28T22:00:00", "2027-10-31T22:59:59")
DAY = timedelta(days=1)


@pytest.fixture(params=few_of(NIGHTS, *FEW))
def own_days(request):
    """Stops the clock; the day of each zone at that moment."""
    with clock.at(datetime.fromisoformat(request.param).replace(tzinfo=UTC)):
        yield dict(zip(ZONES, map(date.fromisoformat, NIGHTS[request.param]), strict=True))


def capacity(member, function, starts_on, ends_on=None):
    return capacities.add(
        member.id,
        function=function,
        level=Level.FIELD,
        body=Body.CITY,
        city="gent",
        starts_on=starts_on,
        ends_on=ends_on,
        confirmation=Confirmation.OPERATOR,
    )


def set_last_day(thread, day):
    """Let the capacity in which a thread was opened end on that day."""
    opening = select(Post.capacity_id).where(Post.thread_id == thread.id, Post.number == 1).scalar_subquery()
    db.session.execute(update(Capacity).where(Capacity.id == opening).values(ends_on=day))


def test_a_capacity_begins_speaks_and_ends_on_the_members_own_day(session, own_days, gent):
    for zone, day in own_days.items():
        member = make_member("Noor", space=gent, timezone=zone)
        db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
        who = actor(member)
        common = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "city": "gent"}
        with pytest.raises(Invalid) as refused:
            profiles.add_capacity(who, **common, starts_on=day + DAY)
        assert refused.value.field == "starts_on"
        added = profiles.add_capacity(who, **common, starts_on=day)
        thread = make_thread(gent, make_member("Asker", space=gent))
        assert threads.reply(who, thread.id, body="We did.", idempotency_key=zone).capacity_id == added.id
        assert profiles.end_capacity(who, added.id).ends_on == day


def test_the_form_of_a_reply_says_the_capacity_that_the_reply_is_signed_with(session, own_days, gent):
    thread = make_thread(gent, make_member("Asker", space=gent))
    for zone, day in own_days.items():
        member = make_member("Noor", space=gent, timezone=zone)
        db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
        capacity(member, "until today", day - 9 * DAY, day)
        capacity(member, "from tomorrow", day + DAY)
        who = actor(member)
        shown = thread_page.page(who, thread.id).speaks_as
        signed = threads.reply(who, thread.id, body="We did.", idempotency_key=zone).capacity_id
        assert (shown.job, shown.former) == ("until today", False)
        assert db.session.get_one(Capacity, signed).function == shown.job


def test_who_speaks_how_in_a_space_is_of_the_day_of_the_forum(session, own_days, gent, moderator):
    today = own_days["Europe/Brussels"]
    for person in (moderator, author := make_member("Noor", space=gent)):
        capacity(person, "until today", today - 9 * DAY, today)
        capacity(person, "from tomorrow", today + DAY)
    thread = make_thread(gent, author)
    for zone in ZONES:
        reader = actor(make_member("Kim", space=gent, timezone=zone))
        listed = {row.name: row.byline.job for row in roster.members(reader, gent.id).rows}
        shown = [line.job for line in memberships.moderators(reader, gent.id)]
        assert (listed["Noor"], shown) == ("until today", ["until today"])
        for ends_on, former in ((today, False), (today - DAY, True)):
            set_last_day(thread, ends_on)
            (card,) = lists.latest(reader).rows
            (post,) = thread_page.page(reader, thread.id).posts
            assert (card.author.former, post.author.former) == (former, former)
    assert confirmed_cities([author.id]) == {author.id: {"gent"}}


def test_a_lesson_is_published_and_looked_at_again_on_days_of_the_forum(session, own_days):
    scenario, today = build(), own_days["Europe/Brussels"]
    lesson = scenario.published()
    assert lesson.review_on == today + ageing.review_after()
    assert lesson.public_id.startswith(f"les-{today.year}-")
    for zone in ZONES:
        scenario.curator.timezone = zone
        who = scenario.actor("curator")
        for review_on, overdue in ((today, False), (today - DAY, True)):
            lesson.review_on = review_on
            db.session.flush()
            assert lesson_page.page(who, lesson.public_id).overdue is overdue
            assert library.page(who).rows[0].overdue is overdue
            due = due_for_review.of(who, Window()).items
            assert [one.id for one in due] == ([lesson.id] if overdue else [])


def test_a_report_is_made_in_the_capacity_of_its_day(session, own_days):
    scenario = build()
    lesson = scenario.published()
    today = own_days["Europe/Brussels"]
    reporter = make_member("Noor", city="gent")
    capacity(reporter, "since today", today)
    report = reports.record(
        lesson.id, city="gent", reporter_id=reporter.id, outcome="worked", reported_on=days.today()
    )
    assert db.session.get_one(Capacity, report.capacity_id).function == "since today"


def test_a_newcomer_has_the_time_zone_of_the_forum(session, app, monkeypatch):
    monkeypatch.setitem(app.config, "TIMEZONE", "Pacific/Auckland")
    assert accounts.create(email="an@people.test", name="An").timezone == "Pacific/Auckland"
