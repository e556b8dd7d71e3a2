"""Asking for access: one answer for everybody, and whoever reads the mailbox decides which request is confirmed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.people import accounts, mail_links, passwords
from forum.domain.people.mail_links import LinkExpired
from forum.domain.spaces import access_requests, invitations, join_requests
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.events import Event
from forum.models.spaces import AccessRequest, JoinRequest, Role, SpaceKind
from forum.policy.errors import Invalid
from tests.factories import GOOD, actor, ask_for_access, confirm_access, make_account, make_member, make_space

OWNER, STRANGER = "drie fietsen in de regen", "a password of an impostor"
EMAIL = "karim@city.test"


def member(email=EMAIL):
    return db.session.scalars(select(Member).where(Member.email == email)).one()


def told():
    return [(e.name, e.payload) for e in db.session.scalars(select(Event).order_by(Event.id))]


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def fits(password):
    try:
        return bool(passwords.check(EMAIL, password, address="192.0.2.1"))
    except Invalid:
        return False


def test_a_request_is_nobodys_until_its_address_is_proven(gent, moderator):
    asked = ask_for_access()
    assert told() == [("access.requested", {"access_request_id": asked.id})]
    assert (accounts.by_email(EMAIL), count(JoinRequest)) == (None, 0)
    assert join_requests.of_space(actor(moderator), gent.id) == []
    confirm_access(asked)
    waiting = join_requests.of_space(actor(moderator), gent.id)
    assert [(r.name, r.email, r.message, r.byline.job, r.is_new, r.asked_at) for r in waiting] == [
        ("Karim", EMAIL, "Wouter knows me.", "street worker", True, asked.asked_at)
    ]
    assert told()[1:] == [("join.requested", {"request_id": waiting[0].id})]
    assert (member().locale, len(member().password_stamp), member().approved_at) == ("nl", 22, None)


@pytest.mark.parametrize("stranger_asks", ["before", "after", "before and after"])
def test_a_stranger_who_asks_with_her_address_gets_nothing_of_it(gent, stranger_asks):
    """The pre-hijack: whatever a stranger sent, before or after her own request, her account is as she asked it."""
    plant = {"name": "Impostor", "function": "mayor", "level": Level.POLITICS, "message": "Let me in"}
    planted = [ask_for_access(**plant)] if "before" in stranger_asks else []
    hers = ask_for_access()
    planted += [ask_for_access(**plant)] if "after" in stranger_asks else []
    confirm_access(hers, password=OWNER)
    assert (member().name, fits(OWNER)) == ("Karim", True)
    assert db.session.scalars(select(Capacity.function)).all() == ["street worker"]
    assert db.session.scalars(select(JoinRequest.message)).all() == ["Wouter knows me."]
    for request in planted:
        with pytest.raises(LinkExpired) as refused:
            confirm_access(request, password=STRANGER)
        assert str(refused.value) == str(mail_links.confirmed_already())
    assert (count(Member), fits(STRANGER), fits(OWNER)) == (1, False, True)


def test_a_request_of_a_stranger_that_she_confirms_has_her_own_password(gent):
    """The other direction: she presses the button of the stranger's request. The password is her own."""
    planted = ask_for_access(name="Impostor")
    confirm_access(planted, password=OWNER)
    assert (fits(OWNER), fits(STRANGER)) == (True, False)
    assert "password" not in {column.key for column in AccessRequest.__table__.columns}


def test_what_was_sent_stays_as_it_was_sent(gent):
    first, second = ask_for_access(name="First", function="nurse"), ask_for_access(name="Second")
    shown = mail_links.access_request_of(mail_links.confirm_token(first))
    assert (shown.name, shown.function, shown.space.name) == ("First", "nurse", gent.name)
    confirm_access(second)
    assert member().name == "Second"


def test_a_link_works_once_for_two_weeks_and_for_its_own_request(gent):
    start = clock.now()
    with clock.at(start):
        asked = ask_for_access()
        token = mail_links.confirm_token(asked)
    with clock.at(start + timedelta(days=14, seconds=2)), pytest.raises(LinkExpired):
        mail_links.access_request_of(token)
    with clock.at(start + timedelta(days=14)):
        password_hash = access_requests.hash_password(token, OWNER)
        access_requests.confirm(token, password_hash=password_hash)
        with pytest.raises(LinkExpired):
            access_requests.confirm(token, password_hash=password_hash)
    asked.stamp = "another"
    with pytest.raises(LinkExpired):
        mail_links.access_request_of(token)


