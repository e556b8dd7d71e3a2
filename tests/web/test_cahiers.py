"""Cahiers in the browser: the page of readers, the forms of editors, drafts, and what is refused at which field."""

import re

import pytest
from bs4 import BeautifulSoup

from forum.domain.cahiers import cahiers, contents
from forum.domain.cahiers.cahiers import Words
from forum.domain.lessons import disputes, ending, lessons
from forum.domain.lessons import page as lesson_page
from forum.infra.db import db
from forum.models.cahiers import Cahier
from forum.models.drafts import Draft
from forum.models.spaces import Audience
from tests import reviewed
from tests.factories import sign_in, submit
from tests.lesson_scenario import WORDS, build

ENGLISH = {"Accept-Language": "en"}
TEXT = {"title": "Living here", "body": "What **binds** them.", "audience": "network"}
pytestmark = pytest.mark.usefixtures("session")


def text(client, path, status=200):
    db.session.commit()
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == status, path
    return re.sub("[\u2068\u2069]", "", answer.get_data(as_text=True))


@pytest.fixture
def scenario():
    return build(Audience.PUBLIC)


@pytest.fixture
def lesson(scenario):
    return scenario.published(Audience.PUBLIC, by="editor")


@pytest.fixture
def cahier(scenario, lesson):
    made = cahiers.create(scenario.actor("editor"), Words("Living here", "What **binds** them.", "network"))
    contents.add(scenario.actor("editor"), made.slug, lesson.public_id, why="The first that asked.")
    return made


def test_readers_get_introduction_contents_and_pinned_versions(client, scenario, lesson, cahier):
    assert "No cahiers yet" in text(client, "/cahiers")
    text(client, "/cahiers/living-here", 404)
    sign_in(client, scenario.reader)
    page = text(client, "/cahiers/living-here")
    for words in ("<strong>binds</strong>", f'href="#{lesson.public_id}"', WORDS, "The first that asked."):
        assert words in page
    assert "There is a newer version" not in page
    assert "Change this cahier" not in page
    assert "Living here (as of" in page
    assert "/cahiers/living-here" in text(client, "/cahiers")
    assert "/cahiers/living-here" in text(client, f"/lessons/{lesson.public_id}/related")
    assert 'href="/cahiers"' in text(client, "/lessons")
    draft = lessons.revise(scenario.actor("curator"), lesson.id)
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=draft.saved_count, title="Another title", change_note="x"
    )  # fmt: skip
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.PUBLIC)
    reviewed.publish(scenario.actor("editor"), lesson.id)
    page = text(client, "/cahiers/living-here")
    assert "There is a newer version" in page
    assert "Another title" not in page
    sign_in(client, scenario.editor)
    submit(client, f"/cahiers/living-here/lessons/{lesson.public_id}/version", {"number": "1.1"})
    assert "Another title" in text(client, "/cahiers/living-here")


def test_a_lesson_that_no_longer_stands_says_so_to_its_readers_and_its_editors(
    client, scenario, lesson, cahier
):
    at = "/cahiers/living-here"
    root = lesson_page.page(scenario.actor("curator"), lesson.public_id).claims[0].root
    evidence = disputes.bring(scenario.actor("author"), lesson.public_id, claim=root, words="Zebra.")
    sign_in(client, scenario.reader)
    assert "isputed" not in text(client, at), "what waits is nobody's yet"
    disputes.accept(scenario.actor("second"), lesson.public_id, evidence.id)
    shown = BeautifulSoup(text(client, at), "html.parser")
    assert "Disputed" in shown.select_one(".cahier__contents").get_text()
    article = shown.select_one(f"#{lesson.public_id}")
    assert "Disputed: claim 1" in article.get_text()
    leads = article.select_one(".claim").find("a", string="Read the counter-evidence")["href"]
    assert "Zebra." in text(client, leads)
    disputes.settle(scenario.actor("second"), lesson.public_id, evidence.id, reason="It was elsewhere.")
    page = text(client, at)
    assert ("Disputed" in page, "It was answered." in page) == (False, True)
    other = scenario.published(Audience.PUBLIC, by="editor")
    ending.supersede(scenario.actor("second"), lesson.public_id, by=other.public_id, reason="A better one.")
    shown = BeautifulSoup(text(client, at), "html.parser")
    assert "Superseded" in shown.select_one(".cahier__contents").get_text()
    notice = shown.select_one(f"#{lesson.public_id} .notice")
    assert "A better one." in notice.get_text()
    assert notice.select_one("a")["href"] == f"/lessons/{other.public_id}"
    ending.bring_back(scenario.actor("editor"), lesson.public_id)
    ending.withdraw(scenario.actor("second"), lesson.public_id, reason="Dangerous advice.")
    page = text(client, at)
    assert ("This lesson is withdrawn." in page, "Dangerous advice." in page) == (True, True)
    sign_in(client, scenario.editor)
    rows = BeautifulSoup(text(client, f"{at}/edition"), "html.parser").select_one(".cahier__rows").get_text()
    assert ("Withdrawn" in rows, "Dangerous advice." in rows) == (True, True)


