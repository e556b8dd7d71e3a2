"""A page that is fetched ahead, or only asked for its headers, leaves everything as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.people import sessions
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import SignIn
from forum.models.threads import ReadMark
from tests.factories import make_member, make_post, make_thread, sign_in, submit

AHEAD = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Sec-Purpose": "prefetch;anonymous-client-ip"},
    {"Sec-Purpose": "Prefetch; Prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"X-Purpose": "preview"},
]
LOOKING = [{}, {"Sec-Purpose": ""}, {"Purpose": "reading"}, {"Sec-Fetch-Mode": "navigate"}]

# Two posts, each marked in the list beside the thread and in the one that is folded on a phone.
TWO_NEW = 4


@pytest.fixture
def thread(gent, leen):
    """A thread with something that Leen has not read."""
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, karim)
    make_post(thread, karim)
    return thread


def marks():
    return db.session.scalars(select(ReadMark.thread_id)).all()


@pytest.mark.parametrize("headers", AHEAD)
def test_d2_a_page_fetched_ahead_is_not_read_and_no_device_was_seen(client, thread, leen, headers):
    secret = sign_in(client, leen)
    device = db.session.scalars(select(SignIn)).one()
    device.last_seen_at = seen_at = clock.now() - 2 * sessions.TOUCH_AFTER
    db.session.commit()
    path = f"/threads/{thread.id}-{thread.slug}"
    for answer in (client.get(path, headers=headers), client.head(path), client.head(path, headers=headers)):
        assert answer.status_code == 200
        db.session.refresh(device)
        assert (marks(), device.last_seen_at) == ([], seen_at)
    assert client.get(path).text.count('class="is-new"') == TWO_NEW
    db.session.refresh(device)
    assert marks() == [thread.id]
    assert device.last_seen_at > seen_at + timedelta(minutes=1)
    assert sessions.look_up(secret)


@pytest.mark.parametrize("headers", LOOKING)
def test_d2_a_page_that_somebody_opens_is_read(client, thread, leen, headers):
    sign_in(client, leen)
    assert client.get(f"/threads/{thread.id}-{thread.slug}", headers=headers).status_code == 200
    assert marks() == [thread.id]


@pytest.mark.parametrize("headers", AHEAD)
def test_a_message_waits_for_the_page_that_is_looked_at(client, gent, leen, headers):
    sign_in(client, leen)
    submit(client, "/reading")
    said = "Everything up to now is marked as read."
    assert said not in client.get("/", headers=headers).text
    assert client.head("/").status_code == 200
    assert said in client.get("/").text
    assert said not in client.get("/").text


def test_a_page_that_was_drawn_ahead_and_is_then_shown_is_read_and_uses_up_no_message(client, thread, leen):
    sign_in(client, leen)
    path, seen = f"/threads/{thread.id}-{thread.slug}", {"X-Purpose": "seen"}
    submit(
        client,
        "/settings/profile",
        {"name": "Leen", "locale": "en", "timezone": "Europe/Brussels", "theme": ""},
    )
    assert (
        client.get(path, headers={"Sec-Purpose": "prefetch;prerender"}).text.count('class="is-new"')
        == TWO_NEW
    )
    assert marks() == []
    assert "Your profile is saved." not in client.get(path, headers=seen).text
    assert marks() == [thread.id]
    assert "Your profile is saved." in client.get(path).text


@pytest.mark.parametrize("headers", AHEAD)
def test_a_link_to_another_language_chooses_it_only_when_it_is_followed(client, session, headers):
    assert client.get("/?lang=en", headers=headers).headers.getlist("Set-Cookie") == []
    assert client.head("/?lang=en").headers.getlist("Set-Cookie") == []
    (cookie,) = client.get("/?lang=en").headers.getlist("Set-Cookie")
    assert cookie.startswith("leerkring-language=en")
