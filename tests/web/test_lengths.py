"""Lengths are those of the text that is kept; what is too long is told with limit and length, and nothing is cut."""

import uuid

import pytest
from sqlalchemy import func, select

from forum.domain.lessons import lessons
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.lessons import LessonVersion
from forum.models.threads import PostRevision, Thread
from tests import lesson_scenario
from tests.factories import STORY, actor, make_post, make_thread, sign_in, submit


def words(answer):
    return answer.get_data(as_text=True)


def long_text(length, line_ends):
    """A text of `length` characters as kept, and the same as a browser sends it."""
    line = "x" * ((length - line_ends) // (line_ends + 1))
    kept = "\n".join([line] * (line_ends + 1))
    kept += "y" * (length - len(kept))
    return kept, kept.replace("\n", "\r\n")


def test_w9_line_ends_count_as_they_are_kept_in_a_story_a_reply_and_a_change(client, gent, leen):
    kept, sent = long_text(19_990, 300)
    assert (len(kept), len(sent)) == (19_990, 20_290)
    sign_in(client, leen)
    story = submit(client, f"/spaces/{gent.slug}/threads", STORY | {"body": sent})
    thread = db.session.scalars(select(Thread)).one()
    reply = submit(client, f"/threads/{thread.id}/replies", {"body": sent})
    post = make_post(thread, leen)
    change = submit(client, f"/posts/{post.id}/revisions", {"body": sent, "seen_revision": 1})
    assert (story.status_code, reply.status_code, change.status_code) == (303, 303, 303)
    bodies = db.session.scalars(
        select(PostRevision.body).where(PostRevision.body != "With us it went otherwise.")
    )
    assert set(bodies) == {kept}
    over = submit(client, f"/threads/{thread.id}/replies", {"body": long_text(20_001, 300)[1]})
    assert over.status_code == 422
    assert "Your text has 20,001 characters. At most 20,000 are allowed." in words(over)


def test_the_same_text_from_a_browser_is_no_change(client, gent, leen):
    post = make_post(make_thread(gent, leen), leen, "First.\n\nSecond.")
    sign_in(client, leen)
    change = {"body": "First.\r\n\r\nSecond.", "seen_revision": 1}
    assert submit(client, f"/posts/{post.id}/revisions", change).status_code == 303
    assert posts.source(actor(leen), post.id).revision == 1


def test_w10_a_text_that_is_too_long_comes_back_whole_with_limit_and_length(client, gent, leen):
    sign_in(client, leen)
    refused = submit(client, f"/spaces/{gent.slug}/threads", STORY | {"body": "é" * 25_200})
    assert refused.status_code == 422
    assert "é" * 25_200 in words(refused)
    assert "Your text has 25,200 characters. At most 20,000 are allowed." in words(refused)
    leen.locale = "nl"
    db.session.commit()
    assert "Je tekst telt 25.200 tekens. Er mogen er hoogstens 20.000 in." in words(
        submit(client, f"/spaces/{gent.slug}/threads", STORY | {"body": "é" * 25_200})
    )
    assert db.session.scalar(select(func.count(Thread.id))) == 0


def test_all_that_is_wrong_is_told_at_once(client, gent, leen):
    sign_in(client, leen)
    wrong = {"title": "t" * 161, "body": "b" * 20_001, "tags": "a,b,c,d,e,f", "need": ""}
    shown = words(submit(client, f"/spaces/{gent.slug}/threads", STORY | wrong))
    for message in (
        "Your text has 161 characters. At most 160 are allowed.",
        "Your text has 20,001 characters. At most 20,000 are allowed.",
        "Choose at most 5 tags.",
        "Choose what you are looking for.",
    ):
        assert message in shown
    signs = words(submit(client, f"/spaces/{gent.slug}/threads", STORY | {"title": "\u202e", "body": " "}))
    assert "Choose a title." in signs
    assert "Write something first." in signs
    tag = words(submit(client, f"/spaces/{gent.slug}/threads", STORY | {"tags": "w" * 41}))
    assert "One tag has 41 characters. At most 40 are allowed." in tag


@pytest.mark.parametrize(("title", "accepted"), [
    ("t" * 160, True),
    ("\u200b" * 40 + "t" * 160 + "  ", True),
    ("e\u0301" * 160, True),
    ("t" * 161, False),
])  # fmt: skip
def test_signs_that_are_not_kept_are_not_counted(client, gent, leen, title, accepted):
    sign_in(client, leen)
    answer = submit(client, f"/spaces/{gent.slug}/threads", STORY | {"title": title})
    assert answer.status_code == (303 if accepted else 422)
    assert (db.session.scalar(select(func.count(Thread.id))) == 1) is accepted


def test_a_title_and_a_text_that_are_wrong_in_a_change_are_both_told(client, gent, leen):
    thread = make_thread(gent, leen)
    post_id = db.session.scalar(db.text("SELECT id FROM post"))
    sign_in(client, leen)
    change = {"title": "", "body": "b" * 20_001, "seen_revision": 1, "idempotency_key": str(uuid.uuid4())}
    shown = words(submit(client, f"/posts/{post_id}/revisions", change))
    assert "Choose a title." in shown
    assert "Your text has 20,001 characters" in shown
    assert thread.title == "Who rings back?"


def test_every_field_of_a_draft_says_its_own_length_and_another_wording_of_a_claim_stays(client):
    scene = lesson_scenario.build()
    lesson = scene.draft()
    version = lessons.working(lesson)
    sign_in(client, scene.curator)
    values = {
        "saved_count": version.saved_count,
        "title": "t" * 101,
        "context": "c\r\n" * 2_001,
        "conditions": "\r\n".join(f"line {number}" for number in range(13)),
        "not_for": "n" * 161,
        "tags": "w" * 41,
    }
    shown = words(submit(client, f"/workbench/{lesson.id}/text", values))
    for message in (
        "Your text has 101 characters. At most 100 are allowed.",
        "Your text has 4,001 characters. At most 4,000 are allowed.",
        "Name at most 12.",
        "Your text has 161 characters. At most 160 are allowed.",
        "One tag has 41 characters. At most 40 are allowed.",
    ):
        assert message in shown
    exact = {"saved_count": version.saved_count, "context": "c\r\n" * 1_999 + "cc"}
    assert submit(client, f"/workbench/{lesson.id}/text", exact).status_code == 303
    assert len(db.session.get(LessonVersion, version.id).context) == 4_000
    claim = db.session.scalars(select(Claim)).first()
    refused = submit(client, f"/workbench/claims/{claim.id}", {"text": "k" * 301})
    assert refused.status_code == 422
    assert "k" * 301 in words(refused)
    assert "Your text has 301 characters. At most 300 are allowed." in words(refused)


def test_a_reason_that_is_too_long_is_told_so(client, gent, leen, moderator):
    sign_in(client, moderator)
    remove = {"_method": "DELETE", "reason": "r" * 301}
    refused = submit(client, f"/spaces/{gent.slug}/members/{leen.id}/membership", remove)
    assert refused.status_code == 422
    assert "Your text has 301 characters. At most 300 are allowed." in words(refused)
    assert "r" * 301 in words(refused)