def test_an_editor_makes_one_from_beginning_to_end(client, scenario, lesson):
    sign_in(client, scenario.editor)
    refused = submit(client, "/cahiers", {**TEXT, "title": ""})
    assert refused.status_code == 422
    assert "What **binds** them." in refused.text
    made = submit(client, "/cahiers", TEXT)
    assert made.headers["Location"] == "/cahiers/living-here/edition#lessons"
    assert "Until there is one, nobody else finds this cahier." in text(
        client, "/cahiers/living-here/edition"
    )
    wrong = submit(client, "/cahiers/living-here/lessons", {"lesson": "les-1999-999", "why": "Because."})
    assert wrong.status_code == 422
    for words in ("les-1999-999", "Because.", 'id="lesson-error"'):
        assert words in wrong.text
    submit(client, "/cahiers/living-here/lessons", {"lesson": lesson.public_id})
    at = f"/cahiers/living-here/lessons/{lesson.public_id}"
    long = submit(client, at, {"why": "a" * 201})
    assert (long.status_code, "a" * 201 in long.text) == (422, True)
    submit(client, at, {"why": "Because of this."})
    assert "Because of this." in text(client, "/cahiers/living-here")
    conflict = submit(client, "/cahiers/living-here/edition", {**TEXT, "body": "Other.", "seen": "7"})
    assert conflict.status_code == 409
    assert "Other." in conflict.text
    saved = submit(client, "/cahiers/living-here/edition", {**TEXT, "audience": "public", "seen": "1"})
    assert saved.status_code == 303
    assert "/cahiers/living-here" in client.get("/sitemaps/pages.xml").text
    submit(client, at, {"_method": "DELETE"})
    assert "/cahiers/living-here" not in client.get("/sitemaps/pages.xml").text
    assert "The lessons stay." in text(client, "/cahiers/living-here/removal")
    assert submit(client, "/cahiers/living-here/removal").headers["Location"] == "/cahiers"
    assert db.session.scalars(db.select(Cahier)).all() == []


def test_nobody_else_comes_by(client, scenario, lesson, cahier):
    at = f"/cahiers/living-here/lessons/{lesson.public_id}"
    sign_in(client, scenario.curator)
    for path in ("/cahiers/new", "/cahiers/living-here/edition", "/cahiers/living-here/removal"):
        text(client, path, 403)
    text(client, "/cahiers/nowhere/edition", 404)
    forms = ("/cahiers", "/cahiers/living-here/edition", "/cahiers/living-here/removal", at, f"{at}/place")
    for path in forms:
        assert submit(client, path, {**TEXT, "why": "Mine"}).status_code in {303, 403}
        assert db.session.scalars(db.select(Cahier.title)).all() == ["Living here"]
    assert "Mine" not in text(client, "/cahiers/living-here")
    assert "/cahiers/new" not in text(client, "/cahiers")


def test_what_was_begun_is_kept_for_its_editor(client, scenario, cahier):
    sign_in(client, scenario.editor)
    for path, form in (("/cahiers/new", "cahier"), ("/cahiers/living-here/edition", "cahier_change")):
        page = text(client, path)
        key = re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]
        subject = re.search(r'name="draft_subject" value="(\d+)"', page)[1]
        kept = {"draft_form": form, "draft_subject": subject, "idempotency_key": key, "draft_revision": "0"}
        assert (
            submit(client, "/drafts", {**TEXT, **kept, "body": f"Half {form}", "seen": "1"}).status_code < 400
        )
        assert f"Half {form}" in text(client, path)
    assert len(db.session.scalars(db.select(Draft)).all()) == 2
