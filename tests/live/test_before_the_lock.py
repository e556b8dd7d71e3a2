"""What takes long, rendering and hashing, is done while nobody waits: no form holds the write lock meanwhile."""

import sqlite3
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from flask import before_render_template
from sqlalchemy import create_engine, text

from forum.domain.lessons import claims, lessons
from forum.domain.moderation import hiding
from forum.domain.people import mail_links
from forum.domain.spaces import invitations
from forum.domain.themes import label_rows
from forum.domain.threads import posts
from forum.infra import clock, passwords
from forum.infra import text as plain_text
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Role
from forum.web.http import current_user, transactions
from tests.conftest import POSTGRES
from tests.factories import (
    actor,
    ask_for_access,
    csrf_for,
    join,
    make_account,
    make_member,
    make_post,
    make_space,
    make_thread,
    sign_in,
)

pytestmark = pytest.mark.live
PASSWORD, OTHER = "een rustige lange zin 77", "een heel ander wachtwoord"
POST = {"body": "Wat hier *staat*."}
STORY = {**POST, "title": "Een titel", "need": "action", "axis": "solidaire-stadspolis", "audience": "space"}
NEWCOMER = {
    "name": "Iemand", "password": PASSWORD, "function": "werker", "level": "field", "body": "city", "city": "gent",
}  # fmt: skip


