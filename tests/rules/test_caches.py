"""What is about a person stays out of every cache, also of the browser of who is not signed in: for every route."""

import pytest

from forum.domain.people import mail_links
from forum.domain.spaces import invitations
from forum.infra.db import db
from forum.models.spaces import Role
from tests.factories import actor, csrf_for, make_account, sign_in
from tests.rules.test_leak_walk import addresses as pages
from tests.rules.test_writes import addresses
from tests.sweeps import on_one_database

TYPED = "getyptmerk"
NEW = "een heel nieuw wachtwoord"
# What a visitor types, in all forms at once; each takes what it knows.
FORM = {
    "name": TYPED, "email": f"{TYPED}@city.test", "message": TYPED, "body": TYPED, "title": TYPED, "function": TYPED,
    "password": "kort", "next": "/lessons", "target": "/settings/profile", "kept.body": TYPED,
}  # fmt: skip


@pytest.fixture
def app(salted_app):
    return salted_app


@pytest.fixture
def world(salted, session):
    return salted()


@pytest.fixture
def letters(world):
    """The addresses behind links in letters, with a word that each page shows of who got it."""
    waiting = make_account(email="wacht@city.test", name="Wacht", password=NEW, confirmed=True, approved=True)
    invitation = invitations.invite(
        actor(world.moderator), world.closed.id, email="nieuw@city.test", role=Role.MEMBER
    )
    db.session.commit()
    return {
        f"/accounts/reset/{mail_links.reset_token(waiting)}": "wacht@city.test",
        f"/invitations/{mail_links.invitation_token(invitation)}": "nieuw@city.test",
        f"/unsubscribe/{mail_links.unsubscribe_token(waiting.id, 'digest')}": "",
        "/accounts/confirm/not-a-token": "",
    }


def is_kept_out(answer):
    return "no-store" in answer.headers["Cache-Control"]


@on_one_database
def test_every_answer_to_a_form_stays_out_of_caches(app, world):
    seen = 0
    for person in (None, world.insider):
        browser = app.test_client()
        if person is not None:
            sign_in(browser, person)
        for token in ("", csrf_for(browser)):
            for endpoint, address in addresses(app, world, "POST"):
                if endpoint != "accounts.sign_out":
                    answer = browser.post(address, data=FORM | {"csrf_token": token})
                    assert is_kept_out(answer), f"{address} for {person and person.name}"
                    seen += TYPED in answer.get_data(as_text=True)
    assert seen > 100, "what was typed is on these pages"


def test_every_page_behind_a_letter_stays_out_of_caches(app, letters):
    for address, word in letters.items():
        browser = app.test_client()
        answer = browser.get(address)
        assert word in answer.get_data(as_text=True)
        assert is_kept_out(answer), address
        assert is_kept_out(browser.get(f"/accounts/sign-in?next={address}"))


def test_a_page_says_what_was_done_and_stays_out_of_caches(app, letters):
    reset = next(iter(letters))
    browser = app.test_client()
    token = {"csrf_token": csrf_for(browser)}
    done = browser.post(reset, data=token | {"password": f"{NEW} van mij"})
    assert done.status_code == 303
    assert is_kept_out(browser.get(done.location)), "with the message"
    assert not is_kept_out(browser.get(done.location)), (
        "and without: a form with nothing in it, to come back to"
    )


@on_one_database
def test_all_that_is_said_to_a_member_stays_out_of_caches_and_what_all_may_read_does_not(app, world):
    member, visitor = app.test_client(), app.test_client()
    sign_in(member, world.insider)
    kept = set()
    for address in pages(app, world):
        if address.startswith(("/healthz", "/readyz")):
            continue
        if "?" not in address:
            to_member, said = member.get(address), visitor.get(address)
            if to_member.headers["Cache-Control"] == "public, no-cache":
                assert to_member.data == said.data, address
                continue
            assert is_kept_out(to_member), address
            assert is_kept_out(said) or "@people.test" not in said.get_data(as_text=True), address
            kept |= set() if is_kept_out(said) else {address}
    assert {"/", "/lessons", "/spaces", "/accounts/join", "/accounts/sign-in"} <= kept