def test_a_weak_password_leaves_the_link_unused(gent):
    asked = ask_for_access(name="Karim Bennani")
    for weak in ("short", "karim bennani"):
        with pytest.raises(Invalid) as refused:
            confirm_access(asked, password=weak)
        assert refused.value.field == "password"
    assert confirm_access(asked, password=OWNER)


def test_a_known_address_gets_the_same_answer_and_only_its_owner_a_letter(gent):
    owner = make_member("Karim", space=gent, email=EMAIL)
    asked = ask_for_access(name="Somebody else")
    assert told() == [("member.already_registered", {"member_id": owner.id})]
    assert (owner.name, count(JoinRequest)) == ("Karim", 0)
    with pytest.raises(LinkExpired):
        confirm_access(asked)
    owner.suspended_at = clock.now()
    db.session.flush()
    ask_for_access()
    assert told()[1:] == [("member.already_registered", {"member_id": None})]


def test_who_forgot_before_confirming_gets_the_link_of_the_last_request_again(gent):
    ask_for_access(name="Impostor")
    last = ask_for_access()
    passwords.request_reset("Karim@City.test", address="192.0.2.1")
    passwords.request_reset("nobody@city.test", address="192.0.2.1")
    assert [ids for name, ids in told() if name == "password.forgotten"] == [
        {"member_id": None, "access_request_id": last.id},
        {"member_id": None, "access_request_id": None},
    ]
    confirm_access(last)
    passwords.request_reset(EMAIL, address="192.0.2.1")
    assert told()[-1] == ("password.forgotten", {"member_id": member().id, "access_request_id": None})


def test_an_invitation_ends_what_was_asked_for(gent, moderator):
    planted = ask_for_access(name="Impostor")
    invitation = invitations.invite(actor(moderator), gent.id, email=EMAIL, role=Role.GUEST)
    profile = invitations.Profile("Karim", GOOD, "nurse", Level.FIELD, Body.CITY, "gent", "nl")
    token = mail_links.invitation_token(invitation)
    invitations.accept(token, profile, password_hash=invitations.hash_password(token, profile))
    with pytest.raises(LinkExpired):
        confirm_access(planted, password=STRANGER)
    assert (member().name, fits(GOOD), fits(STRANGER)) == ("Karim", True, False)


def test_an_account_that_was_never_confirmed_is_emptied_and_stays_suspended(gent):
    old = make_account(email=EMAIL, name="Impostor", password=STRANGER, confirmed=False, approved=False)
    old.suspended_at = clock.now()
    db.session.add(JoinRequest(space_id=gent.id, member_id=old.id, asked_at=clock.now()))
    db.session.flush()
    confirm_access(ask_for_access())
    assert (member().id, member().name, member().suspended_at is None) == (old.id, "Karim", False)
    assert db.session.scalars(select(JoinRequest.message)).all() == ["Wouter knows me."]
    assert not fits(STRANGER)


def test_a_request_nobody_confirmed_is_forgotten_after_its_link(gent):
    start = clock.now()
    with clock.at(start):
        ask_for_access()
    for days, left in ((14, 1), (16, 0)):
        with clock.at(start + timedelta(days=days)):
            access_requests.forget_old()
        assert count(AccessRequest) == left


@pytest.mark.parametrize(
    ("field", "over"),
    [
        ("email", {"email": "karim"}),
        ("name", {"name": " "}),
        ("function", {"function": " "}),
        ("city", {"city": "atlantis"}),
        ("city", {"city": "network", "body": Body.OCMW}),
        ("message", {"message": "x" * 501}),
    ],
)
def test_what_is_not_right_is_refused_at_its_field_and_keeps_nothing(gent, field, over):
    make_space("Plein", kind=SpaceKind.NETWORK)
    with pytest.raises(Invalid) as refused:
        ask_for_access(**over)
    assert (refused.value.field, count(AccessRequest), told()) == (field, 0, [])


def test_a_city_without_a_listed_space_goes_to_the_network(gent):
    make_space("Secret Aalst", city="aalst", unlisted=True)
    square = make_space("Plein", kind=SpaceKind.NETWORK)
    assert ask_for_access(city="aalst").space_id == square.id
    asked = ask_for_access(city="network", email="els@city.test", body=Body.NETWORK)
    assert (asked.space_id, asked.city) == (square.id, None)


def test_with_nobody_to_answer_it_says_so(session):
    with pytest.raises(Invalid) as refused:
        ask_for_access(city="aalst")
    assert refused.value.field == "city"
