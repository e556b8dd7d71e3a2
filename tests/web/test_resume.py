"""A lost session loses no words: they come back, and go where they were going."""

import re

import pytest
from sqlalchemy import select

from forum.domain.people import accounts
from forum.infra.db import db
from forum.models.threads import Post
from tests.factories import join, make_account, make_space, make_thread, sign_in, submit

GOOD = "drie fietsen in de regen"
WORDS = "We tried it again.\n\n</textarea><script>alert(1)</script> & it <b>worked</b>."


@pytest.fixture
def talk(session):
    noor = make_account(
        email="noor@city.test", name="Noor", password=GOOD, locale="en", confirmed=True, approved=True
    )
    space = make_space("Gent", city="gent")
    join(noor, space)
    thread = make_thread(space, noor)
    db.session.commit()
    return thread


def fields(page):
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {name: value for name, value in found.items() if name not in {"next"}}


def body(page):
    words = re.search(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.S)
    return words.group(1), words.group(2)


def replies():
    return len(db.session.scalars(select(Post).where(Post.number > 1)).all())


def test_a_reply_without_a_token_comes_back_and_is_posted_with_one_click(client, talk):
    sign_in(client, talk_author(talk))
    answer = client.post(
        f"/threads/{talk.id}/replies", data={"body": WORDS, "idempotency_key": "abc-1", "csrf_token": "stale"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert replies() == 0
    assert "<script>alert" not in page
    assert body(page)[0] == "body"
    assert "We tried it again." in body(page)[1]
    assert fields(page)["idempotency_key"] == "abc-1"
    assert f'action="/threads/{talk.id}/replies"' in page
    assert (
        submit(client, f"/threads/{talk.id}/replies", {"body": WORDS, "idempotency_key": "abc-1"}).status_code
        == 303
    )
    assert replies() == 1


def test_signed_out_she_signs_in_on_the_same_page_and_keeps_her_words(client, talk):
    answer = client.post(
        f"/threads/{talk.id}/replies", data={"body": WORDS, "idempotency_key": "abc-1", "csrf_token": "stale"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert body(page)[0] == "kept.body"
    kept = {
        "target": fields(page)["target"], "kept.body": WORDS,
        "kept.idempotency_key": fields(page)["kept.idempotency_key"],
        "email": "noor@city.test",
    }  # fmt: skip
    wrong = submit(client, "/accounts/sign-in/again", kept | {"password": "not this one"})
    assert wrong.status_code == 422
    assert "We tried it again." in wrong.get_data(as_text=True)
    right = submit(client, "/accounts/sign-in/again", kept | {"password": GOOD})
    page = right.get_data(as_text=True)
    assert right.status_code == 200
    assert replies() == 0
    assert body(page)[0] == "body"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1]
    sent = client.post(
        f"/threads/{talk.id}/replies", data={"body": WORDS, "idempotency_key": "abc-1", "csrf_token": token}
    )
    assert sent.status_code == 303
    assert replies() == 1


def test_a_valid_token_of_a_visitor_is_not_enough_to_lose_words_either(client, talk):
    answer = submit(client, f"/threads/{talk.id}/replies", {"body": WORDS, "idempotency_key": "abc-1"})
    assert answer.status_code == 403
    assert "We tried it again." in answer.get_data(as_text=True)


@pytest.mark.parametrize("target", ["https://evil.test/x", "//evil.test", "/nowhere", "/lessons", ""])
def test_words_go_to_a_form_of_ours_only(client, talk, target):
    sent = {"target": target, "kept.body": "x", "email": "noor@city.test", "password": GOOD}
    answer = submit(client, "/accounts/sign-in/again", sent)
    assert answer.status_code == 404


def test_passwords_do_not_come_back(client, talk):
    sign_in(client, talk_author(talk))
    answer = client.post(
        "/settings/security", data={"current": GOOD, "password": "een heel ander wachtwoord"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert GOOD not in page
    assert "een heel ander" not in page
    assert page.count('type="password"') == 2


def test_every_value_of_a_list_comes_back(client, talk):
    sign_in(client, talk_author(talk))
    answer = client.post("/settings/digest", data={"needs": ["facts", "x"]})
    page = answer.get_data(as_text=True)
    assert 'name="needs" value="facts"' in page
    assert 'name="needs" value="x"' in page


def test_a_story_comes_back_with_its_choices_in_words_and_its_title_on_one_line(client, talk):
    story = {"title": 'Who "rings" back?', "body": WORDS, "tags": "onthaal, bel", "need": "facts"}
    story |= {"axis": "solidaire-stadspolis", "audience": "space"}
    sign_in(client, talk_author(talk))
    for sent in (story, story | {"audience": "<b>nobody</b>"}):
        page = client.post("/spaces/gent/threads", data=sent).get_data(as_text=True)
        assert re.search(r'<input class="input"[^>]* name="title" value="Who &#34;rings&#34; back\?"', page)
        assert re.search(r'<input class="input"[^>]* name="tags" value="onthaal, bel"', page)
        told = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))
        assert told.pop("Who may read this?", None) == {"space": "Only this space"}.get(sent["audience"])
        assert told == {"What are you looking for?": "Facts", "Theme": "City of solidarity"}
        assert fields(page).keys() >= {"need", "axis", "audience"}
        assert "<b>nobody" not in page


def stale(client, path, came_from, **data):
    return client.post(
        path,
        data={"csrf_token": "stale"} | data,
        headers={"Referer": f"http://localhost{came_from}"},
    )


BUTTONS = {"/drafts/7": {"_method": "DELETE"}, "/drafts/7/restoration": {"stay": "0"}}


@pytest.mark.parametrize("path", BUTTONS)
def test_a_button_without_words_is_not_sent_again_but_leads_back_to_where_it_stands(client, talk, path):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = stale(client, path, "/drafts?thrown=7", **BUTTONS[path])
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "You are signed out, so nothing was done." in page
    assert "What you wrote" not in page
    assert path not in page
    assert 'name="next" type="hidden" value="/drafts?thrown=7"' in page
    signed = {"next": "/drafts?thrown=7", "email": "noor@city.test"}
    wrong = submit(client, "/accounts/sign-in/again", signed | {"password": "not this one"})
    assert wrong.status_code == 422
    assert 'name="next" type="hidden" value="/drafts?thrown=7"' in wrong.text
    right = submit(client, "/accounts/sign-in/again", signed | {"password": GOOD})
    assert (right.status_code, right.location) == (303, "/drafts?thrown=7")
    assert "Nothing was done yet. Press it again if you still want to." in client.get(right.location).text


def test_a_button_of_a_page_that_was_open_too_long_leads_back(client, talk):
    sign_in(client, talk_author(talk))
    page = stale(client, "/drafts/7", "/drafts", _method="DELETE").text
    assert "Nothing was done" in page
    assert '<a class="btn btn--primary" href="/drafts">' in page
    assert 'type="password"' not in page


@pytest.mark.parametrize(
    "came_from",
    ["http://evil.test/drafts", "http://localhost//evil.test", "http://localhost/drafts/7/restoration", ""],
)
def test_a_button_leads_back_to_a_page_of_ours_only(client, talk, came_from):
    where = {"Referer": came_from, "Sec-Fetch-Site": "same-origin"}
    page = client.post("/drafts/7/restoration", data={"csrf_token": "stale"}, headers=where).text
    assert 'name="next" type="hidden" value="/"' in page


def test_words_that_were_emptied_on_the_page_to_sign_in_are_not_sent(client, talk):
    sent = {"target": f"/threads/{talk.id}/replies", "kept.body": " "}
    answer = submit(client, "/accounts/sign-in/again", sent | {"email": "noor@city.test", "password": GOOD})
    assert (answer.status_code, answer.location) == (303, "/")


def test_who_signs_out_where_the_session_ended_is_signed_out(client, talk):
    answer = stale(client, "/accounts/sign-out", "/drafts")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "storage" not in answer.headers.get("Clear-Site-Data", "")
    sign_in(client, talk_author(talk))
    assert "Nothing was done" in stale(client, "/accounts/sign-out", "/drafts").text
    assert client.get("/drafts").status_code == 200


def talk_author(thread):
    return accounts.by_email("noor@city.test")
