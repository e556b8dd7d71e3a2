"""An invitation that somebody took over: who invited stays who invited, and the other one answers for it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from forum.domain.handovers import answers, holdings, offers
from forum.domain.mailing.mail_queue import queue_mail
from forum.domain.people import accounts, mail_links
from forum.domain.spaces import bringing, invitations, memberships
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.models.accounts import Member, NetworkRole
from forum.models.mail import Lane, OutgoingMail
from forum.models.spaces import Invitation, Membership, Role
from forum.policy.errors import Conflict
from tests.factories import actor, make_member, make_space

ADDRESS = "nieuw@stad.example"


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent")


@pytest.fixture
def sender(gent):
    return make_member("Mo", space=gent, role=Role.MODERATOR)


@pytest.fixture
def successor(gent):
    return make_member("Sien", space=gent, role=Role.MODERATOR)


@pytest.fixture
def taken(gent, sender, successor):
    """An invitation of Mo for which Sien answers."""
    made = invitations.invite(actor(sender), gent.id, email=ADDRESS, role=Role.MEMBER)
    (offer_id,) = offers.offer(actor(sender), gent.id, [("invitation", made.id)], successor_id=successor.id)
    answers.accept(actor(successor), offer_id)
    db.session.expire_all()
    return made


def held(member, space):
    mine = {one.id: one for one in holdings.page(actor(member)).rows}[space.id].own
    return [one.item_id for one in mine]


def is_open(invitation):
    db.session.expire_all()
    return db.session.get_one(Invitation, invitation.id).withdrawn_at is None


def test_who_invited_stays_and_the_successor_holds_it(gent, sender, successor, taken):
    assert (taken.invited_by_id, taken.responsible_id) == (sender.id, successor.id)
    assert (held(sender, gent), held(successor, gent)) == ([], [taken.id])
    with pytest.raises(Conflict):
        invitations.take_over(actor(sender), taken.id, giver_id=sender.id)


def test_it_outlives_the_role_and_the_account_of_who_invited(gent, sender, successor, taken):
    memberships.remove(actor(successor), gent.id, sender.id, reason="She left.")
    assert is_open(taken)
    accounts.suspend(actor(make_member("Ad", network_role=NetworkRole.ADMIN)), sender.id, reason="She left.")
    assert is_open(taken)


def test_it_outlives_the_row_of_who_invited_and_not_that_of_who_answers_for_it(gent, sender, successor):
    made = invitations.invite(actor(sender), gent.id, email=ADDRESS, role=Role.MEMBER)
    invitations.take_over(actor(successor), made.id, giver_id=sender.id)
    token = mail_links.invitation_token(made)
    db.session.execute(delete(Member).where(Member.id == sender.id))
    db.session.expire_all()
    kept = mail_links.invitation_of(token)
    assert (kept.invited_by_id, kept.inviter.id) == (None, successor.id)
    db.session.execute(delete(Member).where(Member.id == successor.id))
    assert db.session.scalar(select(Invitation.id)) is None


@pytest.mark.parametrize("how", ["removed", "other role", "suspended"])
def test_it_ends_with_the_role_of_who_answers_for_it(gent, sender, successor, taken, how):
    if how == "removed":
        memberships.remove(actor(sender), gent.id, successor.id, reason="She left.")
    elif how == "other role":
        memberships.set_role(actor(sender), gent.id, successor.id, role=Role.MEMBER)
    else:
        administrator = make_member("Ad", network_role=NetworkRole.ADMIN)
        accounts.suspend(actor(administrator), successor.id, reason="She left.")
    assert not is_open(taken)
    with pytest.raises(mail_links.LinkExpired):
        mail_links.invitation_of(mail_links.invitation_token(taken))


def test_whom_it_brings_was_let_in_by_who_answers_for_it(gent, sender, successor, taken):
    new = make_member("Nieuw", email=ADDRESS)
    invitations.accept_as(actor(new), mail_links.invitation_token(taken))
    row = db.session.scalars(select(Membership).where(Membership.member_id == new.id)).one()
    assert row.granted_by_id == successor.id
    assert bringing.of_members([new.id])[new.id].alone_id == successor.id
    assert taken.invited_by_id == sender.id


def test_who_sends_it_anew_has_invited(gent, sender, successor, taken):
    with clock.at(clock.now() + timedelta(days=1)):
        again = invitations.invite(actor(successor), gent.id, email=ADDRESS, role=Role.GUEST)
    assert (again.id, again.invited_by_id, again.responsible_id) == (taken.id, successor.id, successor.id)


def test_page_and_letter_name_who_invited_and_who_answers_for_it_now(
    app, client, gent, sender, successor, taken
):
    said = "Sien staat nu in voor deze uitnodiging."
    other = invitations.invite(actor(sender), gent.id, email="ander@stad.example", role=Role.MEMBER)
    db.session.commit()
    for invitation, is_taken in ((taken, True), (other, False)):
        queue_mail(
            "invitation",
            key=f"invitation.{invitation.email}",
            member_id=None,
            invitation_id=invitation.id,
            lane=Lane.DIRECT,
            payload={},
        )
        mail = db.session.scalars(
            select(OutgoingMail).where(OutgoingMail.invitation_id == invitation.id)
        ).one()
        letter = letters.letter_for(mail)
        assert letter.message["Subject"] == "Mo nodigt je uit in de ruimte Gent"
        address = f"/invitations/{mail_links.invitation_token(invitation)}"
        page = client.get(address + "?lang=nl").get_data(as_text=True)
        assert "Mo nodigt je uit als" in page
        for text in (page, letter.html, letter.text):
            assert (said in text) is is_taken
