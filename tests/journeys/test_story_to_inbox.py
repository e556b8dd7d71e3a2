"""The main job, without JavaScript, over HTTP only: a story in one city ends in the inbox of a third."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest

from forum import create_app
from forum.domain.digests import windows
from forum.infra import clock, mailer
from forum.infra.db import db
from forum.jobs import worker
from tests.conftest import copied_database, settings_for
from tests.journeys.browser_session import BrowserSession
from tests.reviewed import ALL_GOOD
from tests.sweeps import on_one_database

pytestmark = pytest.mark.live
PASSWORD = "leerkring-demo"
STORY = (
    "We belden elke bewoner zelf op voor we aan de deur stonden.\n\n"
    "Van de twintig gezinnen deden er zeventien open. Zonder telefoontje waren dat er zes."
)
WORDS = "Van de twintig gezinnen deden er zeventien open."


@pytest.fixture
def demo_app(demo_network, tmp_path):
    """The demo network on a database of its own, mail kept in memory."""
    made = create_app({**settings_for(copied_database(demo_network(), tmp_path), tmp_path), "DEMO": True})
    mailer.sent().clear()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def sign_in_as(demo_app, name: str) -> BrowserSession:
    """Somebody of the demo, signed in through the page."""
    who = BrowserSession(demo_app.test_client())
    who.open("/accounts/sign-in")
    form = who.form("email", "password").fill(email=f"{name}@demo.leerkring.example", password=PASSWORD)
    form.submit()
    assert who.status == 200
    assert "sign-in" not in who.path
    return who


def story_of(yasmina: BrowserSession) -> str:
    """Post the story for the whole network; returns its address."""
    yasmina.open("/spaces/antwerpen/threads/new")
    form = yasmina.form("title", "body").fill(
        title="Eerst bellen, dan aanbellen", body=STORY, need="stories", axis="solidaire-stadspolis",
        audience="network", tags="huisbezoek, bellen",
    )  # fmt: skip
    form.submit()
    assert "Eerst bellen, dan aanbellen" in yasmina.text
    return yasmina.path


def lesson_from(sofie: BrowserSession, thread: str) -> str:
    """Make a lesson of the thread and send it for review; returns the address of the draft."""
    sofie.open(thread)
    sofie.form(to="/lessons").submit()
    draft = sofie.path
    sofie.form("text", to="/claims").fill(text="Wie eerst belt, raakt vaker binnen").submit()
    sofie.form("words", "stance").fill(words="twintig gezinnen bleven dicht", stance="supports").submit()
    assert sofie.status == 422, "words that nobody said are refused"
    sofie.form("words", "stance").fill(words=WORDS, stance="supports").submit()
    assert WORDS in sofie.text
    sofie.open(f"{draft}?part=text")
    sofie.form("one_sentence", "recommendation").fill(
        title="Bel eerst, en sta dan aan de deur", one_sentence="Een telefoontje vooraf opent deuren.",
        outcome="worked",
        axis="solidaire-stadspolis", needs=["stories"], recommendation="Bel elk gezin de dag voordien zelf op.",
        unknowns="Of het ook werkt bij wie geen telefoon heeft.", conditions="er zijn telefoonnummers",
        context="Huisbezoeken in één wijk.", what_was_done="Eerst gebeld.", result="Zeventien van de twintig.",
    ).submit()  # fmt: skip
    assert sofie.status == 200
    sofie.open(f"{draft}?part=review")
    sofie.form("audience", to="submission").fill(audience="network", reviewer="group").submit()
    assert sofie.status == 200
    return draft


def digest_for(demo_app, name: str) -> EmailMessage:
    """Let the week pass and the worker work; returns the digest in the inbox of `name`."""
    later = clock.now() + timedelta(days=8)
    with demo_app.app_context(), clock.at(later):
        windows.open_all(later)
        db.session.commit()
        worker.run_until_idle()
        db.session.remove()
    letters = [m for m in mailer.sent() if m["To"].startswith(name) or f"{name}@demo" in m["To"]]
    letters = [m for m in letters if m["List-Unsubscribe"] and "/unsubscribe/" in m["List-Unsubscribe"]]
    assert letters, f"no digest for {name}"
    return letters[-1]


@on_one_database
def test_a_story_becomes_a_lesson_and_arrives_in_an_inbox(demo_app):
    thread = story_of(sign_in_as(demo_app, "yasmina"))
    sofie, wouter, els = (
        sign_in_as(demo_app, "sofie"),
        sign_in_as(demo_app, "wouter"),
        sign_in_as(demo_app, "els"),
    )
    draft = lesson_from(sofie, thread)
    sofie.open(draft)
    assert "publication" not in str(sofie.page), "who made it does not publish it"
    wouter.open("/workbench")
    assert "Bel eerst, en sta dan aan de deur" in wouter.text
    wouter.open(draft)
    wouter.form(to="checklist").fill(**ALL_GOOD).submit()
    wouter.form(to="checklist").submit(to="publication")
    lesson = wouter.path
    assert re.fullmatch(r"/lessons/les-\d{4}-\d{5}", lesson)
    els.open("/lessons")
    assert "Bel eerst, en sta dan aan de deur" in els.text
    els.open(lesson)
    assert WORDS in els.text
    assert els.link(to=thread.split("?")[0])
    els.open(thread)
    assert "Bel eerst, en sta dan aan de deur" in els.text, "the talk points to its lesson"
    els.open("/settings/digest")
    els.form("frequency").fill(frequency="weekly").submit()
    letter = digest_for(demo_app, "els")
    said = letter.get_body(("plain",)).get_content()
    assert "Bel eerst, en sta dan aan de deur" in said
    told = [m for m in mailer.sent() if "yasmina@" in m["To"] and "Bel eerst" in str(m)]
    assert told, "the author of the cited words is told"
    stop = re.search(r"<(https?://[^>]+/unsubscribe/[^>]+)>", letter["List-Unsubscribe"])[1]
    stranger = BrowserSession(demo_app.test_client()).open(re.sub(r"^https?://[^/]+", "", stop))
    assert stranger.status == 200
    els.open("/settings/digest")
    assert els.page.select_one("input[name=frequency][value=weekly][checked]"), "looking changes nothing"
    stranger.form(to="/unsubscribe/").submit()
    els.open("/settings/digest")
    assert els.page.select_one("input[name=frequency][value=never][checked]")


@pytest.mark.any_database
def test_what_was_typed_survives_a_lost_session(demo_app):
    yasmina = sign_in_as(demo_app, "yasmina")
    yasmina.open("/spaces/antwerpen/threads/new")
    values = {"title": "Bijna kwijt", "body": STORY, "audience": "space", "axis": "solidaire-stadspolis"}
    form = yasmina.form("title", "body").fill(**values)
    yasmina.client.delete_cookie("leerkring")
    form.submit()
    assert "zeventien open" in str(yasmina.page), "the words stand on the page that asks to sign in again"
    back = yasmina.form("email", "password").fill(email="yasmina@demo.leerkring.example", password=PASSWORD)
    back.submit()
    assert "zeventien open" in str(yasmina.page)
    yasmina.form("body").submit()
    assert "Bijna kwijt" in yasmina.text
    assert yasmina.path.startswith("/threads/")
