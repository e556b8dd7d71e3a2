"""Administrators hear once where nobody was there for a day for what waits in a space, and nothing of what that is."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.desk import long_unattended
from forum.domain.moderation import hiding, objections
from forum.domain.spaces import absences, deputies, unmoderated
from forum.domain.spaces.absences import Days
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import calendar, letters
from forum.jobs.letter_content import NothingToSend
from forum.models.accounts import NetworkAppointment, NetworkRole
from forum.models.mail import OutgoingMail
from forum.models.nobody_there import UnattendedSpace
from forum.models.spaces import Role
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.letter_check import parts
from tests.notices import react, told

pytestmark = pytest.mark.both_databases
DAY, HOUR, KIND = timedelta(days=1), timedelta(hours=1), "space_unattended"


@pytest.fixture
def adem():
    return make_member("Adem", network_role=NetworkRole.ADMIN, locale="en")


def look(later=timedelta()):
    """Let the calendar look, twice as after a restart, and the worker tell."""
    with clock.at(clock.now() + later):
        calendar.look_at_spaces()
        calendar.look_at_spaces()
        react()


def heard():
    return [name for name, kind in told() if kind == KIND]


def mails():
    query = select(OutgoingMail).where(OutgoingMail.kind == KIND).order_by(OutgoingMail.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def words(mail):
    message = letters.letter_for(mail).message
    plain, _html = parts(message)
    return message["Subject"], plain


def test_it_is_told_after_a_day_once_and_anew_the_next_time(gent, leen, moderator, adem):
    make_member("Els", space=make_space("Genk", city="genk"), role=Role.MODERATOR)
    look()
    moderator.suspended_at = clock.now()
    for later, names in ((HOUR, []), (24 * HOUR, []), (25 * HOUR, ["Adem"]), (9 * DAY, ["Adem"])):
        look(later)
        assert heard() == names, later
    assert [one.member_id for one in mails()] == [adem.id]
    subject, plain = words(mails()[0])
    assert subject == "Nobody is there to moderate Gent"
    assert f"/admin/spaces#space-{gent.id}\n" in plain
    unmoderated.name(actor(adem), gent.id, handle=leen.handle)
    look(10 * DAY)
    assert heard() == [], "it is no longer so"
    leen.suspended_at = clock.now()
    look(11 * DAY)
    assert len(mails()) == 1
    look(12 * DAY)
    assert (heard(), len(mails())) == (["Adem"], 2)


def test_many_spaces_on_one_day_are_one_letter(gent, leen, moderator, adem):
    empty = [make_space(f"Space {number}") for number in range(long_unattended.FEW)]
    moderator.suspended_at = clock.now()
    look()
    look(25 * HOUR)
    assert [one.member_id for one in mails()] == [adem.id]
    with clock.at(clock.now() + 25 * HOUR):
        subject, plain = words(mails()[0])
        assert (subject, "3 other spaces stand in the same list" in plain) == (
            "Nobody is there to moderate Gent",
            True,
        )
        unmoderated.name(actor(adem), gent.id, handle=leen.handle)
        assert words(mails()[0])[0] == f"Nobody is there to moderate {empty[0].name}"


def test_nothing_is_told_where_somebody_is_there_within_the_day(gent, leen, moderator, adem):
    moderator.suspended_at = clock.now()
    look()
    unmoderated.name(actor(adem), gent.id, handle=leen.handle)
    look(23 * HOUR)
    leen.suspended_at = clock.now()
    look(25 * HOUR)
    assert (heard(), mails()) == ([], []), "the day begins anew"


@pytest.mark.parametrize(
    "told_before", [False, True], ids=["before the worker tells", "before the letter leaves"]
)
def test_somebody_who_comes_before_it_is_sent_stops_it(gent, leen, moderator, adem, told_before):
    moderator.suspended_at = clock.now()
    calendar.look_at_spaces()
    with clock.at(clock.now() + 25 * HOUR):
        calendar.look_at_spaces()
        if told_before:
            react()
        unmoderated.name(actor(adem), gent.id, handle=leen.handle)
        react()
        if told_before:
            with pytest.raises(NothingToSend):
                letters.letter_for(mails()[0])
        else:
            assert (heard(), mails()) == ([], [])


def test_all_who_are_away_without_a_deputy_are_said_to_be_away(gent, leen, moderator, adem):
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    absences.say(actor(moderator), Days(days.today(), days.today() + 9 * DAY))
    look()
    look(2 * DAY)
    assert heard() == [], "Leen stands in"
    deputies.end(actor(moderator), gent.id)
    look(2 * DAY)
    look(3 * DAY)
    assert heard() == ["Adem"]
    with clock.at(clock.now() + 3 * DAY):
        _subject, plain = words(mails()[0])
    assert "all moderators of Gent are away, and it has no deputy" in plain
    assert "Ask one of them to name a deputy" in plain


def test_of_what_waits_for_nobody_only_the_number_is_told(gent, leen, moderator, adem):
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    post = make_post(make_thread(gent, moderator, title="A street"), leen, "My neighbour Jan.")
    hiding.hide(actor(moderator), post.id, reason="A name.")
    objections.make(actor(leen), post.id, words="It is not.")
    look()
    look(25 * HOUR)
    subject, plain = words(mails()[0])
    assert subject == "Something waits in Gent for which nobody is there"
    assert "1 thing waits in Gent" in plain
    for secret in ("Jan", "A name", "It is not", "street", "Leen", moderator.name):
        assert secret not in subject + plain


def test_only_administrators_hear_it_as_long_as_they_are(gent, leen, moderator, adem):
    make_member("Edie", network_role=NetworkRole.EDITOR)
    moderator.suspended_at = clock.now()
    look()
    look(25 * HOUR)
    assert heard() == ["Adem"]
    row = db.session.scalars(select(UnattendedSpace)).one()
    assert long_unattended.told(leen, str(row.id)) is None
    assert long_unattended.told(adem, str(row.id)).id == gent.id
    db.session.execute(update(NetworkAppointment).values(ended_at=clock.now()))
    with pytest.raises(NothingToSend):
        letters.letter_for(mails()[0])
