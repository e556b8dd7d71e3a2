"""Feeds as a feed reader fetches them, and the page where a member makes their addresses."""

import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup

from forum.domain.people import feed_keys
from forum.domain.people.feed_keys import Feed
from forum.domain.spaces import memberships
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.feeds import FeedKey, FeedKind
from forum.models.spaces import Audience, Role
from forum.web import feeds
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import build

ADDRESS = re.compile(r'id="address"[^>]*value="([^"]+)"')


@pytest.fixture
def gent(client, session):
    return make_space("Gent", city="gent")


@pytest.fixture
def noor(gent):
    member = make_member(space=gent)
    db.session.commit()
    return member


def of(space) -> Feed:
    return Feed(FeedKind.SPACE, space.id)


def page(client):
    return client.get("/settings/feeds", headers={"Accept-Language": "en"})


def seen_on(client, code: str) -> str:
    """What the form says in which the address is made: on the list, or where one would stop, after a question."""
    form = re.compile(rf'name="feed" value="{code}">\s*<input type="hidden" name="seen" value="(\w*)"')
    found = form.search(page(client).text) or form.search(asked(client, "renewal", code).text)
    return found[1]


def asked(client, what: str, code: str):
    return client.get(f"/settings/feeds/{what}?feed={code}", headers={"Accept-Language": "en"})


def made(app, client, code: str) -> str:
    """The path of the address that the page shows once it is made."""
    answer = submit(client, "/settings/feeds", {"feed": code, "seen": seen_on(client, code)})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    address = unescape(ADDRESS.search(answer.text)[1])
    assert address.startswith(app.config["BASE_URL"])
    return address.removeprefix(app.config["BASE_URL"])


@pytest.mark.both_databases
def test_a_member_makes_an_address_that_a_reader_fetches_without_a_session(app, client, gent, noor):
    make_thread(
        gent, noor, title="Who rings <back> & when?", body="We \x1b tried \x0b it.", audience=Audience.NETWORK
    )
    db.session.commit()
    sign_in(client, noor)
    for code in ("lessons", "threads", f"space-{gent.id}"):
        address = made(app, client, code)
        assert address not in page(client).text  # only once
        reader = app.test_client()
        answer = reader.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers
        assert address.split("key=")[1] not in answer.text + str(answer.headers)
        assert ("Who rings &lt;back&gt; &amp; when?" in answer.text) == (code != "lessons")
        assert "\x1b" not in answer.text
        again = reader.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_key_opens_no_other_feed_and_a_wrong_one_is_as_a_feed_that_is_not_there(app, client, gent, noor):
    other = make_space("Aalst", city="aalst")
    lessons = feed_keys.make(actor(noor), Feed(FeedKind.LESSONS))
    in_gent = feed_keys.make(actor(noor), of(gent))
    db.session.commit()
    wrong = (
        "/feeds/threads.atom", "/feeds/threads.atom?key=", "/feeds/lessons.atom?key=nothing",
        f"/feeds/threads.atom?key={lessons}", f"/feeds/spaces/{other.slug}.atom?key={in_gent}",
        f"/feeds/spaces/{gent.slug}.atom", f"/feeds/spaces/nowhere.atom?key={in_gent}",
        f"/feeds/spaces/{gent.slug}.atom?key={lessons}",
    )  # fmt: skip
    answers = [client.get(address, headers={"Accept-Language": "en"}) for address in wrong]
    assert {answer.status_code for answer in answers} == {404}
    # But for what repeats the address that was asked for.
    assert len({re.sub(r'"([?]|[^"]*/feeds/)[^"]*"', "", answer.text) for answer in answers}) == 1
    assert client.get(f"/feeds/spaces/{gent.slug}.atom?key={in_gent}").status_code == 200
    sign_in(client, noor)  # being signed in opens no feed
    assert client.get("/feeds/threads.atom").status_code == 404
    assert client.get("/feeds/lessons.atom?key=nothing").status_code == 404


def test_an_address_stops_on_the_next_request(app, client, gent, noor):
    chief = make_member("Wouter", space=gent, role=Role.MODERATOR)
    secret = feed_keys.make(actor(noor), of(gent))
    db.session.commit()
    address = f"/feeds/spaces/{gent.slug}.atom?key={secret}"
    etag = client.get(address).headers["ETag"]
    memberships.remove(actor(chief), gent.id, noor.id, reason="Works elsewhere now.")
    db.session.commit()
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 404


def test_signing_out_other_devices_stops_every_address(app, client, gent, noor):
    sign_in(client, noor)
    address = made(app, client, "threads")
    reader = app.test_client()
    assert reader.get(address).status_code == 200
    assert "No address yet" in page(client).text
    submit(client, "/settings/sessions/others/ending")
    assert reader.get(address).status_code == 404


