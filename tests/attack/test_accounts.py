"""Links of letters used again, sessions carried over, passwords of every kind, and rooms that stay shut."""

import pytest

from forum.demo import people
from forum.domain.people import accounts, mail_links, sessions
from forum.infra import clock, passwords
from forum.infra.db import db
from tests.factories import ask_for_access, make_account, make_member, make_space, sign_in, submit

GOOD = "drie fietsen in de regen"


@pytest.fixture
def noor(session):
    member = make_account(email="noor@city.test", name="Noor", password=GOOD, confirmed=True, approved=True)
    db.session.commit()
    return member


def enter(client, email, password, **more):
    return submit(client, "/accounts/sign-in", {"email": email, "password": password, **more})


@pytest.mark.parametrize("password", [
    "  twee spaties aan  beide kanten  ", "пароль длинный и тихий", "éèê ñ ü lange zin", "👩‍👩‍👧 paraplu regen fiets",
    "Kraai en paraplu " * 15 + "x",
])  # fmt: skip
def test_every_long_password_works_literally(client, session, password):
    make_account(email="a@city.test", name="Noor", password=password, confirmed=True, approved=True)
    db.session.commit()
    assert enter(client, "a@city.test", password + "!").status_code == 422
    assert enter(client, "a@city.test", password).status_code == 303


def test_a_password_of_257_characters_is_too_long_everywhere(client, noor):
    long = "Kraai en paraplu " * 15 + "xyz"
    assert len(long) > passwords.LONGEST
    assert enter(client, "noor@city.test", long).status_code == 422
    token = mail_links.reset_token(noor)
    assert submit(client, f"/accounts/reset/{token}", {"password": long}).status_code == 422


def test_the_password_of_the_demo_opens_nothing_where_there_is_no_demo(app, client, session, monkeypatch):
    email = people.address("yasmina")
    member = accounts.create(email=email, name="Yasmina", confirmed=True, approved=True)
    member.password_hash = passwords.hash_password(people.PASSWORD)
    db.session.commit()
    for written in (email, email.upper(), f" {email} "):
        assert enter(client, written, people.PASSWORD).status_code == 422
    monkeypatch.setitem(app.config, "DEMO", True)
    assert enter(client, email, people.PASSWORD).status_code == 303


@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/x.eml", "/mailbox/x.eml/letter", "/design"])
def test_the_rooms_of_the_demo_do_not_exist_elsewhere(app, client, session, monkeypatch, path):
    assert client.get(path).status_code == 404
    monkeypatch.setitem(app.config, "DEMO", True)
    assert client.get("/design").status_code == 200


def test_a_link_of_one_kind_opens_no_other_door(client, gent, noor):
    links = {
        "confirm": mail_links.confirm_token(ask_for_access()),
        "reset": mail_links.reset_token(noor),
        "unsubscribe": mail_links.unsubscribe_token(noor.id, "digest"),
    }
    doors = {
        "confirm": "/accounts/confirm/{}", "reset": "/accounts/reset/{}", "unsubscribe": "/unsubscribe/{}",
        "invitation": "/invitations/{}",
    }  # fmt: skip
    for kind, token in links.items():
        for door, path in doors.items():
            for changed in (token, token[:-1], token + "A", token.swapcase()):
                opened = client.get(path.format(changed)).status_code == 200
                assert opened == (kind == door and changed == token), (kind, door)


def test_a_reset_link_dies_with_the_next_password_and_is_good_once(client, noor):
    old = mail_links.reset_token(noor)
    newer = mail_links.reset_token(noor)
    assert (
        submit(client, f"/accounts/reset/{newer}", {"password": "een heel ander lang woord"}).status_code
        == 303
    )
    for token in (old, newer):
        assert (
            submit(client, f"/accounts/reset/{token}", {"password": "weer een ander lang woord"}).status_code
            == 410
        )
    assert enter(client, "noor@city.test", "een heel ander lang woord").status_code == 303


def test_a_reset_link_lets_no_suspended_member_in(client, noor):
    token = mail_links.reset_token(noor)
    noor.suspended_at = clock.now()
    db.session.commit()
    submit(client, f"/accounts/reset/{token}", {"password": "een heel ander lang woord"})
    assert enter(client, "noor@city.test", "een heel ander lang woord").status_code == 422


def test_a_session_planted_before_signing_in_is_worth_nothing(app, client, noor):
    client.get("/accounts/sign-in")
    planted = client.get_cookie("leerkring").value
    assert enter(client, "noor@city.test", GOOD).status_code == 303
    mine = client.get_cookie("leerkring").value
    thief = app.test_client()
    thief.set_cookie("leerkring", planted)
    assert thief.get("/settings/profile").status_code == 303
    assert mine != planted


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(app, client, noor):
    sign_in(client, noor)
    kept = client.get_cookie("leerkring").value
    thief = app.test_client()
    thief.set_cookie("leerkring", kept)
    assert thief.get("/settings/profile").status_code == 200
    submit(client, "/accounts/sign-out")
    assert thief.get("/settings/profile").status_code == 303


def test_the_owner_gets_in_while_a_stranger_is_kept_out(app, noor, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    stranger, owner = app.test_client(), app.test_client()
    stranger.environ_base["REMOTE_ADDR"], owner.environ_base["REMOTE_ADDR"] = "10.0.0.1", "10.0.0.2"
    seen = [enter(stranger, "noor@city.test", f"wrong {n}").status_code for n in range(12)]
    assert (seen[0], seen[-1]) == (422, 429)
    assert enter(stranger, "Noor@City.Test ", "wrong").status_code == 429
    assert enter(owner, "noor@city.test", GOOD).status_code == 303


def test_the_words_for_known_and_unknown_are_the_same(client, noor):
    pages = set()
    for email in ("noor@city.test", "nobody@city.test", "no address"):
        answer = enter(client, email, "wrong wrong wrong")
        pages.add((answer.status_code, answer.get_data(as_text=True).replace(email, "")))
    assert len({status for status, _page in pages}) == 1
    sent = {
        submit(client, "/accounts/forgot", {"email": e}).location
        for e in ("noor@city.test", "nobody@city.test")
    }
    assert sent == {"/accounts/forgot/sent"}


def test_a_device_is_ended_by_its_owner_only(app, noor):
    other = make_member("Karim", space=make_space("Aalst", city="aalst"))
    browser = app.test_client()
    sign_in(browser, other)
    sessions.begin(noor, device="Hers")
    db.session.commit()
    number = db.session.scalar(db.select(sessions.SignIn.id).where(sessions.SignIn.member_id == noor.id))
    assert submit(browser, f"/settings/sessions/{number}/ending").status_code == 404
    own = db.session.scalar(db.select(sessions.SignIn.id).where(sessions.SignIn.member_id == other.id))
    assert submit(browser, f"/settings/sessions/{own}/ending").status_code == 303


def test_a_link_that_is_fetched_ahead_leaves_no_message(client, noor):
    token = mail_links.reset_token(noor)
    assert (
        submit(client, f"/accounts/reset/{token}", {"password": "een heel ander lang woord"}).status_code
        == 303
    )
    sign_in(client, noor)
    client.get("/")  # which shows the message that the password is set
    for header in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}):
        assert client.get(f"/accounts/reset/{token}", headers=header).status_code == 303
    assert client.head(f"/accounts/reset/{token}").status_code == 303
    with client.session_transaction() as kept:
        assert "_flashes" not in kept
    assert client.get(f"/accounts/reset/{token}").status_code == 303
    with client.session_transaction() as kept:
        assert noor.name in kept["_flashes"][-1][1]
