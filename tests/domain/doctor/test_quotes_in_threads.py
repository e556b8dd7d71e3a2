"""Quotes that the doctor finds drawn without their words in the post, or empty though they stand; and how they mend."""

import uuid

import pytest

from forum.domain.doctor import words
from forum.domain.moderation import hiding, taking_back
from forum.domain.threads import posts, threads
from forum.infra.db import db
from forum.models.spaces import Role
from forum.models.threads import Post, PostQuote
from tests.factories import actor, make_member, make_post, make_space, make_thread

SAID = "First we ring. Then we wait for three days."
MARK = "[quote 2: 12-35]"


@pytest.fixture
def made(session):
    gent = make_space("Gent", city="gent")
    leen, mo = make_member("Leen", space=gent), make_member("Mo", space=gent, role=Role.MODERATOR)
    thread = make_thread(gent, leen)
    quoted = make_post(thread, leen, SAID)
    for body in (f"{MARK}\nSo do we.", f"We too.\n\n{MARK}"):
        threads.reply(actor(mo), thread.id, body=body, idempotency_key=str(uuid.uuid4()))
    return leen, mo, quoted


def found():
    return [(finding.check, finding.count) for finding in words.quotes_in_threads()]


def change(author, post, body):
    post = db.session.get_one(Post, post.id)  # the doctor lets go of what it looked at
    posts.edit(actor(author), post.id, body=body, seen_revision=post.revision)


def test_what_the_forum_writes_itself_is_as_it_should_be(made):
    leen, mo, quoted = made
    assert found() == []
    for body in (f"Well. {SAID}", "First we ring.", SAID):
        change(leen, quoted, body)
        assert found() == []
    hiding.hide(actor(mo), quoted.id, reason="Somebody can be recognised")
    assert found() == []
    hiding.restore(actor(mo), quoted.id)
    taking_back.take_back(actor(leen), quoted.id)
    assert found() == []


@pytest.mark.parametrize("body", [SAID, "First we ring."])
def test_a_wrong_flag_is_found_and_recounting_turns_it_alone(made, app, body):
    leen, _mo, quoted = made
    change(leen, quoted, body)
    first, second = db.session.scalars(db.select(PostQuote).order_by(PostQuote.post_id))
    right = [first.stands, second.stands]
    assert right == [body == SAID] * 2
    first.stands = not first.stands
    db.session.commit()
    assert found() == [("quotes in threads", 1)]
    answer = app.test_cli_runner().invoke(args=["thread", "recount"])
    assert answer.exit_code == 0, answer.output
    assert found() == []
    kept = db.session.scalars(db.select(PostQuote.stands).order_by(PostQuote.post_id)).all()
    assert kept == right