def test_another_address_ends_the_first_and_a_form_sent_twice_makes_no_third(app, client, gent, noor):
    sign_in(client, noor)
    first = made(app, client, "lessons")
    seen = seen_on(client, "lessons")
    second = made(app, client, "lessons")
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    again = submit(client, "/settings/feeds", {"feed": "lessons", "seen": seen})
    assert again.status_code == 303
    assert "made already" in page(client).text
    assert client.get(second).status_code == 200
    submit(client, "/settings/feeds/ending", {"feed": "lessons"})
    assert client.get(second).status_code == 404
    for code in ("", "people", "space-0", "space-x", f"space-{make_space('Aalst').id}"):
        db.session.commit()
        assert submit(client, "/settings/feeds", {"feed": code, "seen": ""}).status_code == 404, code


def test_an_address_stops_only_after_a_question_that_says_what_stops(app, client, gent, noor):
    sign_in(client, noor)
    for what in ("renewal", "ending"):  # nothing stops where there is nothing
        for code in ("lessons", f"space-{gent.id + 1}", "people", ""):
            assert asked(client, what, code).headers["Location"] == "/settings/feeds"
    code = f"space-{gent.id}"
    address = made(app, client, code)
    listed = BeautifulSoup(page(client).text, "html.parser")
    forms = [form for form in listed.select("main form") if form.select_one(f"[value={code}]")]
    links = [link["href"] for link in listed.select(f"main .tasks a[href$='feed={code}']")]
    assert (forms, links) == ([], [f"/settings/feeds/{what}?feed={code}" for what in ("renewal", "ending")])
    assert "No program has fetched this address yet." in asked(client, "ending", code).text
    assert client.get(address).status_code == 200
    for what, said in (("renewal", "You get a new address"), ("ending", "It never works again.")):
        question = BeautifulSoup(asked(client, what, code).text, "html.parser").select_one("main")
        assert "New posts in Gent" in question.text
        assert "Last fetched by a program: today at" in question.text
        assert "Once you stop this address, nothing new comes there;" in question.text
        assert said in question.text
        assert question.select_one("a.btn")["href"] == "/settings/feeds"
        assert client.get(address).status_code == 200  # looking ends nothing
    form = question.select_one("form")
    assert [each.text.strip() for each in form.select("button")] == ["Stop this address"]
    sent = {each["name"]: each["value"] for each in form.select("input:not([name=csrf_token])")}
    assert submit(client, form["action"], sent).status_code == 303
    assert client.get(address).status_code == 404


def test_who_is_not_let_in_yet_has_no_feeds(app, client, gent):
    waiting = make_member("Waits", approved_at=None)
    db.session.commit()
    assert page(client).status_code == 303
    sign_in(client, waiting)
    assert page(client).status_code == asked(client, "ending", "lessons").status_code == 403
    assert submit(client, "/settings/feeds", {"feed": "lessons", "seen": ""}).status_code == 403


def test_the_page_says_when_a_feed_was_last_fetched(app, client, gent, noor):
    sign_in(client, noor)
    address = made(app, client, "lessons")
    assert "Not fetched yet" in page(client).text
    app.test_client().get(address)
    assert "Last fetched" in page(client).text
    key = db.session.scalars(db.select(FeedKey)).one()
    used_at = key.used_at
    app.test_client().get(address)
    db.session.refresh(key)
    assert key.used_at == used_at  # one small write an hour
    with clock.at(clock.now() + timedelta(hours=2)):
        app.test_client().get(address)
    db.session.refresh(key)
    assert key.used_at > used_at


def test_everybody_finds_the_feed_of_public_lessons(app, client):
    scenario = build(Audience.PUBLIC)
    public = scenario.published(Audience.PUBLIC, by="editor")
    inside = scenario.published(Audience.NETWORK)
    db.session.commit()
    for path in ("/", "/lessons"):
        assert 'type="application/atom+xml"' in client.get(path).text
    answer = client.get("/feeds/lessons.atom")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert f"{app.config['BASE_URL']}/lessons/{public.public_id}</id>" in answer.text
    assert inside.public_id not in answer.text
    sign_in(client, scenario.author)
    assert client.get("/feeds/lessons.atom").data == answer.data


def test_no_key_stands_in_the_log(app, client, gent, noor, caplog):
    secret = feed_keys.make(actor(noor), of(gent))
    db.session.commit()
    with caplog.at_level(logging.DEBUG):
        client.get(f"/feeds/spaces/{gent.slug}.atom?key={secret}")
        client.get(f"/feeds/threads.atom?key={secret}")
    assert "/feeds/spaces/" in caplog.text
    assert secret not in caplog.text


def test_a_reader_that_asks_all_the_time_has_to_wait(app, client, session, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(feeds, "LIMIT", "2 per minute")
    rates.reset()
    assert [client.get("/feeds/lessons.atom").status_code for _time in range(3)] == [200, 200, 429]
    rates.reset()
