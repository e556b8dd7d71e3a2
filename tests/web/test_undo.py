"""Undo on pages: a question before an act, a line with a button after it, and one's own text out of a lesson."""

import re

import pytest
from sqlalchemy import select

from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.undo import UndoableAct
from tests.factories import make_member, make_post, make_thread, sign_in, submit
from tests.lesson_scenario import WORDS, build
from tests.web_pages import confirm


def words(answer):
    return answer.get_data(as_text=True)


def undo_of(page):
    return re.search(r'action="(/undo/\d+)"', page)[1]


def test_before_an_act_the_page_says_what_lessons_lose_and_after_it_offers_undo(client, session):
    scenario = build()
    lesson = scenario.published()
    thread, post = scenario.thread, scenario.post
    at = f"/threads/{thread.id}-{thread.slug}"
    db.session.commit()
    sign_in(client, scenario.curator)
    reader = client.application.test_client()
    sign_in(reader, scenario.reader)
    asked = words(client.get(f"/threads/{thread.id}/audience?audience=space"))
    assert "1 published lesson rests on this" in asked
    assert "stays whole" in asked
    confirm(client, f"/threads/{thread.id}/audience", {"audience": "space", "reason": "Of Jan."})
    assert "You can undo this until" in words(client.get(at))
    assert reader.get(at).status_code == 404
    assert WORDS in words(reader.get(f"/lessons/{lesson.public_id}"))
    assert submit(reader, undo_of(words(client.get(at)))).status_code == 404
    assert submit(client, undo_of(words(client.get(at)))).status_code == 303
    assert reader.get(at).status_code == 200
    asked = words(client.get(f"/posts/{post.id}/hiding"))
    assert "loses 1 excerpt; claim 1 would have no excerpt left" in asked
    submit(client, f"/posts/{post.id}/hiding", {"reason": "A name"})
    gone = words(reader.get(f"/lessons/{lesson.public_id}"))
    assert WORDS not in gone
    assert "This claim has no excerpt left" in gone
    assert "Claim 1 has no excerpt left." in words(client.get("/workbench"))
    submit(client, undo_of(words(client.get(at))))
    assert WORDS in words(reader.get(f"/lessons/{lesson.public_id}"))


@pytest.mark.both_databases
def test_an_author_takes_an_excerpt_out_and_puts_it_back(client, session):
    scenario = build(Audience.NETWORK)
    lesson = scenario.published()
    db.session.commit()
    sign_in(client, scenario.author)
    other = client.application.test_client()
    sign_in(other, scenario.reader)
    at, way_out = f"/lessons/{lesson.public_id}", 'href="/consents/excerpts"'
    assert 'href="/consents"' in words(client.get("/settings/profile"))
    assert (way_out in words(client.get(at)), way_out in words(other.get(at))) == (True, False)
    question = re.search(r"/consents/excerpts/\d+/removal", words(client.get("/consents/excerpts")))[0]
    assert "would have no excerpt left" in words(client.get(question))
    assert (other.get(question).status_code, submit(other, question).status_code) == (404, 404)
    submit(client, question)
    assert WORDS not in words(other.get(at))
    assert way_out not in words(client.get(at))
    submit(client, undo_of(words(client.get("/consents/excerpts"))))
    assert WORDS in words(other.get(at))


@pytest.mark.both_databases
def test_the_desk_offers_to_undo_everything_that_can_be_undone_however_much_was_done(
    client, session, gent, leen, moderator
):
    thread = make_thread(gent, leen)
    posts = [make_post(thread, leen) for _ in range(10)]
    other = make_member("Mo", space=gent, role=Role.MODERATOR)
    db.session.commit()
    sign_in(client, moderator)
    for post in posts:
        submit(client, f"/posts/{post.id}/hiding", {"reason": "A name"})
    sign_in(colleague := client.application.test_client(), other)
    assert words(client.get("/desk")).count("Undo until") == len(posts)
    assert "Undo until" not in words(colleague.get("/desk"))
    act = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id)).first()
    act.until = clock.now()
    db.session.commit()
    assert words(client.get("/desk")).count("Undo until") == len(posts) - 1
