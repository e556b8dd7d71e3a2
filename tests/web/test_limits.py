"""The limits at the doors, from ten and from sixty people: guesses stop, and nobody keeps an owner out."""

import time

import pytest
from limits import parse

from forum.domain.people import accounts, mail_links, passwords
from forum.infra import rates
from forum.infra.db import db
from forum.models.spaces import AccessRequest
from tests.factories import GOOD, join, make_account, make_space, make_thread, submit

EMAIL = "noor@city.test"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def counting(app, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    with app.app_context():
        rates.reset()
    yield
    with app.app_context():
        rates.reset()


@pytest.fixture
def noor(session):
    member = make_account(email=EMAIL, name="Noor", password=GOOD, locale="en")
    db.session.commit()
    return member


@pytest.fixture
def slow(monkeypatch):
    """As slow above a limit that no second try comes through while a test runs."""
    for name in ("GUESSES_HERE", "GUESSES_OF_ONE_ACCOUNT", "GUESSES_FROM_ONE_PLACE", "GUESSES_ON_ONE_DEVICE"):
        first, _then, _slower = getattr(passwords, name).partition(rates.THEN)
        monkeypatch.setattr(passwords, name, f"{first}{rates.THEN}1 per hour")


def browser(app, address=HOME):
    made = app.test_client()
    made.environ_base["REMOTE_ADDR"] = address
    return made


def enter(client, password=GOOD, email=EMAIL):
    return submit(client, "/accounts/sign-in", {"email": email, "password": password})


def guess(client, times, email=EMAIL):
    return [enter(client, f"wrong {turn}", email).status_code for turn in range(times)]


@pytest.mark.both_databases
def test_ten_wrong_guesses_and_then_one_every_few_seconds(app, noor, slow):
    thief = browser(app)
    assert guess(thief, 12) == [422] * 11 + [429]
    refused = enter(thief)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 429
    assert 50 * 60 < int(refused.headers["Retry-After"]) <= 60 * 60, "as long as the slow limit says"
    assert EMAIL not in page, "an address to sign in with is nothing that was written"
    assert GOOD not in page


def test_ten_wrong_guesses_of_a_colleague_keep_the_owner_out_for_seconds(app, noor, monkeypatch):
    monkeypatch.setattr(passwords, "GUESSES_HERE", "10 per 15 minutes, then 1 per 1 second")
    assert guess(browser(app), 40).count(429) > 20
    waited = 0
    while (answer := enter(browser(app))).status_code == 429:
        waited += int(answer.headers["Retry-After"])
        time.sleep(int(answer.headers["Retry-After"]))
    assert answer.status_code == 303, "on a browser that was never here before"
    assert waited <= 2


def test_the_limits_at_the_door_slow_and_never_shut():
    limits = (
        passwords.GUESSES_HERE,
        passwords.GUESSES_OF_ONE_ACCOUNT,
        passwords.GUESSES_FROM_ONE_PLACE,
        passwords.GUESSES_ON_ONE_DEVICE,
    )
    for limit in limits:
        slower = parse(limit.partition(rates.THEN)[2])
        assert (slower.amount, slower.get_expiry() <= 20) == (1, True), limit


def test_what_succeeds_is_not_counted(app, noor):
    assert [enter(browser(app)).status_code for _turn in range(12)] == [303] * 12
    assert guess(browser(app), 9) == [422] * 9
    assert enter(browser(app)).status_code == 303


def test_a_colleague_behind_the_same_address_does_not_lock_the_owner_out(app, noor, slow):
    hers = browser(app)
    assert enter(hers).status_code == 303
    submit(hers, "/accounts/sign-out")
    assert guess(browser(app), 13)[-1] == 429
    assert enter(hers, "mistyped").status_code == 422
    assert enter(hers).status_code == 303


def test_a_device_stays_known_when_its_browser_is_closed(app, noor):
    hers = browser(app)
    signed_in = submit(hers, "/accounts/sign-in", {"email": EMAIL, "password": GOOD})
    cookies = [line for line in signed_in.headers.getlist("Set-Cookie") if "device" in line]
    assert len(cookies) == 1
    assert "Max-Age=31536000" in cookies[0]


def test_a_known_device_guesses_no_more_than_others(app, noor, slow):
    hers = browser(app)
    enter(hers)
    submit(hers, "/accounts/sign-out")
    assert guess(hers, 12) == [422] * 11 + [429]
    assert guess(hers, 1, "other@city.test") == [422]


def test_on_a_new_device_the_link_of_a_letter_opens_the_door_that_a_colleague_shut(app, noor, slow):
    guess(browser(app), 12)
    new = browser(app)
    assert enter(new).status_code == 429
    link = f"/accounts/reset/{mail_links.reset_token(noor)}"
    assert submit(new, link, {"password": "een heel ander wachtwoord"}).status_code == 303
    assert enter(new, "een heel ander wachtwoord").status_code == 303


@pytest.mark.parametrize("strangers", [10, pytest.param(60, marks=pytest.mark.proof)])
def test_strangers_elsewhere_do_not_lock_the_owner_out(app, noor, slow, strangers):
    hers = browser(app)
    enter(hers)
    submit(hers, "/accounts/sign-out")
    right = 0
    for number in range(strangers):
        right += guess(browser(app, f"203.0.113.{number}"), 3).count(422)
    assert right == min(3 * strangers, 101), (
        "all of them together have a hundred guesses in an hour, then slowly"
    )
    assert enter(hers).status_code == 303
    assert enter(browser(app, ELSEWHERE)).status_code == (303 if strangers == 10 else 429)


def test_the_addresses_of_one_network_of_ipv6_are_one_place(app, noor, slow):
    seen = [guess(browser(app, f"2001:db8:1:2::{turn:x}"), 1)[0] for turn in range(12)]
    assert seen == [422] * 11 + [429]
    assert enter(browser(app, "2001:db8:1:3::1")).status_code == 303


def test_one_place_guesses_at_many_accounts_only_so_often(app, noor, monkeypatch):
    monkeypatch.setattr(passwords, "GUESSES_FROM_ONE_PLACE", "20 per 15 minutes")
    tried = [guess(browser(app), 1, f"a{turn}@city.test")[0] for turn in range(21)]
    assert tried == [422] * 20 + [429]
    assert enter(browser(app, ELSEWHERE)).status_code == 303


def ask(client, email):
    form = {
        "name": "Iemand",
        "email": email,
        "function": "werker",
        "level": "field",
        "body": "city",
        "city": "gent",
    }
    return submit(client, "/accounts/join", form).status_code


@pytest.mark.both_databases
@pytest.mark.parametrize("people", [10, pytest.param(60, marks=pytest.mark.proof)])
def test_many_people_in_one_room_ask_confirm_sign_in_and_post(app, session, people):
    space = make_space("Gent", city="gent")
    thread = make_thread(space, make_account(email=EMAIL, name="Noor", password=GOOD))
    db.session.commit()
    phones = {f"p{number}@city.test": browser(app) for number in range(people)}
    for email, phone in phones.items():
        assert ask(phone, email) == 303
    for email, phone in phones.items():
        asked = db.session.get_one(AccessRequest, accounts.newest_request(email))
        link = f"/accounts/confirm/{mail_links.confirm_token(asked)}"
        assert submit(phone, link, {"password": GOOD}).status_code == 303
        submit(phone, "/accounts/sign-out")
        member = accounts.by_email(email)
        member.approved_at = member.confirmed_at
        join(member, space)
        db.session.commit()
    for email, phone in phones.items():
        assert enter(phone, "mistyped", email).status_code == 422
        assert enter(phone, GOOD, email).status_code == 303
        assert submit(phone, f"/threads/{thread.id}/replies", {"body": "Dag allemaal."}).status_code == 303


@pytest.mark.parametrize("path", ["/accounts/join", "/accounts/forgot"])
def test_letters_are_counted_for_an_address_at_one_place_and_in_all(app, noor, path):
    make_space("Gent", city="gent")
    db.session.commit()

    def send(address):
        if path == "/accounts/join":
            return ask(browser(app, address), EMAIL)
        return submit(browser(app, address), path, {"email": EMAIL}).status_code

    assert [send(HOME) for _turn in range(4)] == [303, 303, 303, 429]
    assert send(ELSEWHERE) == 303, "a stranger leaves the owner hers"
    assert [send(f"203.0.113.{number}") for number in range(10)].count(303) == 6


def test_letters_that_strangers_asked_for_leave_the_owner_hers_on_her_own_device(app, noor):
    hers = browser(app)
    enter(hers)
    for number in range(12):
        submit(browser(app, f"203.0.113.{number}"), "/accounts/forgot", {"email": EMAIL})
    assert submit(browser(app, ELSEWHERE), "/accounts/forgot", {"email": EMAIL}).status_code == 429
    assert submit(hers, "/accounts/forgot", {"email": EMAIL}).status_code == 303


def test_a_form_that_is_wrong_uses_up_no_letter(app, session):
    make_space("Gent", city="gent")
    db.session.commit()
    assert [ask(browser(app), "nowhere") for _turn in range(5)] == [422] * 5
    assert ask(browser(app), EMAIL) == 303


def test_the_cookie_of_a_known_device_lets_nobody_in_and_names_nobody(app, noor, slow):
    hers = browser(app)
    enter(hers)
    cookie = hers.get_cookie("leerkring-device")
    assert cookie.http_only
    assert "noor" not in cookie.value
    thief = browser(app)
    thief.set_cookie("leerkring-device", cookie.value)
    assert thief.get("/settings/security").status_code == 303
    assert guess(thief, 12) == [422] * 11 + [429]
    for forged in (cookie.value[:-2], "x", ""):
        other = browser(app, ELSEWHERE)
        other.set_cookie("leerkring-device", forged)
        assert enter(other, "wrong").status_code == 422
