"""From the front door to a place in a space, through the letters that are really sent."""

import re

import pytest

from forum.infra import mailer
from forum.infra.db import db
from forum.jobs import worker
from forum.models.spaces import Role
from tests.factories import actor, make_member, sign_in, submit

GOOD = "drie fietsen in de regen"


@pytest.fixture
def moderator(moderator):
    db.session.commit()
    return moderator


def letter(address: str) -> str:
    """The words of the last letter to an address, after the worker did what was due."""
    worker.run_until_idle()
    mine = [message for message in mailer.sent() if address in message["To"]]
    return mine[-1].get_body(("plain",)).get_content() if mine else ""


def path_in(words: str, start: str) -> str:
    """The path of the link in a letter that begins with `start`."""
    return re.search(rf"https?://[^/\s]+({start}[^\s]*)", words).group(1)


@pytest.mark.both_databases
def test_somebody_asks_confirms_is_let_in_and_signs_in(app, client, gent, moderator):
    form = {
        "name": "Karim", "email": "karim@city.test", "function": "street worker",
        "level": "field", "body": "city", "city": "gent", "message": "Wouter knows me.",
    }  # fmt: skip
    assert client.get("/accounts/join?lang=en").status_code == 200
    assert submit(client, "/accounts/join", form).status_code == 303
    credentials = {"email": "karim@city.test", "password": GOOD}
    assert submit(client, "/accounts/sign-in", credentials).status_code == 422
    confirm = path_in(letter("karim@city.test"), "/accounts/confirm/")
    assert letter(moderator.email) == ""
    page = client.get(confirm).get_data(as_text=True)
    assert all(words in page for words in ("Karim", "street worker", gent.name, "Wouter knows me."))
    weak = submit(client, confirm, {"password": "short"})
    assert "One thing still needs your attention." in weak.text
    assert "What you wrote is still here." not in weak.text, "a password is not"
    assert (weak.status_code, "street worker" in weak.get_data(as_text=True)) == (422, True)
    assert submit(client, confirm, {"password": GOOD}).location == "/"
    told = letter(moderator.email)
    assert "Wouter knows me." in told
    assert f"The moderators of {gent.name} have your request." in client.get("/").get_data(as_text=True)
    assert client.get(confirm).location == "/", "it was used: on they go"
    again = app.test_client().get(confirm, headers={"Accept-Language": "en"})
    assert (again.status_code, "confirmed already" in again.get_data(as_text=True)) == (410, True)
    assert submit(client, "/accounts/sign-out").status_code == 303
    assert submit(client, "/accounts/sign-in", credentials).status_code == 303
    assert client.get(f"/spaces/{gent.slug}/members").status_code == 403
    desk = app.test_client()
    sign_in(desk, moderator)
    page = desk.get(path_in(told, "/spaces/")).get_data(as_text=True)
    request_id = re.search(r"/requests/(\d+)/answer", page).group(1)
    assert submit(desk, f"/requests/{request_id}/answer", {"answer": "member"}).status_code == 303
    assert client.get(path_in(letter("karim@city.test"), "/spaces/")).status_code == 200
    assert client.get(f"/spaces/{gent.slug}/members").status_code == 200


def test_no_word_of_a_stranger_is_in_the_letter(client, gent):
    form = {
        "name": "Win a prize at evil.example", "email": "karim@city.test", "function": "evil.example",
        "level": "field", "body": "city", "city": "gent", "message": "evil.example",
    }  # fmt: skip
    submit(client, "/accounts/join", form)
    assert "evil" not in letter("karim@city.test")


def test_who_forgot_a_password_that_was_never_chosen_gets_the_link_again(app, client, gent):
    form = {
        "name": "Karim", "email": "karim@city.test", "function": "nurse", "level": "field", "body": "city",
        "city": "gent",
    }  # fmt: skip
    submit(client, "/accounts/join", form)
    first = letter("karim@city.test")
    before = len(mailer.sent())
    submit(client, "/accounts/forgot", {"email": "karim@city.test"})
    confirm = path_in(letter("karim@city.test"), "/accounts/confirm/")
    assert len(mailer.sent()) == before + 1
    assert submit(client, confirm, {"password": GOOD}).status_code == 303
    used = path_in(first, "/accounts/confirm/")
    assert (client.get(used).status_code, app.test_client().get(used).status_code) == (303, 410)


def test_an_invitation_comes_by_mail_and_lets_in(app, client, gent, moderator):
    sign_in(client, moderator)
    form = {"email": "hanne@city.test", "role": "guest", "locale": "en", "note": "Come and look."}
    submit(client, f"/spaces/{gent.slug}/invitations", form)
    words = letter("hanne@city.test")
    assert "Come and look." in words
    hers = app.test_client()
    profile = {
        "name": "Hanne", "password": GOOD, "function": "researcher", "level": "staff", "body": "academic",
        "city": "network",
    }  # fmt: skip
    assert submit(hers, path_in(words, "/invitations/"), profile).status_code == 303
    assert hers.get(f"/spaces/{gent.slug}").status_code == 200


def test_a_known_address_gets_another_letter_and_an_unknown_one_none(client, gent, moderator):
    owner = make_member("Noor", space=gent)
    db.session.commit()
    submit(client, "/accounts/forgot", {"email": "nobody@city.test"})
    assert letter("nobody@city.test") == ""
    submit(client, "/accounts/forgot", {"email": owner.email})
    reset = path_in(letter(owner.email), "/accounts/reset/")
    assert submit(client, reset, {"password": GOOD}).status_code == 303
    assert "password" in letter(owner.email)
    assert submit(client, "/accounts/sign-in", {"email": owner.email, "password": GOOD}).status_code == 303
    assert actor(owner).roles == {gent.id: Role.MEMBER}


def test_what_is_wrong_is_listed_in_the_order_of_the_fields(client, gent):
    client.get("/accounts/join?lang=en")
    page = submit(client, "/accounts/join", {"level": "field", "body": "city", "city": ""}).text
    summary = page.split('class="error-summary"', 1)[1].split("</ul>", 1)[0]
    assert re.findall(r'href="#(\w+)"', summary) == ["name", "email", "function", "city"]
    assert "What you wrote is still here." not in summary, "nothing was"
    page = submit(client, "/accounts/join", {"name": "Karim", "level": "field", "body": "city"}).text
    assert "What you wrote is still here." in page
