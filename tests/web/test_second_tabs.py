"""Pages to sign in, to choose a password or to accept that were left open while somebody signed in beside them."""

import pytest
from sqlalchemy import select

from forum.domain.people import mail_links, sessions
from forum.domain.spaces import invitations
from forum.infra.db import db
from forum.models.accounts import SignIn
from forum.models.spaces import Role
from tests.factories import (
    actor,
    ask_for_access,
    csrf_for,
    make_account,
    make_member,
    make_space,
    sign_in,
    submit,
)

GOOD, OTHER = "drie fietsen in de regen", "vier karren in de wind"
PROFILE = {
    "name": "Karim", "password": OTHER, "function": "street worker", "level": "field", "body": "city", "city": "gent",
}  # fmt: skip


@pytest.fixture
def noor(session):
    return account("noor@city.test", "Noor", GOOD)


@pytest.fixture
def karim(session):
    return account("karim@city.test", "Karim", OTHER)


@pytest.fixture(autouse=True)
def english(client):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"


def account(email, name, password):
    member = make_account(
        email=email, name=name, password=password, locale="en", confirmed=True, approved=True
    )
    db.session.commit()
    return member


def who_is(client):
    """The address of who is signed in on this device."""
    page = client.get("/settings/profile")
    with client.session_transaction() as kept:
        found = sessions.look_up(kept.get("_user_id", ""))
    return found.actor.email if page.status_code == 200 and found else None


def enter(client, email, password, **more):
    return client.post(
        "/accounts/sign-in", data={"email": email, "password": password, "next": "/lessons", **more}
    )


@pytest.mark.parametrize("token", ["old", "fresh"])
def test_a_page_to_sign_in_goes_on_for_who_is_signed_in_already(client, noor, token):
    old = csrf_for(client)  # of the tab that stays open
    sign_in(client, noor)
    with client.session_transaction() as kept:
        kept.pop("csrf_token", None)
    assert client.get("/accounts/sign-in?next=/lessons").location == "/lessons"
    sent = {"csrf_token": old if token == "old" else csrf_for(client)}
    assert enter(client, " Noor@City.test", "not even right", **sent).location == "/lessons"
    assert who_is(client) == noor.email


def test_credentials_of_another_account_are_never_ignored_in_silence(client, noor, karim):
    old = csrf_for(client)
    secret = sign_in(client, noor)
    with client.session_transaction() as kept:
        kept.pop("csrf_token", None)
    page = enter(client, karim.email, OTHER, csrf_token=old)
    assert page.status_code == 403, "a token of before proves nothing now"
    assert "You are signed in as Noor." in page.text
    assert karim.email in page.text
    assert OTHER not in page.text
    assert who_is(client) == noor.email
    wrong = enter(client, karim.email, "not right", csrf_token=csrf_for(client))
    assert wrong.status_code == 422
    assert "You are signed in as Noor." in wrong.text
    assert who_is(client) == noor.email
    right = enter(client, karim.email, OTHER, csrf_token=csrf_for(client))
    assert right.location == "/lessons"
    assert "Noor is signed out on this device." in client.get("/lessons").text
    assert who_is(client) == karim.email
    assert sessions.look_up(secret) is None, "nobody stays signed in behind a session that is gone"
    assert len(db.session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all()) == 1


def test_a_page_whose_token_is_gone_asks_once_more_and_is_no_dead_end(client, noor):
    page = enter(client, noor.email, GOOD, csrf_token="of yesterday")
    assert page.status_code == 403
    assert "This page had been open too long." in page.text
    assert noor.email in page.text
    assert GOOD not in page.text
    assert 'name="next" type="hidden" value="/lessons"' in page.text
    assert enter(client, noor.email, GOOD, csrf_token=csrf_for(client)).location == "/lessons"


