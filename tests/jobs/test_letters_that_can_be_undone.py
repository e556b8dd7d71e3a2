"""A letter about an act on published lessons waits until the act cannot be undone, and never leaves when it was."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar, worker
from forum.models.claims import Excerpt
from forum.models.mail import MailState, OutgoingMail
from forum.models.undo import UndoableAct
from tests.factories import actor, make_post, sign_in, submit
from tests.lesson_scenario import build
from tests.servers import smtp_server

SECOND = timedelta(seconds=1)
SECRET = "Veldstraat"
# Who does it, in which form, and who is told: the curator and the editors, but for who did it.
ACTS = {
    "hide": ("curator", "/posts/{post}/hiding", {"reason": "A name"}, {"editor"}),
    "take back": ("author", "/posts/{post}/withdrawal", {}, {"curator", "editor"}),
    "take out of the lesson": ("author", "/consents/excerpts/{excerpt}/removal", {}, {"curator", "editor"}),
}


@pytest.fixture
def smtp(app, session, monkeypatch):
    with smtp_server() as server:
        monkeypatch.setitem(app.config, "SMTP_URL", server.url)
        yield server


@pytest.fixture
def scenario(smtp):
    """A published lesson, whose letters have left."""
    made = build()
    made.published()
    db.session.commit()
    work(clock.now())
    smtp.received.clear()
    return made


def work(moment):
    """Let the calendar and the worker do what is due at a moment."""
    with clock.at(moment):
        calendar.settle_removals()
        worker.run_until_idle()


def told(smtp, scenario):
    """Who received that a lesson lost words, in the order of the names."""
    names = {
        getattr(scenario, name).email: name for name in ("author", "curator", "second", "editor", "reader")
    }
    lost = [one for one in smtp.received if one.message["Subject"] == "A lesson lost an excerpt"]
    return sorted(names[address] for one in lost for address in one.recipients)


def do(client, scenario, act):
    by, form, values, _told = ACTS[act]
    sign_in(client, getattr(scenario, by))
    excerpt_id = db.session.scalars(select(Excerpt.id)).one()
    submit(client, form.format(post=scenario.post.id, excerpt=excerpt_id), values)
    return db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc()).limit(1)).one()


@pytest.mark.parametrize("act", ACTS)
def test_it_leaves_after_ten_minutes_once_and_not_a_second_before(client, smtp, scenario, act):
    row = do(client, scenario, act)
    assert row.until - row.at == timedelta(minutes=10)
    work(row.until - SECOND)
    assert smtp.received == []
    until = row.until
    work(until)
    work(until + timedelta(days=1))
    assert told(smtp, scenario) == sorted(ACTS[act][3])


@pytest.mark.parametrize("act", ACTS)
def test_it_never_leaves_when_the_act_was_undone_and_does_for_the_next_one(client, smtp, scenario, act):
    first = do(client, scenario, act)
    page = (
        "/consents/excerpts" if "lesson" in act else f"/threads/{scenario.thread.id}-{scenario.thread.slug}"
    )
    button = re.search(r'action="(/undo/\d+)"', client.get(page).get_data(as_text=True))[1]
    until = first.until
    work(until - SECOND)  # the letter waits
    waiting = select(OutgoingMail.state).where(OutgoingMail.kind == "lesson_lost_words")
    assert set(db.session.scalars(waiting)) == {MailState.QUEUED}
    assert submit(client, button).status_code == 303
    work(until + timedelta(days=1))
    assert smtp.received == []
    assert not set(db.session.scalars(waiting)) & {MailState.QUEUED, MailState.SENT}
    second = do(client, scenario, act)
    work(max(second.until, until + timedelta(days=1)))
    assert told(smtp, scenario) == sorted(ACTS[act][3])


def hears_of_hiding(smtp, subject="What you wrote was hidden"):
    """Who received that what they wrote was hidden, each with the reason in their letter."""
    sent = [one for one in smtp.received if one.message["Subject"] == subject]
    return [(address, "\n> A name\n" in plain(one.message)) for one in sent for address in one.recipients]


def plain(message):
    return message.get_body(("plain",)).get_content()


def test_the_author_hears_why_their_post_was_hidden_unless_it_was_undone_or_shown_again(
    client, smtp, scenario
):
    undone, shown, hidden = (make_post(scenario.thread, scenario.author) for _each in range(3))
    own = make_post(scenario.thread, scenario.curator)
    db.session.commit()
    sign_in(client, scenario.curator)
    with clock.at(clock.now()):  # however long it takes, all can be undone until the same moment
        for post in (undone, shown, hidden, own):
            submit(client, f"/posts/{post.id}/hiding", {"reason": "A name"})
    acts = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id)).all()
    submit(client, f"/undo/{acts[0].id}")
    until = acts[-1].until
    work(until - SECOND)
    assert smtp.received == []
    with clock.at(until - SECOND / 2):  # in time for the letter
        submit(client, f"/posts/{shown.id}/hiding", {"_method": "delete"})
    work(until)
    work(until + timedelta(days=1))
    assert hears_of_hiding(smtp) == [(scenario.author.email, True)]
    (letter,) = smtp.received
    assert f"#post-{hidden.number}" in plain(letter.message)


def test_the_author_hears_why_a_version_was_hidden_and_reads_none_of_its_words(client, smtp, scenario):
    undone, hidden, away = (make_post(scenario.thread, scenario.author, SECRET) for _each in range(3))
    own = make_post(scenario.thread, scenario.curator, SECRET)
    for post in (undone, hidden, away, own):
        author = scenario.curator if post is own else scenario.author
        posts.edit(actor(author), post.id, body="We visit her at home.", seen_revision=1)
    db.session.commit()
    sign_in(client, scenario.curator)
    with clock.at(clock.now()):
        for post in (undone, hidden, away, own):
            submit(client, f"/posts/{post.id}/revisions/1/hiding", {"reason": "A name"})
    acts = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id)).all()
    until = acts[-1].until
    submit(client, f"/undo/{acts[0].id}")
    with clock.at(until - SECOND):
        posts.take_back(actor(scenario.author), away.id)
    work(until - SECOND)
    assert smtp.received == []
    work(until)
    work(until + timedelta(days=1))
    subject = "A moderator hid an earlier version of your post"
    assert hears_of_hiding(smtp, subject) == [(scenario.author.email, True)]
    (letter,) = [one for one in smtp.received if one.message["Subject"] == subject]
    assert f"/posts/{hidden.id}/revisions" in plain(letter.message)
    assert SECRET not in letter.message.as_string()
