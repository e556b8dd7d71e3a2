"""Words by which somebody may be recognised are pointed out once before they are sent; never refused, never kept."""

import logging
import re
import uuid

import pytest
from sqlalchemy import func, select

from forum.infra.db import db
from forum.models.responses import ThreadResponse
from forum.models.spaces import Role
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post, PostRevision, Thread
from tests.factories import STORY, make_member, make_post, make_thread, sign_in, submit

NAMED = "Mevrouw Peeters bleef alleen omdat haar buurvrouw meeging."
NOTICE = "Think of the people you write about"


def seen(answer):
    """What the form brings along when it is sent again."""
    return re.search(r'name="people_seen" type="hidden" value="([^"]*)"', answer.text)[1]


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.both_databases
def test_a_story_comes_back_once_with_the_words_marked_and_then_goes(client, gent, leen, caplog):
    caplog.set_level(logging.DEBUG)
    sign_in(client, leen)
    story = STORY | {"body": f"Eerst ging het goed. {NAMED}", "idempotency_key": str(uuid.uuid4())}
    at = f"/spaces/{gent.slug}/threads"
    back = submit(client, at, story)
    assert back.status_code == 422
    assert NOTICE in back.text
    assert "<mark>Mevrouw Peeters</mark>" in back.text
    assert "a name" in back.text
    assert story["title"] in back.text
    assert "buurvrouw meeging." in back.text
    assert 'href="#body"' in back.text
    assert "error-summary" not in back.text
    assert count(Thread) == 0
    assert "eeters" not in seen(back)
    assert "Peeters" not in caplog.text

    more = story | {"body": story["body"] + " Bel 0475 12 34 56.", "people_seen": seen(back)}
    again = submit(client, at, more)
    assert again.status_code == 422
    assert "<mark>0475 12 34 56</mark>" in again.text
    assert count(Thread) == 0

    sent = submit(client, at, more | {"people_seen": seen(again)})
    assert sent.status_code == 303
    assert count(Thread) == 1
    assert "Peeters" in db.session.scalar(select(PostRevision.body))


def test_a_story_without_such_words_goes_at_once(client, gent, leen):
    sign_in(client, leen)
    figures = "Op 12/03/2024 kostte het € 12.345,67. Mevrouw A. kwam."
    answer = submit(
        client,
        f"/spaces/{gent.slug}/threads",
        STORY | {"body": figures, "idempotency_key": str(uuid.uuid4())},
    )
    assert answer.status_code == 303


def test_words_that_were_left_may_also_go_out_again(client, gent, leen):
    sign_in(client, leen)
    story = STORY | {"body": f"{NAMED} Bel 0475 12 34 56.", "idempotency_key": str(uuid.uuid4())}
    back = submit(client, f"/spaces/{gent.slug}/threads", story)
    fewer = story | {"body": NAMED, "people_seen": seen(back)}
    assert submit(client, f"/spaces/{gent.slug}/threads", fewer).status_code == 303


def test_a_title_is_looked_at_too_and_what_is_wrong_is_said_in_the_same_answer(client, gent, leen):
    sign_in(client, leen)
    story = STORY | {"title": "Bij mevrouw Maes thuis", "idempotency_key": str(uuid.uuid4())}
    back = submit(client, f"/spaces/{gent.slug}/threads", story)
    assert "<mark>mevrouw Maes</mark>" in back.text
    assert 'href="#title"' in back.text


def test_a_reply_and_a_change_come_back_once(client, gent, leen):
    thread = make_thread(gent, leen)
    post = make_post(thread, leen, "Eerst dit.")
    sign_in(client, leen)
    db.session.commit()
    before = count(PostRevision)
    reply = {"body": NAMED, "kind": "", "idempotency_key": str(uuid.uuid4())}
    change = {"body": f"Nu dit. {NAMED}", "seen_revision": "1"}
    for address, form in (
        (f"/threads/{thread.id}/replies", reply),
        (f"/posts/{post.id}/revisions", change),
    ):
        back = submit(client, address, form)
        assert back.status_code == 422, address
        assert "<mark>Mevrouw Peeters</mark>" in back.text
        assert count(PostRevision) == before
        assert submit(client, address, form | {"people_seen": seen(back)}).status_code == 303
        before += 1
        assert count(PostRevision) == before


def test_a_preview_points_them_out_and_what_it_showed_goes(client, gent, leen):
    sign_in(client, leen)
    story = STORY | {"body": NAMED, "idempotency_key": str(uuid.uuid4())}
    shown = submit(client, f"/spaces/{gent.slug}/threads", story | {"preview": "1"})
    assert shown.status_code == 200
    assert "<mark>Mevrouw Peeters</mark>" in shown.text
    fetched = submit(client, "/previews", {"title": "", "body": NAMED}).get_json()["html"]
    assert "<mark>Mevrouw Peeters</mark>" in fetched
    assert "<button" not in fetched
    sent = submit(client, f"/spaces/{gent.slug}/threads", story | {"people_seen": seen(shown)})
    assert sent.status_code == 303


def test_who_may_not_write_there_learns_nothing_more_from_it(client, gent, leen):
    """What is found is said of one's own words, to who may send them; others are refused as before."""
    thread = make_thread(gent, leen)
    stranger = make_member("Karim")
    db.session.commit()
    sign_in(client, stranger)
    answer = submit(
        client, f"/threads/{thread.id}/replies", {"body": NAMED, "idempotency_key": str(uuid.uuid4())}
    )
    assert answer.status_code == 404
    assert NOTICE not in answer.text
    assert db.session.scalar(select(func.count(Post.id)).where(Post.author_id == stranger.id)) == 0


def test_no_words_stand_in_the_page_as_html(client, gent, leen):
    sign_in(client, leen)
    body = "<b>x</b> mevrouw O'Hara<script>alert(1)</script>"
    back = submit(
        client, f"/spaces/{gent.slug}/threads", STORY | {"body": body, "idempotency_key": str(uuid.uuid4())}
    )
    assert back.status_code == 422
    assert "<script>alert(1)" not in back.text
    assert "<b>x</b>" not in back.text


def test_a_title_that_lacks_and_people_in_the_text_are_said_at_once(client, gent, leen):
    sign_in(client, leen)
    at = f"/spaces/{gent.slug}/threads"
    story = STORY | {"title": "", "body": NAMED, "idempotency_key": str(uuid.uuid4())}
    back = submit(client, at, story)
    assert back.status_code == 422
    assert NOTICE in back.text
    assert "error-summary" in back.text
    title = re.search(r'name="title"[^>]*value="([^"]*)"', back.text)[1]
    sent = submit(client, at, story | {"title": title, "people_seen": seen(back)})
    assert (sent.status_code, count(Thread)) == (303, 1)


@pytest.mark.both_databases
def test_a_sentence_with_a_response_and_one_of_where_it_stands_are_looked_at_too(client, gent, leen):
    thread = make_thread(gent, leen)
    make_post(thread, make_member("Karim", space=gent))
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    sign_in(client, moderator)
    for path, typed, table in (
        (f"/threads/{thread.id}/responses", {"kind": "also", "sentence": NAMED}, ThreadResponse),
        (f"/threads/{thread.id}/summary/versions", {"text": f"{NAMED} [2]", "seen": "0"}, SummaryVersion),
    ):
        back = submit(client, path, typed)
        assert (back.status_code, count(table)) == (422, 0), path
        assert "<mark>Mevrouw Peeters</mark>" in back.text, path
        assert NAMED in back.text.replace("&#39;", "'"), path
        assert submit(client, path, typed | {"people_seen": seen(back)}).status_code == 303, path
        assert count(table) == 1, path
