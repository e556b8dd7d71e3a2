"""The front door in the browser."""

import re

import pytest
from sqlalchemy import select

from forum.domain.people import mail_links
from forum.infra import rates
from forum.infra.db import db
from forum.models.accounts import Member, SignIn
from forum.models.spaces import AccessRequest
from forum.web import devices
from tests.factories import make_account, make_member, make_space, sign_in, submit

GOOD = "drie fietsen in de regen"
JOIN = {
    "name": "Karim", "email": "karim@city.test", "function": "street worker", "level": "field",
    "body": "city", "city": "gent", "message": "Wouter knows me.",
}  # fmt: skip


@pytest.fixture
def noor(session):
    member = make_account(
        email="noor@city.test", name="Noor", password=GOOD, locale="en", confirmed=True, approved=True
    )
    db.session.commit()
    return member


def enter(client, password=GOOD, email="noor@city.test", **over):
    return submit(client, "/accounts/sign-in", {"email": email, "password": password, **over})


@pytest.mark.both_databases
def test_she_signs_in_goes_where_she_wanted_and_signs_out(client, noor):
    asked = client.get("/settings/security")
    assert asked.status_code == 303
    assert asked.location.endswith("/accounts/sign-in?next=/settings/security")
    answer = enter(client, next="/settings/security", remember="y")
    assert (answer.status_code, answer.location) == (303, "/settings/security")
    assert "Expires" in answer.headers["Set-Cookie"]
    assert client.get("/settings/security").status_code == 200
    answer = submit(client, "/accounts/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/settings/security").status_code == 303
    kept = submit(client, "/accounts/sign-out", {"leave_copies": "1"})
    assert kept.headers["Clear-Site-Data"] == '"cache"'
    assert db.session.scalars(select(SignIn)).one().ended_at is not None


def test_a_browser_that_should_forget_gets_a_cookie_without_a_date(client, noor):
    cookies = enter(client).headers.getlist("Set-Cookie")
    (signed_in,) = [cookie for cookie in cookies if cookie.startswith("leerkring=")]
    assert "Expires" not in signed_in


def test_the_session_is_a_new_one_after_signing_in(client, noor):
    client.get("/accounts/sign-in")
    with client.session_transaction() as kept:
        kept["planted"] = "by somebody else"
        before = kept.get("csrf_token")
    enter(client)
    with client.session_transaction() as kept:
        assert "planted" not in kept
        assert kept.get("csrf_token") != before or before is None


@pytest.mark.parametrize(
    "target", ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)", "\t/x"]
)
def test_next_never_leads_elsewhere(client, noor, target):
    assert enter(client, next=target).location == "/"
    assert "evil" not in (client.get("/accounts/sign-in", query_string={"next": target}).location or "")


def test_a_wrong_password_keeps_the_address_and_not_the_password(client, noor):
    answer = enter(client, password="not this one")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "noor@city.test" in page
    assert "not this one" not in page
    assert client.get("/settings/security").status_code == 303


def test_too_many_guesses_get_a_429_with_the_time_to_wait(app, client, noor, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    rates.reset()
    for _turn in range(11):  # ten, and the first of those that follow slowly
        assert enter(client, password="not this one").status_code == 422
    answer = enter(client)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "noor@" not in answer.get_data(as_text=True), (
        "an address to sign in with is nothing that was written"
    )
    rates.reset()


def test_somebody_signed_in_needs_one_query_to_be_known(client, noor, count_queries):
    enter(client)
    with count_queries() as seen:
        client.get("/accessibility")
    assert seen.count == 1


def test_asking_for_access_looks_the_same_for_a_known_address(client, noor):
    make_space("Gent", city="gent")
    db.session.commit()
    new = submit(client, "/accounts/join", JOIN)
    known = submit(client, "/accounts/join", JOIN | {"email": "noor@city.test"})
    assert (
        (new.status_code, new.location) == (known.status_code, known.location) == (303, "/accounts/join/sent")
    )
    kept = db.session.scalars(select(AccessRequest).order_by(AccessRequest.asked_at)).all()
    assert [(row.email, row.message) for row in kept] == [
        ("karim@city.test", "Wouter knows me."),
        ("noor@city.test", "Wouter knows me."),
    ]


def test_a_request_that_is_not_right_keeps_what_was_written(client, session):
    answer = submit(client, "/accounts/join", JOIN | {"email": "nowhere"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Wouter knows me." in page
    assert "street worker" in page
    assert 'id="email-error"' in page


def test_confirming_needs_a_button_and_says_so_when_the_link_is_dead(client, session):
    make_space("Gent", city="gent")
    db.session.commit()
    submit(client, "/accounts/join", JOIN)
    asked = db.session.scalars(select(AccessRequest)).one()
    path = f"/accounts/confirm/{mail_links.confirm_token(asked)}"
    assert client.get(path).status_code == 200
    assert submit(client, path).status_code == 422
    assert db.session.scalars(select(Member)).all() == []
    assert submit(client, path, {"password": GOOD}).status_code == 303
    assert db.session.scalars(select(Member)).one().confirmed_at is not None
    assert client.get("/accounts/confirm/broken").status_code == 410


def test_a_forgotten_password_gets_the_same_page_for_everybody(client, noor):
    answers = [
        submit(client, "/accounts/forgot", {"email": email})
        for email in ("noor@city.test", "nobody@city.test")
    ]
    assert {(a.status_code, a.location) for a in answers} == {(303, "/accounts/forgot/sent")}


def test_a_reset_link_sets_a_new_password_once(client, noor):
    path = f"/accounts/reset/{mail_links.reset_token(noor)}"
    assert client.get(path).status_code == 200
    weak = submit(client, path, {"password": "short"})
    assert weak.status_code == 422
    assert submit(client, path, {"password": "een heel ander wachtwoord"}).status_code == 303
    assert submit(client, path, {"password": "en nog eens iets anders"}).status_code == 410
    assert enter(client).status_code == 422
    assert enter(client, "een heel ander wachtwoord").status_code == 303


def test_a_device_that_was_ended_is_signed_out_on_its_next_request(app, client, noor):
    phone = app.test_client()
    sign_in(phone, noor)
    enter(client)
    page = client.get("/settings/sessions").get_data(as_text=True)
    number = re.search(r"/settings/sessions/(\d+)/ending", page).group(1)
    assert phone.get("/settings/profile").status_code == 200
    assert submit(client, f"/settings/sessions/{number}/ending").status_code == 303
    assert phone.get("/settings/profile").status_code == 303
    assert client.get("/settings/profile").status_code == 200


def test_nobody_ends_the_device_of_somebody_else(app, client, noor):
    sign_in(client, noor)
    other = app.test_client()
    sign_in(other, make_member("Kim"))
    number = db.session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
    assert submit(other, f"/settings/sessions/{number}/ending").status_code == 404
    assert client.get("/settings/profile").status_code == 200


@pytest.mark.parametrize(("agent", "words"), [
    ("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", "Firefox on Android"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome on Linux"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18 Safari/604", "Safari on iPhone"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
    ("curl/8\n<script>", "Unknown device"),
    ("", "Unknown device"),
])  # fmt: skip
def test_a_device_is_named_in_words(app, agent, words):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert devices.in_words(agent) == words


def test_without_a_token_nothing_is_posted(client, noor):
    answer = client.post("/accounts/sign-in", data={"email": "noor@city.test", "password": GOOD})
    assert answer.status_code == 403
    assert client.get("/settings/profile").status_code == 303
