"""A visitor chooses a language with a link, which alone sets a cookie; pages that are only read set none."""

import re
from html import unescape

import pytest

from forum.infra.db import db
from forum.models.spaces import Audience
from tests.factories import make_member, make_space, make_thread, sign_in
from tests.lesson_scenario import build

NAME = "leerkring-language"
DUTCH, ENGLISH = '<html lang="nl-BE"', '<html lang="en"'
SWITCH = re.compile(
    r'<a href="([^"]+)" lang="(nl|en)" hreflang="\2"( aria-current="true")?>(Nederlands|English)</a>'
)
IN_ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def places():
    """Addresses that a visitor may only read."""
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    gent = make_space("Gent", default=Audience.PUBLIC)
    thread = make_thread(gent, make_member("Leen", space=gent), audience=Audience.PUBLIC)
    db.session.commit()
    return [
        "/", "/lessons", "/lessons?axis=solidaire-stadspolis", f"/lessons/{lesson.public_id}", "/spaces", "/privacy",
        f"/spaces/{gent.slug}", f"/threads/{thread.id}-{thread.slug}", "/accessibility",
    ]  # fmt: skip


def test_pages_that_are_only_read_set_no_cookie(app, places):
    for path in places:
        for _turn in range(2):
            answer = app.test_client().get(path, headers=IN_ENGLISH)
            assert answer.status_code == 200, path
            assert answer.headers.getlist("Set-Cookie") == [], path
            assert answer.headers["Cache-Control"] == "private, no-cache", path
            assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= set(
                answer.headers["Vary"].split(", ")
            ), path


@pytest.mark.parametrize("path", ["/accounts/sign-in", "/accounts/join", "/accounts/forgot"])
def test_a_page_with_a_form_sets_the_session(client, session, path):
    (cookie,) = client.get(path).headers.getlist("Set-Cookie")
    assert cookie.startswith("leerkring=")


def test_every_page_offers_both_languages_in_their_own_words(app, places):
    for path in places:
        page = app.test_client().get(path, headers=IN_ENGLISH).text
        found = SWITCH.findall(page)
        assert [(language, bool(current), name) for _address, language, current, name in found] == [
            ("nl", False, "Nederlands"), ("en", True, "English"),
        ], path  # fmt: skip
        assert "/settings/language" not in page


def test_the_link_answers_in_its_language_and_is_remembered(client, places):
    for path in places:
        client.delete_cookie(NAME)
        before = client.get(path, headers=IN_ENGLISH).text
        assert ENGLISH in before, path
        address = unescape(SWITCH.findall(before)[0][0])
        answer = client.get(path.partition("?")[0] + address, headers=IN_ENGLISH)
        assert (answer.status_code, DUTCH in answer.text) == (200, True), path
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert re.fullmatch(
            rf"{NAME}=nl; Expires=[^;]+; Max-Age=31536000; HttpOnly; Path=/; SameSite=Lax", cookie
        ), path
        again = client.get(path, headers=IN_ENGLISH)
        assert (DUTCH in again.text, again.headers.getlist("Set-Cookie")) == (True, []), path


def test_the_link_keeps_the_rest_of_the_address(client, session):
    page = client.get(
        "/lessons?axis=solidaire-stadspolis&lang=nl&tag=a%26b&tag=c%22%3E&x=%ff", headers=IN_ENGLISH
    )
    addresses = [unescape(address) for address, *_rest in SWITCH.findall(page.text)]
    assert addresses[1] == addresses[0].replace("lang=nl", "lang=en")
    assert addresses[0].startswith("?axis=solidaire-stadspolis&tag=a%26b&tag=c%22%3E&x=")
    assert addresses[0].endswith("&lang=nl")
    assert addresses[0].count("lang=") == 1


def test_no_address_leads_the_link_to_another_site(client, session):
    page = client.get("//evil.test/x?lang=en")
    assert page.status_code == 404
    assert [address for address, *_rest in SWITCH.findall(page.text)] == ["?lang=nl", "?lang=en"]


@pytest.mark.parametrize("other", ["xx", "", "NL", "nl-BE", "en;evil=1", "../nl"])
def test_another_language_is_ignored(client, session, other):
    answer = client.get("/privacy", query_string={"lang": other}, headers=IN_ENGLISH)
    assert (answer.status_code, ENGLISH in answer.text) == (200, True)
    assert answer.headers.getlist("Set-Cookie") == []
    client.set_cookie(NAME, other or "x")
    assert ENGLISH in client.get("/privacy", headers=IN_ENGLISH).text


def test_a_page_that_only_answers_forms_switches_at_home(client, session):
    page = client.post("/settings/language", data={"locale": "nl"}, headers=IN_ENGLISH)
    assert [address for address, *_rest in SWITCH.findall(page.text)] == ["/?lang=nl", "/?lang=en"]
    page = client.post("/accounts/sign-in", data={"email": "x"}, headers=IN_ENGLISH)
    assert [address for address, *_rest in SWITCH.findall(page.text)] == ["?lang=nl", "?lang=en"]


def test_the_cookie_is_strict_where_the_session_is(client, session, app, monkeypatch):
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    (cookie,) = client.get("/privacy?lang=en").headers.getlist("Set-Cookie")
    assert "; Secure; HttpOnly; Path=/; SameSite=Lax" in cookie


def test_a_file_sets_no_language(client, session):
    assert client.get("/static/css/tokens.css?lang=en").headers.getlist("Set-Cookie") == []


def test_a_member_keeps_the_language_of_their_settings(client, session):
    sign_in(client, make_member("Noor", space=make_space("Gent"), locale="en"))
    client.set_cookie(NAME, "nl")
    answer = client.get("/privacy?lang=nl", headers={"Accept-Language": "nl"})
    assert ENGLISH in answer.text
    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if NAME in cookie]
    assert SWITCH.findall(answer.text) == []
    assert 'action="/settings/language"' in answer.text


def test_the_choice_outlives_signing_in_and_out(client, session):
    client.get("/privacy?lang=nl")
    sign_in(client, make_member("Noor", space=make_space("Gent"), locale="en"))
    assert ENGLISH in client.get("/privacy", headers=IN_ENGLISH).text
    client.delete_cookie("leerkring")
    assert DUTCH in client.get("/privacy", headers=IN_ENGLISH).text


def test_l1_the_language_of_the_last_page_is_remembered_where_the_browser_chooses_it(
    client, session, count_queries
):
    member = make_member("Noor", space=make_space("Gent"), locale=None)
    sign_in(client, member)

    def seen_after(accepted, path="/", method="GET", **headers):
        client.open(path, method=method, headers={"Accept-Language": accepted, **headers})
        db.session.refresh(member)
        return member.locale_seen

    assert seen_after("en-GB", "/static/css/tokens.css") is None
    assert seen_after("en-GB", "/threads/999") is None
    assert seen_after("en-GB") == "en"
    for accepted, written in (("en", 0), ("nl", 1), ("nl", 0)):
        with count_queries() as seen:
            client.get("/spaces", headers={"Accept-Language": accepted})
        assert len([line for line in seen.statements if line.startswith("UPDATE member")]) == written
    assert seen_after("en", method="HEAD") == "nl"
    assert seen_after("en", Purpose="prefetch") == "nl"
    assert seen_after("fr") == "nl"
    assert seen_after("en", "/settings/profile") == "en"
    member.locale = "nl"
    db.session.commit()
    assert seen_after("nl") == "en", "a chosen language needs no other"
