"""Guests with an end: who may choose it, what becomes of it, who is told, and that each end is told and closed once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from forum.domain.doctor import work
from forum.domain.people import mail_links
from forum.domain.spaces import guests, invitations, join_requests, memberships
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import force_locale
from forum.jobs import calendar
from forum.models.accounts import NetworkRole
from forum.models.moderation import ModerationAction
from forum.models.notifications import Notification
from forum.models.spaces import Membership, Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from forum.policy.visibility import visible
from tests.factories import LONG_AGO, actor, join, make_member, make_space
from tests.notices import react

DAY = timedelta(days=1)


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent")


@pytest.fixture
def mia(gent):
    return make_member("Mia", space=gent, role=Role.MODERATOR)


@pytest.fixture
def gast(gent, mia):
    return make_member("Gast", space=gent, role=Role.GUEST)


def role_of(member, space):
    query = select(Membership).where(Membership.member_id == member.id, Membership.space_id == space.id)
    return db.session.scalars(query.order_by(Membership.id.desc())).first()


def told():
    rows = db.session.scalars(select(Notification).order_by(Notification.id))
    return [(row.member_id, row.kind) for row in rows]


WHO = {
    "guest": (lambda gent: make_member("G", space=gent, role=Role.GUEST), Forbidden),
    "member": (lambda gent: make_member("M", space=gent), Forbidden),
    "pending": (lambda gent: make_member("P", space=gent, role=Role.MODERATOR, approved_at=None), NotFound),
    "elsewhere": (lambda gent: make_member("E", space=make_space("Aalst", city="aalst")), Forbidden),
    "moderator elsewhere": (
        lambda gent: make_member("O", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR),
        Forbidden,
    ),
    "editor": (lambda gent: make_member("R", network_role=NetworkRole.EDITOR), Forbidden),
    "moderator": (lambda gent: make_member("W", space=gent, role=Role.MODERATOR), None),
}


@pytest.mark.parametrize("who", WHO)
def test_only_a_moderator_of_the_space_chooses_the_end_and_it_is_logged(gent, gast, who):
    make, refused = WHO[who]
    person, until = make(gent), days.today() + 30 * DAY
    if refused is not None:
        with pytest.raises(refused):
            memberships.set_end(actor(person), gent.id, gast.id, until=until)
        assert role_of(gast, gent).ends_at is None
        return
    with force_locale("en"):
        memberships.set_end(actor(person), gent.id, gast.id, until=until)
        memberships.set_end(actor(person), gent.id, gast.id, until=until)
        assert guests.last_day(role_of(gast, gent).ends_at) == until
        memberships.set_end(actor(person), gent.id, gast.id, until=None)
    assert role_of(gast, gent).ends_at is None
    lines = db.session.scalars(select(ModerationAction.reason).order_by(ModerationAction.id)).all()
    assert [line.startswith("from guest without an end to guest until") for line in lines] == [True, False]
    assert lines[1].endswith("to guest without an end"), "the same day again is no change"


def test_a_former_guest_and_one_whose_time_is_over_choose_nothing_and_are_not_there(gent, mia, gast):
    role_of(gast, gent).ends_at = clock.now() - timedelta(seconds=1)
    db.session.flush()
    with pytest.raises((NotFound, Forbidden)):
        memberships.set_end(actor(gast), gent.id, gast.id, until=None)
    for change in (
        lambda: memberships.set_end(actor(mia), gent.id, gast.id, until=None),
        lambda: memberships.set_role(actor(mia), gent.id, gast.id, role=Role.MEMBER),
        lambda: memberships.remove(actor(mia), gent.id, gast.id, reason="over"),
    ):
        with pytest.raises(NotFound):
            change()
    suspended = make_member("S", space=gent, role=Role.MODERATOR)
    who = actor(suspended)
    suspended.suspended_at = LONG_AGO
    db.session.flush()
    with pytest.raises(NotFound):
        memberships.set_end(who, gent.id, gast.id, until=None)


def test_who_is_a_full_member_has_no_end_and_gets_none(gent, mia, gast):
    memberships.set_end(actor(mia), gent.id, gast.id, until=days.today() + DAY)
    memberships.set_role(actor(mia), gent.id, gast.id, role=Role.MEMBER)
    assert role_of(gast, gent).ends_at is None
    with pytest.raises(Conflict):
        memberships.set_end(actor(mia), gent.id, gast.id, until=days.today() + DAY)
    memberships.set_role(actor(mia), gent.id, gast.id, role=Role.GUEST)
    memberships.set_end(actor(mia), gent.id, gast.id, until=days.today() + DAY)
    memberships.grant(mia.id, gast.id, gent.id, Role.MEMBER)
    assert (role_of(gast, gent).role, role_of(gast, gent).ends_at) == (Role.MEMBER, None)


@pytest.mark.parametrize("until", [date(2020, 1, 1), date(9999, 12, 31)])
def test_a_day_that_is_over_or_far_away_is_refused(gent, mia, gast, until):
    who = actor(mia)
    request = join_requests.request_to_join(
        actor(make_member("Vraag", space=make_space("Aalst", city="aalst"))), gent.id
    )
    for attempt in (
        lambda: memberships.set_end(who, gent.id, gast.id, until=until),
        lambda: invitations.invite(who, gent.id, email="a@b.example", role=Role.GUEST, until=until),
        lambda: join_requests.answer(who, request.id, role=Role.GUEST, until=until),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert refused.value.field == "until"
    memberships.set_end(who, gent.id, gast.id, until=days.today())
    assert role_of(gast, gent).ends_at == days.end_of(days.today()), "today itself is the last day"


def test_an_invitation_gives_its_end_and_a_shorter_one_never_shortens_what_somebody_has(gent, mia):
    until = days.today() + 10 * DAY
    sent = invitations.invite(actor(mia), gent.id, email="gast@b.example", role=Role.GUEST, until=until)
    assert sent.expires_at == days.end_of(until), "it opens nothing after the day that it promises"
    member = make_member("Nieuw", email="gast@b.example", space=make_space("Aalst", city="aalst"))
    invitations.accept_as(actor(member), mail_links.invitation_token(sent))
    assert guests.last_day(role_of(member, gent).ends_at) == until
    memberships.grant(mia.id, member.id, gent.id, Role.GUEST, ends_at=days.end_of(until - DAY))
    assert guests.last_day(role_of(member, gent).ends_at) == until
    memberships.grant(mia.id, member.id, gent.id, Role.GUEST, ends_at=days.end_of(until + DAY))
    assert guests.last_day(role_of(member, gent).ends_at) == until + DAY
    full = invitations.invite(actor(mia), gent.id, email="vol@b.example", role=Role.MEMBER, until=until)
    assert (full.ends_at, full.expires_at) == (None, full.invited_at + invitations.GOOD_FOR)


@pytest.mark.parametrize("is_closed", [False, True])
def test_who_was_a_guest_can_be_invited_ask_and_come_in_again_whether_or_not_the_row_is_closed(
    gent, mia, is_closed
):
    gast = make_member("Gast", space=gent, role=Role.GUEST)
    join(gast, make_space("Aalst", city="aalst"))
    ends_at = clock.now() + DAY
    role_of(gast, gent).ends_at = ends_at
    db.session.flush()
    with pytest.raises(Invalid):
        invitations.invite(actor(mia), gent.id, email=gast.email, role=Role.GUEST)
    with clock.at(ends_at + DAY):
        if is_closed:
            assert guests.close_batch() == 1
        sent = invitations.invite(actor(mia), gent.id, email=gast.email, role=Role.GUEST)
        invitations.withdraw(actor(mia), sent.id)
        request = join_requests.request_to_join(actor(gast), gent.id)
        join_requests.answer(actor(mia), request.id, role=Role.GUEST)
        assert actor(gast).roles[gent.id] == Role.GUEST
        rows = db.session.scalars(
            select(Membership).where(Membership.member_id == gast.id, Membership.space_id == gent.id)
        ).all()
        assert sorted((row.ended_at, row.ends_at) for row in rows if row.ended_at) == [(ends_at, ends_at)]
        assert [row.ends_at for row in rows if row.ended_at is None] == [None]


def test_a_week_before_and_at_the_end_guest_and_moderators_are_told_once_and_the_row_is_closed_once(
    gent, mia, gast
):
    other = make_member("Lid", space=gent)
    ends_at = role_of(gast, gent).ends_at = clock.now() + 30 * DAY
    db.session.commit()
    for moment, expected in (
        (ends_at - 8 * DAY, []),
        (ends_at - 6 * DAY, [(gast.id, "role_ends"), (mia.id, "guest_ends")]),
        (ends_at - timedelta(seconds=1), []),
        (ends_at, [(gast.id, "role_over"), (mia.id, "guest_over")]),
        (ends_at + DAY, []),
    ):
        before = told()
        with clock.at(moment):
            for _twice in range(2):
                calendar.look_at_guests()
                react()
            assert sorted(told()[len(before) :]) == sorted(expected), moment
    row = role_of(gast, gent)
    assert (row.ended_at, row.ended_by_id) == (ends_at, None)
    assert other.id not in {member_id for member_id, _kind in told()}
    with clock.at(ends_at + DAY):
        kinds = visible(Notification, actor(mia), Notification.kind)
        assert set(db.session.scalars(kinds)) == {"guest_ends", "guest_over"}
        memberships.set_role(
            actor(make_member("B", space=gent, role=Role.MODERATOR)), gent.id, mia.id, role=Role.MEMBER
        )
        assert set(db.session.scalars(kinds)) == set(), "who belonged to it is for its moderators"


def test_a_guest_who_got_more_time_meanwhile_is_not_told_of_an_end(gent, mia, gast):
    role_of(gast, gent).ends_at = clock.now() + 30 * DAY
    db.session.commit()
    with clock.at(clock.now() + 25 * DAY):
        calendar.look_at_guests()
        memberships.set_end(actor(mia), gent.id, gast.id, until=days.today() + 60 * DAY)
        db.session.commit()
        react()
    assert told() == []


def test_who_was_let_in_again_is_not_told_that_they_read_no_more(gent, mia, gast):
    role_of(gast, gent).ends_at = clock.now() + 30 * DAY
    db.session.commit()
    with clock.at(clock.now() + 31 * DAY):
        memberships.grant(mia.id, gast.id, gent.id, Role.MEMBER)
        db.session.commit()
        react()
    assert not {kind for _member, kind in told()} & {"role_over", "guest_over"}


def test_the_doctor_finds_rows_that_stayed_open_for_an_hour(gent, gast):
    role = role_of(gast, gent)
    role.ends_at = clock.now() - timedelta(minutes=59)
    db.session.flush()
    assert list(work.guests_over()) == []
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert [found.ids for found in work.guests_over()] == [(role.id,)]
        guests.close_batch()
        assert list(work.guests_over()) == []
