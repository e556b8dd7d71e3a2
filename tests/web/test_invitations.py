"""Invitations in the browser: sent on the page of a space's people, accepted from the letter."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from forum.domain.people import capacities, mail_links
from forum.domain.spaces import invitations, memberships
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member
from forum.models.spaces import Invitation, Role, SpaceKind
from tests.factories import actor, join, make_member, make_space, sign_in, submit

GOOD = "drie fietsen in de regen"
FORM = {"email": "hanne@city.test", "role": "guest", "locale": "nl", "note": "Come and look."}
PROFILE = {
    "name": "Hanne", "password": GOOD, "function": "researcher", "level": "staff", "body": "academic",
    "city": "network",
}  # fmt: skip


@pytest.fixture
def token(gent, moderator):
    made = invitations.invite(actor(moderator), gent.id, email="hanne@city.test", role=Role.GUEST)
    db.session.commit()
    return mail_links.invitation_token(made)


def test_a_moderator_invites_sees_and_takes_back(client, gent, moderator):
    sign_in(client, moderator)
    assert submit(client, f"/spaces/{gent.slug}/invitations", FORM).status_code == 303
    assert "hanne@city.test" in client.get(f"/spaces/{gent.slug}/members").get_data(as_text=True)
    invitation = db.session.scalars(select(Invitation)).one()
    assert submit(client, f"/invitations/{invitation.id}/withdrawal").status_code == 303
    db.session.refresh(invitation)
    assert invitation.withdrawn_at is not None


def test_a_wrong_address_keeps_the_note(client, gent, moderator):
    sign_in(client, moderator)
    answer = submit(client, f"/spaces/{gent.slug}/invitations", FORM | {"email": "nobody"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Come and look." in page
    assert 'id="email-error"' in page


def test_others_do_not_invite(client, gent, moderator):
    sign_in(client, make_member("Kim", space=gent))
    assert submit(client, f"/spaces/{gent.slug}/invitations", FORM).status_code == 403
    assert db.session.scalar(select(Invitation.id)) is None


@pytest.mark.both_databases
def test_a_new_person_accepts_and_is_signed_in(client, gent, token):
    page = client.get(f"/invitations/{token}")
    assert page.status_code == 200
    assert "Gent" in page.get_data(as_text=True)
    assert "bevestigd zodra je aanvaardt" in page.get_data(as_text=True)
    nowhere = submit(client, f"/invitations/{token}", PROFILE | {"body": "ocmw"})
    assert nowhere.status_code == 422
    assert 'id="city-error"' in nowhere.get_data(as_text=True), "an administration is that of a city"
    weak = submit(client, f"/invitations/{token}", PROFILE | {"password": "short"})
    assert weak.status_code == 422
    assert "researcher" in weak.get_data(as_text=True)
    answer = submit(client, f"/invitations/{token}", PROFILE)
    assert (answer.status_code, answer.location) == (303, f"/spaces/{gent.slug}")
    assert client.get("/settings/profile").status_code == 200
    hanne = db.session.scalars(select(Member).where(Member.email == "hanne@city.test")).one()
    assert actor(hanne).roles == {gent.id: Role.GUEST}
    assert client.get(f"/invitations/{token}").location == f"/spaces/{gent.slug}", "it was used: here it led"
    assert submit(client, f"/invitations/{token}", PROFILE).location == f"/spaces/{gent.slug}"
    visitor = client.application.test_client()
    assert visitor.get(f"/invitations/{token}").status_code == 410
    assert submit(visitor, f"/invitations/{token}", PROFILE).status_code == 410


def test_an_owner_is_sent_to_sign_in_and_comes_back(app, client, gent, token):
    hanne = make_member("Hanne", email="hanne@city.test")
    db.session.commit()
    page = client.get(f"/invitations/{token}").get_data(as_text=True)
    assert f"/accounts/sign-in?next=/invitations/{token}" in page
    assert submit(client, f"/invitations/{token}", PROFILE).status_code == 403
    sign_in(client, hanne)
    assert f'action="/invitations/{token}/acceptance"' in client.get(f"/invitations/{token}").get_data(
        as_text=True
    )
    assert submit(client, f"/invitations/{token}/acceptance").status_code == 303
    assert actor(hanne).roles == {gent.id: Role.GUEST}


def test_the_page_says_that_accepting_confirms_only_where_it_does(app, client, gent, moderator):
    invited = {}
    for name in ("waits", "is confirmed", "of elsewhere", "brought elsewhere", "in a group"):
        member = make_member(name, email=f"{len(invited)}@city.test")
        db.session.execute(delete(Capacity).where(Capacity.member_id == member.id))
        common = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "starts_on": date(2025, 1, 1)}
        confirmation = Confirmation.OPERATOR if name == "is confirmed" else None
        city = "aalst" if name == "of elsewhere" else "gent"
        capacities.add(member.id, **common, city=city, confirmation=confirmation)
        made = invitations.invite(actor(moderator), gent.id, email=member.email, role=Role.MEMBER)
        invited[name] = (member, mail_links.invitation_token(made))
    aalst = make_space("Aalst", city="aalst")
    memberships.grant(moderator.id, invited["brought elsewhere"][0].id, aalst.id, Role.MEMBER)
    group = make_space("Water", kind=SpaceKind.GROUP)
    memberships.grant(moderator.id, invited["in a group"][0].id, group.id, Role.MEMBER)
    said = {}
    for name, (member, token) in invited.items():
        hers = app.test_client()
        sign_in(hers, member)
        page = hers.get(f"/invitations/{token}").get_data(as_text=True)
        said[name] = "Accepting also confirms what you speak as for Gent" in page
        assert submit(hers, f"/invitations/{token}/acceptance").status_code == 303
        query = select(Capacity.id).where(
            Capacity.member_id == member.id, Capacity.confirmation == "invitation"
        )
        assert said[name] is (db.session.scalar(query) is not None)
    assert said == {
        "waits": True, "is confirmed": False, "of elsewhere": False, "brought elsewhere": False,
        "in a group": True,
    }  # fmt: skip
    join(moderator, group, Role.MODERATOR)
    made = invitations.invite(actor(moderator), group.id, email="new@city.test", role=Role.MEMBER)
    page = client.get(f"/invitations/{mail_links.invitation_token(made)}").get_data(as_text=True)
    assert "bevestigd" not in page


def test_somebody_else_cannot_accept_it(client, gent, token):
    kim = make_member("Kim")
    sign_in(client, kim)
    page = client.get(f"/invitations/{token}").get_data(as_text=True)
    assert f'action="/invitations/{token}/acceptance"' not in page
    assert submit(client, f"/invitations/{token}/acceptance").status_code == 403
    assert actor(kim).roles == {}


def test_a_broken_link_is_kindly_gone(client, session):
    assert client.get("/invitations/broken").status_code == 410