def is_free(url) -> bool:
    """Whether another one could write now: nobody holds the lock (SQLite), or a transaction open (PostgreSQL)."""
    if POSTGRES:
        with create_engine(url).connect() as other:
            held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE :state"
            return other.scalar(text(held), {"state": "idle in transaction%"}) == 0
    other = sqlite3.connect(str(url.database), timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


@pytest.fixture
def ground(live_app):
    """A space with a thread, what is in it to show again and to quote, and people; everything committed."""
    with live_app.app_context():
        space = make_space("Gent", city="gent")
        keeper = make_member("Wouter", space=space, role=Role.MODERATOR)
        author = make_account(
            email="noor@city.test", name="Noor", password=PASSWORD, confirmed=True, approved=True
        )
        join(author, space)
        thread = make_thread(space, author)
        taken, hidden, kept = (make_post(thread, author, "Op het *plein*.") for _post in range(3))
        posts.take_back(actor(author), taken.id)
        hiding.hide(actor(keeper), hidden.id, reason="Te luid.")
        lesson = lessons.draft(actor(keeper), thread.id, title="Les")
        claim = claims.add(actor(keeper), lesson.id, text="Een bewering.")
        invitation = invitations.invite(actor(keeper), space.id, email="gast@stad.example", role=Role.GUEST)
        asked = ask_for_access()
        db.session.commit()
        made = {
            "space": space.slug, "keeper": keeper.id, "author": author.id, "thread": thread.id, "kept": kept.id,
            "taken": taken.id, "hidden": hidden.id, "lesson": lesson.id, "claim": claim.id,
            "link": mail_links.invitation_token(invitation), "reset": mail_links.reset_token(author),
            "confirm": mail_links.confirm_token(asked),
        }  # fmt: skip
        db.session.remove()
    return made


FORMS = [
    ("author", "/spaces/{space}/threads", STORY),
    ("author", "/spaces/{space}/threads", {**STORY, "preview": "1"}),
    ("author", "/spaces/{space}/threads", {**STORY, "title": " "}),
    ("author", "/threads/{thread}/replies", {**POST, "kind": "nonsense"}),
    ("author", "/posts/{kept}/revisions", {**POST, "title": " ", "seen_revision": "x"}),
    ("author", "/threads/{thread}/replies", POST),
    ("author", "/threads/{thread}/replies", {**POST, "preview": "1"}),
    ("author", "/posts/{kept}/revisions", {**POST, "seen_revision": "1"}),
    ("author", "/posts/{kept}/revisions", {**POST, "seen_revision": "1", "preview": "1"}),
    ("author", "/previews", POST),
    ("author", "/posts/{taken}/withdrawal", {"_method": "DELETE"}),
    ("keeper", "/posts/{hidden}/hiding", {"_method": "DELETE"}),
    ("keeper", "/workbench/{lesson}/excerpts", {"claim_id": "{claim}", "words": "Op het", "stance": "supports"}),
    (None, "/accounts/sign-in", {"email": "noor@city.test", "password": PASSWORD}),
    (None, "/accounts/sign-in", {"email": "nobody@city.test", "password": PASSWORD}),
    (None, "/accounts/confirm/{confirm}", {"password": PASSWORD}),
    (None, "/accounts/reset/{reset}", {"password": OTHER}),
    (None, "/invitations/{link}", NEWCOMER),
    ("author", "/settings/security", {"current": OTHER, "password": PASSWORD}),
]  # fmt: skip
DEAR = [(passwords, "verify"), (passwords, "hash_password"), (plain_text, "render"), (plain_text, "locate")]


@pytest.fixture
def seen(live_app, monkeypatch):
    """For each dear function that ran: its name, and whether others could write meanwhile."""
    found = []
    with live_app.app_context():
        url = db.engine.url

    def watched(name, genuine):
        def watch(*args, **named):
            found.append((name, is_free(url)))
            return genuine(*args, **named)

        return watch

    for module, name in DEAR:
        monkeypatch.setattr(module, name, watched(name, getattr(module, name)))
    return found


def send(live_app, ground, who, path, fields):
    return signed_in(live_app, ground, who)(path, fields)


def signed_in(live_app, ground, who):
    """What sends a form as somebody."""
    browser = live_app.test_client()
    with live_app.app_context():
        if who:
            sign_in(browser, db.session.get_one(Member, ground[who]))
            db.session.commit()
        label_rows.forget()  # so that a form which asks for the words of its choices does so now
        db.session.remove()
    token = csrf_for(browser)

    def sent(path, fields):
        fields = {name: value.format(**ground) for name, value in fields.items()}
        fields |= {"csrf_token": token, "idempotency_key": str(uuid.uuid4())}
        return browser.post(path.format(**ground), data=fields)

    return sent


def test_no_form_renders_hashes_or_searches_while_others_wait(live_app, ground, seen):
    for who, path, fields in FORMS:
        seen.clear()
        answer = send(live_app, ground, who, path, fields)
        refused = (
            "nobody@city.test" in fields.values()
            or {"words", "kind"} & {*fields}
            or fields.get("title") == " "
        )
        looks = "preview" in fields or path == "/previews"
        assert answer.status_code == (422 if refused else 200 if looks else 303), (path, fields)
        assert seen, (path, "nothing dear was done")
        assert all(free for _name, free in seen), (path, fields, seen)


def test_a_command_hashes_before_it_takes_the_lock(live_app, ground, seen):
    command = [
        "member",
        "add",
        "cli@city.test",
        "--name",
        "Cli",
        "--space",
        ground["space"],
        "--password-stdin",
    ]
    ended = live_app.test_cli_runner().invoke(args=command, input=f"{PASSWORD}\n")
    assert (ended.exit_code, seen) == (0, [("hash_password", True)]), ended.output


def test_what_is_watched_can_be_held(live_app, ground, seen, monkeypatch):
    monkeypatch.setattr(transactions, "looking_up", nullcontext)
    send(live_app, ground, "author", "/posts/{taken}/withdrawal", {"_method": "DELETE"})
    assert ("render", False) in seen


END = text("UPDATE membership SET ended_at = :now WHERE member_id = :member_id")


@pytest.fixture
def elsewhere(live_app):
    """Another connection to the same database."""
    with live_app.app_context():
        engine = create_engine(db.engine.url)
    yield engine
    engine.dispose()


def is_hidden(elsewhere, post_id):
    with elsewhere.connect() as other:
        return other.scalar(text("SELECT hidden_at FROM post WHERE id = :id"), {"id": post_id}) is not None


def test_a_role_that_ends_while_a_form_is_rendered_counts_no_more(live_app, ground, elsewhere, monkeypatch):
    genuine = plain_text.render

    def render(body):
        with elsewhere.begin() as other:
            other.execute(END, {"now": clock.now(), "member_id": ground["keeper"]})
        return genuine(body)

    monkeypatch.setattr(plain_text, "render", render)
    answer = send(live_app, ground, "keeper", "/posts/{hidden}/hiding", {"_method": "DELETE"})
    assert answer.status_code in {403, 404}
    assert is_hidden(elsewhere, ground["hidden"])


def test_a_role_that_ends_while_a_form_waits_for_the_lock_counts_no_more(
    live_app, ground, elsewhere, monkeypatch
):
    genuine, waits = current_user.sessions.look_up, threading.Event()

    def look_up(secret, **asked):
        waits.set()
        return genuine(secret, **asked)

    send_as_keeper = signed_in(live_app, ground, "keeper")
    monkeypatch.setattr(current_user.sessions, "look_up", look_up)
    with ThreadPoolExecutor(1) as one, elsewhere.connect() as other:
        other.execute(END, {"now": clock.now(), "member_id": ground["keeper"]})
        if POSTGRES:  # no lock stands between two rows there: the role ends before the form arrives
            other.commit()
        form = one.submit(send_as_keeper, "/posts/{kept}/hiding", {"reason": "Te luid."})
        assert waits.wait(20)
        other.commit()
        assert form.result(20).status_code in {403, 404}
    assert not is_hidden(elsewhere, ground["kept"])


REFUSED = [
    (None, "/accounts/sign-in", {"email": "", "password": "x"}),
    (None, "/accounts/sign-in", {"email": "noor@city.test", "password": OTHER}),
    (None, "/accounts/join", {**NEWCOMER, "email": "nowhere"}),
    (None, "/accounts/forgot", {"email": ""}),
    (None, "/accounts/reset/{reset}", {"password": "short"}),
    (None, "/accounts/confirm/{confirm}", {"password": ""}),
    (None, "/accounts/confirm/{confirm}", {"password": "short"}),
    (None, "/invitations/{link}", {**NEWCOMER, "password": "short"}),
    ("author", "/settings/profile", {"name": ""}),
    ("author", "/settings/capacities", {"function": ""}),
    ("author", "/settings/security", {"current": "wrong", "password": OTHER}),
    ("author", "/settings/digest", {"frequency": "nonsense"}),
    ("author", "/threads/{thread}/classification", {"need": "nonsense", "axis": "x", "tags": "", "seen_change": "0"}),
    ("author", "/spaces/{space}/threads", {**STORY, "title": " "}),
    ("author", "/threads/{thread}/replies", {"body": " "}),
    ("author", "/threads/{thread}/replies", {**POST, "body": "x" * 30_000}),
    ("author", "/posts/{kept}/revisions", {"body": " ", "seen_revision": "1"}),
    ("keeper", "/spaces/{space}/invitations", {"email": "nowhere", "role": "guest", "locale": "nl"}),
    ("keeper", "/posts/{kept}/hiding", {"reason": " "}),
    ("keeper", "/workbench/{lesson}/claims", {"text": " "}),
    ("keeper", "/workbench/{lesson}/excerpts", {"claim_id": "{claim}", "words": "nowhere", "stance": "supports"}),
    ("author", "/posts/{hidden}/hiding", {"reason": "Te luid."}),
    ("author", "/threads/999999/replies", POST),
]  # fmt: skip


def test_no_refusal_is_drawn_while_others_wait(live_app, ground):
    drawn = []
    with live_app.app_context():
        url = db.engine.url
    with before_render_template.connected_to(lambda *_app, **_page: drawn.append(is_free(url)), live_app):
        for who, path, fields in REFUSED:
            send_as = signed_in(live_app, ground, who)
            drawn.clear()
            answer = send_as(path, fields)
            assert 400 <= answer.status_code < 500, (path, answer.status_code)
            assert drawn, (path, "no page was drawn")
            assert all(drawn), (path, fields)
