"""A text can be seen before it is posted: nothing is written, nothing typed is lost, and only the renderer speaks."""

import uuid

from sqlalchemy import func, select

from forum.domain.moderation import locking
from forum.domain.threads import posts
from forum.infra import rates, text
from forum.infra.db import db
from forum.models.events import Event
from forum.models.spaces import Audience
from forum.models.threads import Post, PostRevision, ReadMark, Thread
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit

BODY = "It was **bold**.\n\n<script>alert(1)</script> [x](javascript:alert(1))"
STORY = {
    "title": "Who <b>rings</b> back?",
    "body": BODY,
    "need": "action",
    "axis": "solidaire-stadspolis",
    "tags": "onthaal",
    "audience": "space",
    "preview": "1",
}


def words(answer):
    return answer.get_data(as_text=True)


def written():
    """How much of everything stands in the database."""
    return [
        db.session.scalar(select(func.count()).select_from(each)) for each in (Thread, PostRevision, Event)
    ]


def test_a_story_is_shown_before_it_is_posted_and_every_field_stays(client, gent, leen):
    sign_in(client, leen)
    key = str(uuid.uuid4())
    answer = submit(client, f"/spaces/{gent.slug}/threads", STORY | {"idempotency_key": key})
    shown = words(answer)
    assert answer.status_code == 200
    assert f'<div class="prose">{text.render(BODY)}</div>' in shown
    assert "<script>alert" not in shown
    for kept in (
        'value="Who &lt;b&gt;rings&lt;/b&gt; back?"',
        "It was **bold**.",
        'value="onthaal"',
        f'value="{key}"',
        'checked id="need-3" name="need" required type="radio" value="action"',
        'checked data-readers="only people who belong there: 1 member" id="audience-0" name="audience" required',
        'checked id="axis-5" name="axis" required type="radio" value="solidaire-stadspolis"',
    ):
        assert kept in shown
    assert written() == [0, 0, 0]
    posted = {name: value for name, value in STORY.items() if name != "preview"}
    for _turn in range(2):
        submit(client, f"/spaces/{gent.slug}/threads", posted | {"idempotency_key": key})
    assert written()[0] == 1


def test_a_reply_and_a_change_are_shown_and_not_posted(client, gent, leen):
    thread = make_thread(gent, leen)
    post = make_post(thread, leen, "First.")
    make_post(thread, make_member("Karim", space=gent))
    sign_in(client, leen)
    before = written()
    reply = {"body": BODY, "kind": "objection", "idempotency_key": "a", "preview": "1"}
    answer = submit(client, f"/threads/{thread.id}/replies", reply)
    assert answer.status_code == 200
    assert text.render(BODY) in words(answer)
    assert 'name="idempotency_key" value="a"' in words(answer)
    assert 'checked id="kind-4" name="kind" type="radio" value="objection"' in words(answer)
    change = {"body": BODY, "seen_revision": 1, "preview": "1"}
    answer = submit(client, f"/posts/{post.id}/revisions", change)
    assert answer.status_code == 200
    assert text.render(BODY) in words(answer)
    assert "It was **bold**." in words(answer)
    assert written() == before
    assert db.session.scalar(select(func.count(ReadMark.thread_id))) == 0
    assert posts.source(actor(leen), post.id).body == "First."


def test_a_text_that_cannot_be_posted_has_no_preview_but_its_reason(client, gent, leen):
    sign_in(client, leen)
    for body, message in (("", "Write something first."), ("x" * 20_001, "20,001 characters")):
        answer = submit(client, f"/spaces/{gent.slug}/threads", STORY | {"body": body})
        assert (answer.status_code, message in words(answer)) == (422, True)
        answer = submit(client, "/previews", {"body": body})
        assert answer.status_code == 422
        assert message in answer.json["error"]


def test_the_script_gets_the_same_preview_for_members_only(client, gent, leen):
    db.session.commit()
    assert submit(client, "/previews", {"body": BODY}).status_code == 403
    waiting = make_member("Wim", approved_at=None)
    sign_in(client, waiting)
    assert submit(client, "/previews", {"body": BODY}).status_code == 403
    sign_in(client, leen)
    shown = submit(client, "/previews", {"body": BODY, "title": "<i>T</i>\u202e"}).json["html"]
    assert f'<div class="prose">{text.render(BODY)}</div>' in shown
    assert '<p class="page-title" dir="auto">&lt;i&gt;T&lt;/i&gt;</p>' in shown
    assert client.post("/previews", data={"body": BODY}).status_code == 403


def test_nobody_previews_where_they_may_not_post(client, gent, leen):
    closed = make_thread(make_space("Stil", unlisted=True), make_member("Mo"), audience=Audience.SPACE)
    post = make_post(make_thread(gent, leen), leen)
    sign_in(client, make_member("Karim", space=make_space("Genk", city="genk")))
    assert submit(client, f"/spaces/{gent.slug}/threads", STORY).status_code == 403
    assert submit(client, f"/threads/{closed.id}/replies", STORY).status_code == 404
    assert submit(client, f"/posts/{post.id}/revisions", STORY | {"seen_revision": 1}).status_code == 403


def test_a_thread_that_was_closed_meanwhile_says_so_in_the_preview(client, gent, leen, moderator):
    thread = make_thread(gent, leen)
    locking.lock(actor(moderator), thread.id)
    sign_in(client, leen)
    answer = submit(client, f"/threads/{thread.id}/replies", {"body": BODY, "preview": "1"})
    assert answer.status_code == 403
    assert "A moderator has closed this thread." in words(answer)
    assert "It was **bold**." in words(answer)


def test_many_previews_are_refused_with_a_clear_word_and_the_text_stays(app, client, gent, leen, monkeypatch):
    sign_in(client, leen)
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)

    def refuse(*_args, **_limits):
        raise rates.TooOften(9)

    monkeypatch.setattr(rates, "spend", refuse)
    answer = submit(client, f"/spaces/{gent.slug}/threads", STORY)
    assert answer.status_code == 429
    assert "You asked for too many previews in a short time. Try again in 1 minute." in words(answer)
    assert "It was **bold**." in words(answer)
    answer = submit(client, "/previews", {"body": BODY})
    assert (answer.status_code, "1 minute." in answer.json["error"]) == (429, True)
    assert db.session.scalar(select(func.count(Post.id))) == 0
