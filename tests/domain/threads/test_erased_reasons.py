"""Why a post, a text or a sentence is hidden goes with whom it is about, and with who said it; it stays hidden."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import hiding, leaving_out, revisions
from forum.domain.threads import nominations, posts, said_to_moderators
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.nominations import Nomination
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.sealing import Sealing
from forum.models.spaces import Role
from forum.models.threads import PostRevision, Thread
from tests.factories import actor, make_member, make_post, make_thread

pytestmark = pytest.mark.both_databases
WHY = "Jan drinks."


def hidden_things(space, author, moderator):
    """A hidden post, a hidden text, words left out and a hidden sentence, each with its reason."""
    thread = make_thread(space, author)
    post, other = make_post(thread, author, "One."), make_post(thread, author, "Two.")
    shorter = make_post(thread, author, "My neighbour Jan Peeters.")
    posts.edit(actor(author), other.id, body="Three.", seen_revision=1)
    revisions.hide(actor(moderator), other.id, 1, reason=WHY)
    hiding.hide(actor(moderator), post.id, reason=WHY)
    leaving_out.leave_out(actor(moderator), shorter.id, words="Jan Peeters", reason="A name.")
    sentence = ThreadResponse(
        thread_id=thread.id, member_id=author.id, kind=ResponseKind.ALSO, sentence="Too.", said_at=clock.now()
    )
    sentence.hidden_at, sentence.hidden_by_id, sentence.hidden_reason = clock.now(), moderator.id, WHY
    db.session.add(sentence)
    db.session.flush()
    texts = (PostRevision.post_id.in_([other.id, shorter.id]), PostRevision.hidden_at.is_not(None))
    rows = db.session.scalars(select(PostRevision).where(*texts)).all()
    sealing = db.session.scalars(select(Sealing).where(Sealing.post_id == shorter.id)).one()
    return post, [post, *rows, sentence], sealing


@pytest.mark.parametrize("whose", ["author", "moderator"])
def test_the_reasons_are_emptied_and_those_of_others_stay(gent, leen, moderator, whose):
    post, rows, sealing = hidden_things(gent, leen, moderator)
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    _post, others, other_sealing = hidden_things(gent, make_member("Bart", space=gent), second)
    assert len(rows) == len(others) == 4
    assert all(row.hidden_reason for row in [*rows, *others])
    said_to_moderators.erase((leen if whose == "author" else moderator).id)
    db.session.expire_all()
    assert [row.hidden_reason for row in rows] == [""] * 4
    assert sealing.reason == ""
    assert all(row.hidden_reason for row in others)
    assert other_sealing.reason == "A name."
    assert post.hidden_at is not None, "it stays hidden"


def answered_things(space, member, moderator):
    """A nomination that was closed and a capacity that was refused, each with its reason."""
    thread = make_thread(space, make_member("Bo", space=space))
    nominations.nominate(actor(member), thread.id)
    nominations.close(actor(moderator), thread.id, reason=WHY)
    refused = db.session.scalars(select(Capacity).where(Capacity.member_id == member.id)).one()
    refused.confirmed_at = refused.confirmed_by_id = refused.confirmation = None
    refused.refused_at, refused.refused_by_id, refused.refused_reason = clock.now(), moderator.id, WHY
    db.session.flush()
    return db.session.scalars(select(Nomination).where(Nomination.thread_id == thread.id)).one(), refused


# Why a capacity was refused says nothing of whoever began the thread that was nominated.
@pytest.mark.parametrize(
    ("whose", "left"), [("member", ["", ""]), ("moderator", ["", ""]), ("starter", ["", WHY])]
)
def test_so_do_answers_on_the_desk_that_whom_they_are_about_reads(gent, leen, moderator, whose, left):
    theirs = answered_things(gent, leen, moderator)
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    others = answered_things(gent, make_member("Bart", space=gent), second)
    starter = db.session.get_one(Thread, theirs[0].thread_id).author_id
    said_to_moderators.erase({"member": leen.id, "moderator": moderator.id, "starter": starter}[whose])
    db.session.expire_all()

    def words(rows):
        nomination, refused = rows
        return [nomination.reason, refused.refused_reason]

    assert (words(theirs), words(others)) == (left, [WHY, WHY])
    assert theirs[0].ended_at is not None, "it stays closed"
