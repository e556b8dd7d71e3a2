"""Keys of feeds: each opens one feed of one member, once made, and nothing any more once its reason is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.people import accounts, feed_keys, passwords, sessions
from forum.domain.people.feed_keys import Feed
from forum.domain.spaces import guests, memberships
from forum.infra import clock, tokens
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.feeds import FeedKey, FeedKind
from forum.models.spaces import Membership, Role
from forum.policy.errors import Conflict, NotFound
from tests.factories import GOOD, actor, join, make_account, make_member, make_space

LESSONS, THREADS = Feed(FeedKind.LESSONS), Feed(FeedKind.THREADS)


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent")


@pytest.fixture
def aalst(session):
    return make_space("Aalst", city="aalst")


@pytest.fixture
def noor(gent, aalst):
    member = make_member(space=gent)
    join(member, aalst)
    return member


def made(member, feed) -> str:
    return feed_keys.make(actor(member), feed)


def of(space) -> Feed:
    return Feed(FeedKind.SPACE, space.id)


def opens(secret, feed, space=None) -> bool:
    try:
        feed_keys.open_with(secret, feed.kind, space.slug if space else None)
    except NotFound:
        return False
    return True


def test_a_key_opens_the_one_feed_that_it_was_made_for(gent, aalst, noor):
    lessons, in_gent = made(noor, LESSONS), made(noor, of(gent))
    opened = feed_keys.open_with(in_gent, FeedKind.SPACE, gent.slug)
    assert (opened.actor.id, opened.space_id) == (noor.id, gent.id)
    assert opens(lessons, LESSONS)
    for secret, feed, space in (
        (lessons, THREADS, None),
        (lessons, of(gent), gent),
        (in_gent, LESSONS, None),
        (in_gent, of(aalst), aalst),
        ("", LESSONS, None),
        (tokens.random_token(), LESSONS, None),
        ("é\ud800", LESSONS, None),
    ):
        assert not opens(secret, feed, space), (feed, space)
    assert lessons not in str([vars(key) for key in db.session.scalars(db.select(FeedKey))])


def test_nobody_gets_a_key_for_a_space_to_which_they_do_not_belong(gent, aalst, noor):
    stranger = make_member("Karim", space=aalst)
    guest = make_member("Hanne", space=gent, role=Role.GUEST)
    nowhere = make_member("Nowhere")
    for member, feed in (
        (stranger, of(gent)),
        (nowhere, LESSONS),
        (noor, Feed(FeedKind.SPACE, None)),
        (noor, Feed(FeedKind.LESSONS, gent.id)),
    ):
        with pytest.raises(NotFound):
            made(member, feed)
    assert opens(made(guest, of(gent)), of(gent), gent)
    assert opens(made(make_member("Els", network_role=NetworkRole.EDITOR), LESSONS), LESSONS)


def test_a_new_key_takes_the_place_of_the_old_and_is_made_once(noor):
    first = made(noor, LESSONS)
    seen = feed_keys.mark_of(feed_keys.of_member(actor(noor))[LESSONS])
    second = feed_keys.make(actor(noor), LESSONS, seen=seen)
    assert (opens(first, LESSONS), opens(second, LESSONS)) == (False, True)
    for again in (seen, ""):
        with pytest.raises(Conflict):
            feed_keys.make(actor(noor), LESSONS, seen=again)
    assert opens(second, LESSONS)
    feed_keys.end(actor(noor), LESSONS)
    assert not opens(second, LESSONS)
    feed_keys.end(actor(noor), LESSONS)  # and there is nothing left to end


def test_a_key_ends_with_its_membership_for_good(gent, aalst, noor):
    chief = make_member("Wouter", space=gent, role=Role.MODERATOR)
    in_gent, in_aalst, lessons = made(noor, of(gent)), made(noor, of(aalst)), made(noor, LESSONS)
    memberships.set_role(actor(chief), gent.id, noor.id, role=Role.GUEST)
    assert opens(in_gent, of(gent), gent)  # another role is no end
    memberships.remove(actor(chief), gent.id, noor.id, reason="Works elsewhere now.")
    assert (opens(in_gent, of(gent), gent), opens(in_aalst, of(aalst), aalst), opens(lessons, LESSONS)) == (
        False,
        True,
        True,
    )
    memberships.grant(chief.id, noor.id, gent.id, Role.MEMBER)
    assert not opens(in_gent, of(gent), gent)
    assert opens(made(noor, of(gent)), of(gent), gent)


def test_who_belongs_nowhere_has_no_feed_of_the_network_any_more(gent):
    chief = make_member("Wouter", space=gent, role=Role.MODERATOR)
    noor, editor = make_member(space=gent), make_member("Els", space=gent, network_role=NetworkRole.EDITOR)
    lessons, of_editor = made(noor, LESSONS), made(editor, LESSONS)
    for member in (noor, editor):
        memberships.remove(actor(chief), gent.id, member.id, reason="Works elsewhere now.")
    assert (opens(lessons, LESSONS), opens(of_editor, LESSONS)) == (False, True)
    memberships.grant(chief.id, noor.id, gent.id, Role.MEMBER)
    assert not opens(lessons, LESSONS)


def test_a_guest_whose_time_is_over_reads_nothing_at_that_moment_and_never_again(gent):
    guest = make_member("Hanne")
    memberships.grant(None, guest.id, gent.id, Role.GUEST, ends_at=clock.now() + timedelta(days=2))
    secret, lessons = made(guest, of(gent)), made(guest, LESSONS)
    assert opens(secret, of(gent), gent)
    with clock.at(clock.now() + timedelta(days=3)):
        assert (opens(secret, of(gent), gent), opens(lessons, LESSONS)) == (False, False)
        guests.close_batch()
        memberships.grant(None, guest.id, gent.id, Role.MEMBER)
        assert (opens(secret, of(gent), gent), opens(lessons, LESSONS)) == (False, False)


def test_a_suspension_a_new_password_and_the_end_of_all_sessions_end_it(session, gent):
    admin = make_member("Bas", network_role=NetworkRole.ADMIN)
    noor = make_account(email="noor@city.test", name="Noor", password=GOOD)
    join(noor, gent)
    secret = made(noor, LESSONS)
    accounts.suspend(actor(admin), noor.id, reason="Somebody else used it.")
    assert not opens(secret, LESSONS)
    accounts.readmit(actor(admin), noor.id, reason="It is hers again.")
    assert not opens(secret, LESSONS)
    secret = made(noor, LESSONS)
    new = passwords.new_by_current(actor(noor), current=GOOD, password=f"{GOOD} en wind")
    passwords.change(new, secret=None)
    assert not opens(secret, LESSONS)
    db.session.refresh(noor)
    secret = made(noor, LESSONS)
    sessions.end_all(noor.id, but="this device")
    assert not opens(secret, LESSONS)
    secret = made(noor, LESSONS)
    noor.password_stamp = tokens.random_token(16)  # as a restored copy does to everybody
    db.session.flush()
    assert not opens(secret, LESSONS)
    assert feed_keys.of_member(actor(noor)) == {}
    assert opens(made(noor, LESSONS), LESSONS)


def test_no_key_is_made_for_who_was_suspended_or_left_since_the_form_was_opened(noor, gent):
    stands = actor(noor)
    noor.suspended_at = clock.now()
    db.session.flush()
    with pytest.raises(NotFound):
        feed_keys.make(stands, LESSONS)
    noor.suspended_at = None
    for membership in db.session.scalars(select(Membership).where(Membership.space_id == gent.id)):
        membership.ended_at = clock.now()
    db.session.flush()
    with pytest.raises(NotFound):
        feed_keys.make(stands, of(gent))
    assert feed_keys.make(stands, LESSONS)


@pytest.mark.parametrize("begins", ["elsewhere", "the network"])
def test_a_role_elsewhere_before_the_row_is_closed_gives_no_lost_key_back(gent, aalst, begins):
    guest, other = make_member("Hanne"), make_member("Noor", space=aalst)
    memberships.grant(None, guest.id, gent.id, Role.GUEST, ends_at=clock.now() + timedelta(days=2))
    secret, threads, of_other = made(guest, of(gent)), made(guest, THREADS), made(other, THREADS)
    with clock.at(clock.now() + timedelta(days=3)):
        if begins == "elsewhere":
            memberships.grant(None, guest.id, aalst.id, Role.MEMBER)
        else:
            accounts.appoint(guest.id, NetworkRole.EDITOR)
        assert (opens(secret, of(gent), gent), opens(threads, THREADS)) == (False, False)
        fresh = made(guest, THREADS)
        guests.close_batch()
        assert (opens(fresh, THREADS), opens(of_other, THREADS)) == (True, True)


def test_a_second_role_ends_no_key_of_the_first(gent, aalst, noor):
    in_gent, lessons = made(noor, of(gent)), made(noor, LESSONS)
    memberships.grant(None, noor.id, make_space("Genk", city="genk").id, Role.GUEST)
    memberships.grant(None, noor.id, gent.id, Role.MODERATOR)
    accounts.appoint(noor.id, NetworkRole.EDITOR)
    assert (opens(in_gent, of(gent), gent), opens(lessons, LESSONS)) == (True, True)