def test_a_reset_page_after_the_password_was_set_elsewhere(client, noor):
    db.session.commit()
    token = mail_links.reset_token(noor)
    old = csrf_for(client)
    page = client.post(f"/accounts/reset/{token}", data={"password": OTHER, "csrf_token": "old"})
    assert (page.status_code, "open too long" in page.text, OTHER in page.text) == (403, True, False)
    assert submit(client, f"/accounts/reset/{token}", {"password": OTHER}).status_code == 303
    gone = client.post(f"/accounts/reset/{token}", data={"password": OTHER, "csrf_token": "old"})
    assert gone.status_code == client.get(f"/accounts/reset/{token}").status_code == 410
    sign_in(client, noor)
    for answer in (
        client.get(f"/accounts/reset/{token}?next=/lessons"),
        client.post(
            f"/accounts/reset/{token}", data={"password": OTHER, "csrf_token": old, "next": "/lessons"}
        ),
        submit(client, f"/accounts/reset/{token}", {"password": OTHER, "next": "/lessons"}),
    ):
        assert (answer.status_code, answer.location) == (303, "/lessons")
    assert "You are signed in as Noor" in client.get("/lessons").text
    broken = client.get("/accounts/reset/not-a-link-of-ours")
    assert (broken.status_code, "Go on as Noor" in broken.text) == (410, True)


def test_a_confirmation_that_was_used_in_another_tab_leads_on(client, session):
    make_space("Gent", city="gent")
    asked = ask_for_access()
    db.session.commit()
    address = f"/accounts/confirm/{mail_links.confirm_token(asked)}"
    assert submit(client, address, {"password": OTHER}).status_code == 303
    for answer in (
        client.get(f"{address}?next=/lessons"),
        client.post(address, data={"password": OTHER, "csrf_token": "old", "next": "/lessons"}),
        submit(client, address, {"password": OTHER, "next": "/lessons"}),
    ):
        assert (answer.status_code, answer.location) == (303, "/lessons")
    assert client.get("/accounts/confirm/not-a-link-of-ours").status_code == 410
    visitor = client.application.test_client()
    assert (
        visitor.get(address).status_code == submit(visitor, address, {"password": OTHER}).status_code == 410
    )


@pytest.mark.parametrize("typed", [" NOOR@City.test ", "noor@CITY.TEST", "Noor@xn--stdte-hra.test"])
def test_who_is_signed_in_is_known_by_their_address_however_it_is_typed(client, session, typed):
    member = account("noor@städte.test" if "xn--" in typed else "noor@city.test", "Noor", GOOD)
    sign_in(client, member)
    went = enter(client, typed, "not even asked", csrf_token=csrf_for(client))
    assert (went.status_code, went.location) == (303, "/lessons")


def test_an_invitation_that_was_accepted_in_another_tab_leads_to_the_space(client, session):
    gent = make_space("Gent", city="gent")
    moderator = make_member("Wouter", space=gent, role=Role.MODERATOR)
    invitation = invitations.invite(actor(moderator), gent.id, email="karim@city.test", role=Role.MEMBER)
    db.session.commit()
    address = f"/invitations/{mail_links.invitation_token(invitation)}"
    page = client.post(address, data={**PROFILE, "csrf_token": "old"})
    assert (page.status_code, "street worker" in page.text, OTHER in page.text) == (403, True, False)
    first = submit(client, address, PROFILE)
    assert first.status_code == 303
    db.session.expire_all()
    for answer in (
        client.get(address), client.post(address, data={**PROFILE, "csrf_token": "old"}),
        submit(client, f"{address}/acceptance"), submit(client, address, PROFILE),
    ):  # fmt: skip
        assert (answer.status_code, answer.location) == (303, first.location)
    stranger = client.application.test_client()
    sign_in(stranger, make_member("Els"))
    for browser in (stranger, client.application.test_client()):
        assert browser.get(address).status_code == 410
        assert browser.post(address, data={"csrf_token": "old"}).status_code == 410
    assert "Go on as Els" in stranger.get(address).text


def test_pages_for_who_is_not_signed_in_say_who_is(client, noor):
    visited = [client.get(path).text for path in ("/accounts/join", "/accounts/forgot")]
    sign_in(client, noor)
    for path, before in zip(("/accounts/join", "/accounts/forgot"), visited, strict=True):
        assert "You are signed in as" not in before
        said = client.get(f"{path}?next=/lessons").text
        assert "You are signed in as Noor." in said
        assert '<a href="/lessons">Go on</a>' in said


def test_words_kept_over_two_stale_pages_are_not_lost(client, noor):
    sent = {"target": "/settings/profile", "kept.name": "Noor\nand more", "csrf_token": "old"}
    page = client.post("/accounts/sign-in/again", data=sent)
    assert page.status_code == 403
    assert "and more" in page.text
    assert 'name="kept.name"' in page.text
    sign_in(client, noor)
    page = client.post("/accounts/sign-in/again", data=sent)
    assert 'name="name"' in page.text
    assert 'action="/settings/profile"' in page.text
