"""Devices: found while they are in use, forgotten after two weeks of rest and after thirty days in any case."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.mailing import unread_notices
from forum.domain.mailing.unread_notices import Unread
from forum.domain.people import sessions
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import SignIn
from forum.models.spaces import Audience
from forum.policy.errors import NotFound
from tests.factories import LONG_AGO, actor, join, make_member, make_post, make_space, make_thread
from tests.notices import tell, tell_of

DAY, MOMENT = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def noor(session):
    return make_member("Noor")


def begun(member, device="Browser"):
    with clock.at(LONG_AGO):
        return sessions.begin(member, device=device)


def found(secret, after):
    with clock.at(LONG_AGO + after):
        return sessions.look_up(secret)


def used(secret, *days):
    for day in days:
        with clock.at(LONG_AGO + day * DAY):
            sessions.touch(secret)


def test_a_device_is_signed_out_after_thirty_days_however_often_it_is_used(noor):
    secret = begun(noor)
    used(secret, 10, 20, 29)
    assert found(secret, 30 * DAY - MOMENT).actor.id == noor.id
    assert found(secret, 30 * DAY) is None
    with clock.at(LONG_AGO + 30 * DAY - MOMENT):
        assert len(sessions.devices(actor(noor))) == 1
    with clock.at(LONG_AGO + 30 * DAY):
        assert sessions.devices(actor(noor)) == []


def test_a_device_is_signed_out_after_two_weeks_of_rest(noor):
    secret = begun(noor)
    used(secret, 1)
    assert found(secret, 15 * DAY - MOMENT) is not None
    assert found(secret, 15 * DAY) is None
    with clock.at(LONG_AGO + 15 * DAY - MOMENT):
        assert len(sessions.devices(actor(noor))) == 1
    with clock.at(LONG_AGO + 15 * DAY):
        assert sessions.devices(actor(noor)) == []


def test_being_used_is_noted_once_in_ten_minutes(noor):
    secret = begun(noor)
    assert not found(secret, timedelta(minutes=10)).seen_long_ago
    assert found(secret, timedelta(minutes=10) + MOMENT).seen_long_ago


def test_only_the_secret_of_a_device_finds_it_and_only_its_own_is_touched(noor):
    secret, other = begun(noor), begun(noor, "Telephone")
    assert found(secret[:-1], MOMENT) is None
    used(secret, 1)
    assert found(secret, 14 * DAY) is not None
    assert found(other, 14 * DAY) is None
    rows = db.session.scalars(select(SignIn).order_by(SignIn.id)).all()
    assert secret not in {row.secret_digest for row in rows}
    assert [sessions.is_behind(row, other) for row in rows] == [False, True]
    assert [sessions.is_behind(row, None) for row in rows] == [False, False]


def test_somebody_out_of_good_standing_is_nobody_on_every_device(noor):
    secret = begun(noor)
    noor.suspended_at = LONG_AGO
    db.session.flush()
    assert found(secret, MOMENT) is None
    noor.suspended_at, noor.confirmed_at = None, None
    db.session.flush()
    assert found(secret, MOMENT) is None


def test_one_device_ends_and_only_its_owner_ends_it(noor):
    secret, other = begun(noor), begun(noor, "Telephone")
    with clock.at(LONG_AGO + DAY):
        row = sessions.devices(actor(noor))[1]
        with pytest.raises(NotFound):
            sessions.end(actor(make_member("Karim")), row.id)
        sessions.end(actor(noor), row.id)
        assert row.ended_at == clock.now()
        with pytest.raises(NotFound):
            sessions.end(actor(noor), row.id)
        assert len(sessions.devices(actor(noor))) == 1
    assert found(secret, DAY) is None
    assert found(other, DAY) is not None
    sessions.end_this(other)
    assert found(other, DAY) is None


def test_all_devices_end_but_the_one_in_hand_and_those_of_others(noor):
    karim = make_member("Karim")
    mine, old, strange = begun(noor), begun(noor), begun(karim)
    sessions.end_all(noor.id, but=mine)
    assert [found(secret, DAY) is not None for secret in (mine, old, strange)] == [True, False, True]
    sessions.end_all(noor.id)
    assert [found(secret, DAY) is not None for secret in (mine, old, strange)] == [False, False, True]


def test_the_list_shows_the_device_used_last_first_and_a_name_that_fits(noor):
    begun(noor, "Old"), begun(noor, "New" * 100)
    used(begun(noor, "Latest"), 1)
    with clock.at(LONG_AGO + 2 * DAY):
        names = [row.device for row in sessions.devices(actor(noor))]
    assert names == ["Latest", ("New" * 100)[:120], "Old"]


def test_devices_of_others_are_not_in_the_list_and_what_ended_keeps_its_end(noor):
    secret = begun(noor)
    begun(make_member("Karim"))
    with clock.at(LONG_AGO + DAY):
        (row,) = sessions.devices(actor(noor))
        sessions.end_this(secret)
    with clock.at(LONG_AGO + 2 * DAY):
        sessions.end_all(noor.id)
    db.session.refresh(row)
    assert row.ended_at == LONG_AGO + DAY


def test_a_look_up_counts_what_its_member_may_see_and_nobody_elses(noor):
    gent, elsewhere = make_space("Gent"), make_space("Leuven")
    join(noor, gent)
    sara, out = make_member("Sara", space=elsewhere), make_member("Out")
    seen = make_post(make_thread(gent, noor), sara)
    closed = make_post(make_thread(elsewhere, sara, audience=Audience.SPACE), sara)
    for member in (noor, sara):
        tell_of(member, seen)
        tell_of(member, seen, "followed")
        tell_of(member, closed)
    tell(noor, "capacity_confirmed", shown_at=LONG_AGO + 9 * DAY)
    for member, expected in (
        (noor, Unread(2, 1)),
        (sara, unread_notices.count(actor(sara))),
        (out, Unread()),
    ):
        secret = begun(member)
        with clock.at(LONG_AGO + DAY):
            told = sessions.look_up(secret, counting=True)
            assert told.unread == unread_notices.count(actor(member)) == expected
            assert told.actor == sessions.look_up(secret).actor
            assert told.has_unread == sessions.look_up(secret).has_unread == (member is not out)
    assert sessions.look_up("nobody's", counting=True) is None


def test_the_kinds_of_what_is_unread_are_known_until_there_are_too_many(noor, monkeypatch):
    monkeypatch.setattr(unread_notices, "MOST", 2)
    secret = begun(noor)
    for kind in ("capacity_confirmed", "role_given"):
        tell(noor, kind)
    sessions._look_up.cache_clear()
    with clock.at(LONG_AGO + DAY):
        assert sessions.look_up(secret, counting=True).unread_kinds == {"capacity_confirmed", "role_given"}
        tell(noor, "role_taken")
        assert sessions.look_up(secret, counting=True).unread_kinds is None
    sessions._look_up.cache_clear()
