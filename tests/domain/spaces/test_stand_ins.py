"""The deputy of a space is told once when none of its moderators is there: from which day to which, and for what."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.inbox import notices as inbox
from forum.domain.spaces import absences, deputies, memberships, stand_ins
from forum.domain.spaces.absences import Days
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, letters
from forum.jobs.letter_content import NothingToSend
from forum.models.events import Event
from forum.models.mail import OutgoingMail
from forum.models.nobody_there import StandIn
from forum.models.spaces import Membership, Role
from tests.factories import actor, make_member, make_space
from tests.letter_check import parts
from tests.notices import react, told

pytestmark = pytest.mark.both_databases
DAY, KIND = timedelta(days=1), "deputy_stands_in"


def ahead(first: int, last: int) -> Days:
    today = days.today()
    return Days(today + first * DAY, today + last * DAY)


@pytest.fixture
def noor(gent, moderator):
    """She is the deputy of the only moderator."""
    found = make_member("Noor", space=gent, locale="en")
    deputies.name(actor(moderator), gent.id, handle=found.handle)
    react()
    return found


def look(later=timedelta()) -> None:
    """Let the calendar look, twice as after a restart, and the worker tell."""
    with clock.at(clock.now() + later):
        calendar.look_at_spaces()
        calendar.look_at_spaces()
        react()


def mails() -> list[OutgoingMail]:
    query = select(OutgoingMail).where(OutgoingMail.kind == KIND).order_by(OutgoingMail.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def heard() -> list[str]:
    """Who was told at home that they stand in, each of whom has one letter for it."""
    return [name for name, kind in told() if kind == KIND]


def test_she_hears_it_on_the_first_day_and_once(gent, moderator, noor):
    absences.say(actor(moderator), ahead(2, 9))
    for later, names in ((0, []), (1, []), (2, ["Noor"]), (3, ["Noor"]), (9, ["Noor"]), (10, [])):
        look(later * DAY)
        assert heard() == names, later
        assert [one.member_id for one in mails()] == ([noor.id] if later > 1 else [])
    row = db.session.scalars(select(StandIn)).one()
    assert (row.first_day, row.last_day) == ahead(2, 9)
    assert row.ended_at is not None


def test_the_letter_says_until_when_where_and_what_she_may(gent, moderator, noor):
    absences.say(actor(moderator), ahead(0, 6))
    look()
    message = letters.letter_for(mails()[0]).message
    plain, html = parts(message)
    assert message["Subject"] == "You stand in for the moderators of Gent"
    first, last = (day.strftime("%-d %B %Y") for day in ahead(0, 6))
    assert f"from {first} up to and including {last} all moderators of Gent are away" in plain
    assert "you decide on posts that readers report, and on posts that wait before they appear" in plain
    assert f"/spaces/{gent.slug}/reports\n" in plain
    assert moderator.name not in plain + html


def test_a_last_day_that_changes_is_told_as_it_is_and_not_again(gent, moderator, noor):
    absences.say(actor(moderator), ahead(0, 6))
    look()
    absences.say(actor(moderator), ahead(0, 3))
    look(DAY)
    last = ahead(0, 3).last
    assert last.strftime("%-d %B %Y") in parts(letters.letter_for(mails()[0]).message)[0]
    lines = [line for group in inbox.page(actor(noor)).rows for line in group.lines]
    assert [line.stands_in.last for line in lines if line.kind == KIND] == [last]
    assert (len(mails()), heard()) == (1, ["Noor"])


def test_nothing_is_told_while_one_moderator_is_there(gent, moderator, noor):
    els = make_member("Els", space=gent, role=Role.MODERATOR)
    absences.say(actor(moderator), ahead(0, 6))
    look()
    assert (heard(), mails(), db.session.scalars(select(StandIn)).all()) == ([], [], [])
    absences.say(actor(els), ahead(0, 3))
    look()
    assert heard() == ["Noor"]
    assert db.session.scalars(select(StandIn.last_day)).one() == ahead(0, 3).last, "Els is back first"


def loses_the_role(els, moderator, gent):
    memberships.set_role(actor(moderator), gent.id, els.id, role=Role.MEMBER)


def suspended(els, moderator, gent):
    els.suspended_at = clock.now()


@pytest.mark.parametrize("gone", [loses_the_role, suspended], ids=lambda one: one.__name__)
def test_it_is_told_when_the_last_who_was_there_no_longer_moderates(gent, moderator, noor, gone):
    els = make_member("Els", space=gent, role=Role.MODERATOR)
    absences.say(actor(moderator), ahead(0, 6))
    look()
    assert heard() == []
    gone(els, moderator, gent)
    look()
    assert heard() == ["Noor"]


def test_whoever_is_named_meanwhile_is_told_and_not_who_was(gent, moderator, noor):
    absences.say(actor(moderator), ahead(0, 6))
    look()
    kim = make_member("Kim", space=gent)
    with clock.at(clock.now() + 2 * DAY):
        deputies.name(actor(moderator), gent.id, handle=kim.handle)
    look(2 * DAY)
    assert heard() == ["Kim"], "what Noor did not read yet is no longer so"
    rows = db.session.scalars(select(StandIn).order_by(StandIn.id)).all()
    assert [(row.member_id, row.ended_at is None) for row in rows] == [(noor.id, False), (kim.id, True)]
    with pytest.raises(NothingToSend):
        letters.letter_for(mails()[0])
    assert letters.letter_for(mails()[1])


def test_a_space_without_any_moderator_has_no_last_day(gent, moderator, noor):
    moderator.suspended_at = clock.now()
    look()
    assert heard() == ["Noor"]
    assert db.session.scalars(select(StandIn.last_day)).one() is None
    plain, _html = parts(letters.letter_for(mails()[0]).message)
    assert "on nobody moderates Gent. You are its deputy" in plain
    moderator.suspended_at = None
    look(timedelta(minutes=5))
    assert heard() == []


@pytest.mark.parametrize(
    "told_before", [False, True], ids=["before the worker tells", "before the letter leaves"]
)
def test_whoever_is_back_before_it_is_sent_is_not_announced(gent, moderator, noor, told_before):
    absences.say(actor(moderator), ahead(0, 6))
    calendar.look_at_spaces()
    if told_before:
        react()
        assert heard() == ["Noor"]
    absences.end(actor(moderator))
    if told_before:
        with pytest.raises(NothingToSend):
            letters.letter_for(mails()[0])
    else:
        react()
        assert (heard(), mails()) == ([], [])
        assert db.session.scalars(select(StandIn.ended_at)).one() is not None
    absences.say(actor(moderator), ahead(0, 2))
    look(timedelta(minutes=5))
    assert heard() == ["Noor"], "the next time is told"
    absences.end(actor(moderator))
    look(timedelta(minutes=10))
    assert heard() == []


def leaves(noor, gent):
    where = (Membership.member_id == noor.id, Membership.space_id == gent.id)
    db.session.execute(update(Membership).where(*where).values(ended_at=clock.now()))


def is_suspended(noor, gent):
    noor.suspended_at = clock.now()


@pytest.mark.parametrize("gone", [leaves, is_suspended], ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    "told_before", [False, True], ids=["before the worker tells", "before the letter leaves"]
)
def test_whoever_may_no_longer_read_the_space_hears_nothing(gent, moderator, noor, gone, told_before):
    kim = make_member("Kim", space=make_space("Aalst", city="aalst"))
    absences.say(actor(moderator), ahead(0, 6))
    calendar.look_at_spaces()
    if told_before:
        react()
    gone(noor, gent)
    db.session.commit()
    react()
    if told_before:
        with pytest.raises(NothingToSend):
            letters.letter_for(mails()[0])
        row = db.session.scalars(select(StandIn)).one()
        assert stand_ins.told(kim, row.id) is None
    else:
        assert (heard(), mails()) == ([], [])
    assert inbox.page(actor(kim)).rows == []


def test_an_event_that_is_done_again_tells_nobody_twice(gent, moderator, noor):
    absences.say(actor(moderator), ahead(0, 6))
    look()
    db.session.execute(update(Event).values(handled_at=None, next_try_at=clock.now()))
    react()
    assert (heard(), len(mails())) == (["Noor"], 1)
