"""Invitations: bounded to a space and role, good for four weeks, used once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.people import accounts, mail_links, passwords
from forum.domain.people.mail_links import LinkExpired
from forum.domain.spaces import invitations, memberships
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.accounts import Body, Level, Member, NetworkRole
from forum.models.events import Event
from forum.models.spaces import Invitation, Membership, Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_account, make_member, make_space

GOOD = "drie fietsen in de regen"
PROFILE = {
    "name": "Hanne", "password": GOOD, "function": "researcher", "level": Level.STAFF, "body": Body.ACADEMIC,
    "city": None, "locale": "nl",
}  # fmt: skip


def profile(**over):
    return invitations.Profile(**(PROFILE | over))


def accept(token, profile):
    password_hash = invitations.hash_password(token, profile)
    return invitations.accept(token, profile, password_hash=password_hash)


def invite(moderator, space, **over):
    values = {"email": "hanne@city.test", "role": Role.GUEST}
    return invitations.invite(actor(moderator), space.id, **(values | over))


def test_a_new_person_is_in_with_the_role_of_the_invitation(gent, moderator):
    invitation = invite(moderator, gent, note="Come\nin\x00")
    assert invitation.note == "Come\nin"
    assert [(e.name, e.payload) for e in db.session.scalars(select(Event))] == [
        ("invitation.sent", {"invitation_id": invitation.id})
    ]
    member, space = accept(mail_links.invitation_token(invitation), profile())
    assert space.id == gent.id
    assert actor(member).roles == {gent.id: Role.GUEST}
    assert (member.email, member.confirmed_at is None, member.approved_at is None) == (
        "hanne@city.test", False, False
    )  # fmt: skip
    assert passwords.check("hanne@city.test", GOOD, address="192.0.2.1")
    assert invitations.waiting(actor(moderator), gent.id) == []


def test_each_password_that_is_tried_with_an_invitation_is_counted(gent, moderator, monkeypatch):
    invitation = invite(moderator, gent)
    counted = []
    monkeypatch.setattr(
        rates, "spend", lambda name, subject, *, limit: counted.append((name, subject, limit))
    )
    with pytest.raises(Invalid):
        accept(mail_links.invitation_token(invitation), profile(password="short"))
    assert counted == [("accept", f"invitation:{invitation.id}", "20 per hour")]


def test_a_link_works_once(gent, moderator):
    token = mail_links.invitation_token(invite(moderator, gent))
    member, _space = accept(token, profile())
    for turn in (
        lambda: accept(token, profile()),
        lambda: invitations.accept_as(actor(member), token),
    ):
        with pytest.raises(LinkExpired):
            turn()


def test_an_expired_or_withdrawn_link_is_dead(gent, moderator):
    late, taken = invite(moderator, gent), invite(moderator, gent, email="other@city.test")
    with clock.at(clock.now() + timedelta(days=27)):
        assert mail_links.invitation_of(mail_links.invitation_token(late)).id == late.id
    with clock.at(clock.now() + timedelta(days=28, seconds=1)), pytest.raises(LinkExpired):
        accept(mail_links.invitation_token(late), profile())
    invitations.withdraw(actor(moderator), taken.id)
    with pytest.raises(LinkExpired):
        accept(mail_links.invitation_token(taken), profile())
    assert (
        db.session.scalar(select(Member.id).where(Member.email.in_(["hanne@city.test", "other@city.test"])))
        is None
    )


@pytest.mark.parametrize("token", ["", "x", "not-a-token"])
def test_a_forged_link_is_dead(gent, token):
    with pytest.raises(LinkExpired):
        mail_links.invitation_of(token)
    member = make_member("Kim", space=gent)
    with pytest.raises(LinkExpired):
        mail_links.invitation_of(mail_links.reset_token(member))


def test_inviting_again_renews(gent, moderator):
    with clock.at(clock.now() - timedelta(days=40)):
        first = invite(moderator, gent)
    again = invite(moderator, gent, email=" Hanne@City.test", role=Role.MEMBER)
    assert again.id == first.id
    assert again.role == Role.MEMBER
    assert again.expires_at > clock.now() + timedelta(days=27)
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 1
    assert db.session.scalar(select(func.count()).select_from(Event)) == 2


def test_who_belongs_already_is_not_invited(gent, moderator):
    make_member("Kim", space=gent, email="kim@city.test")
    with pytest.raises(Invalid) as refused:
        invite(moderator, gent, email="KIM@city.test")
    assert refused.value.field == "email"


def test_only_a_moderator_of_that_space_invites_sees_and_withdraws(gent, moderator):
    invitation = invite(moderator, gent)
    elsewhere = make_member("Leen", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    plain = make_member("Kim", space=gent)
    editor = make_member("Eva", network_role=NetworkRole.EDITOR)
    for who in (elsewhere, plain, editor):
        with pytest.raises(Forbidden):
            invite(who, gent)
        with pytest.raises(NotFound):
            invitations.withdraw(actor(who), invitation.id)
        assert invitations.waiting(actor(who), gent.id) == []


def test_an_owner_accepts_with_her_own_account_only(gent, moderator):
    home = make_space("Aalst", city="aalst")
    owner = make_member("Hanne", space=home, email="hanne@city.test")
    other = make_member("Kim", space=home)
    token = mail_links.invitation_token(invite(moderator, gent, role=Role.MEMBER))
    with pytest.raises(Forbidden):
        invitations.accept_as(actor(other), token)
    with pytest.raises(Forbidden):
        accept(token, profile())
    invitations.accept_as(actor(owner), token)
    assert actor(owner).roles == {home.id: Role.MEMBER, gent.id: Role.MEMBER}


def test_accepting_never_lowers_a_role(gent, moderator):
    owner = make_member("Hanne", email="hanne@city.test")
    token = mail_links.invitation_token(invite(moderator, gent, role=Role.GUEST))
    join(owner, gent, Role.MODERATOR)
    invitations.accept_as(actor(owner), token)
    assert actor(owner).roles == {gent.id: Role.MODERATOR}


def test_nothing_of_an_unconfirmed_account_survives(gent, moderator):
    make_account(
        email="hanne@city.test", name="Impostor", password="a password of an impostor", confirmed=False
    )
    accept(mail_links.invitation_token(invite(moderator, gent)), profile())
    with pytest.raises(Invalid):
        passwords.check("hanne@city.test", "a password of an impostor", address="192.0.2.1")
    assert passwords.check("hanne@city.test", GOOD, address="192.0.2.1")


def test_invitations_end_with_the_role_of_who_invited(gent, moderator):
    keeper = make_member("Bram", space=gent, role=Role.MODERATOR)
    boss = make_member("Beheer", network_role=NetworkRole.ADMIN)
    for end in (
        lambda: memberships.set_role(actor(keeper), gent.id, moderator.id, role=Role.MEMBER),
        lambda: accounts.suspend(actor(boss), keeper.id, reason="left the city"),
    ):
        who = moderator if actor(moderator).roles[gent.id] == Role.MODERATOR else keeper
        token = mail_links.invitation_token(
            invite(who, gent, email=f"x{who.id}@city.test", role=Role.MODERATOR)
        )
        end()
        db.session.expire_all()
        with pytest.raises(LinkExpired):
            accept(token, profile())


def test_an_accepted_invitation_cannot_be_taken_back(gent, moderator):
    invitation = invite(moderator, gent)
    accept(mail_links.invitation_token(invitation), profile())
    with pytest.raises(Conflict):
        invitations.withdraw(actor(moderator), invitation.id)


def test_a_weak_password_leaves_the_invitation_unused(gent, moderator):
    token = mail_links.invitation_token(invite(moderator, gent))
    with pytest.raises(Invalid):
        accept(token, profile(password="short"))
    assert accept(token, profile())


@pytest.mark.live
def test_of_ten_at_once_one_gets_in(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        token = mail_links.invitation_token(invite(make_member("W", space=gent, role=Role.MODERATOR), gent))
        db.session.commit()

    def try_it(turn):
        with live_app.app_context(), live_app.test_request_context():
            try:
                accept(token, profile(name=f"Hanne {turn}"))
                db.session.commit()
                return "in"
            except (LinkExpired, Invalid, Forbidden) as error:
                db.session.rollback()
                return type(error).__name__

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(try_it, range(10)))
    assert outcomes.count("in") == 1
    with live_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Member)) == 2
        assert db.session.scalar(select(func.count()).select_from(Membership)) == 2
