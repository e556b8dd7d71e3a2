"""What is for the moderators of one space does not reach those of another when the author of a thread moves it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, moving_in, pointing, sending, watching
from forum.domain.held_posts.choosing import Choice
from forum.domain.lessons import lessons
from forum.domain.moderation import hiding, post_reports, revisions, settling
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.threads import classification, posts
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.held import Watch
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.policy.errors import Conflict, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases


@pytest.fixture
def genk(leen):
    space = make_space("Genk", city="genk")
    join(leen, space)
    return space


def first(thread):
    return db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.number == 1)).one()


def move(member, thread, space):
    return classification.move(actor(member), thread.id, space.id, audience=Audience.NETWORK)


def refused(member, thread, space):
    with pytest.raises(Conflict) as refusal:
        move(member, thread, space)
    return refusal.value.reason


def test_a_thread_of_which_anything_waits_or_is_hidden_stays_and_no_refusal_says_which(
    gent, leen, moderator, genk
):
    def thread():
        return make_thread(gent, leen, title="A", body="He came on a scooter.", audience=Audience.NETWORK)

    karim = make_member("Karim", space=gent)
    reported, pointed, earlier, hidden, held, taught = (thread() for _each in range(6))
    post_reports.report(actor(karim), first(reported), Said(ReportReason.IDENTIFIES, "I know him."))
    watching.add(actor(moderator), gent.id, word="scooter", watch=Watch.POINT_OUT)
    pointing.look(first(pointed), is_change=False)
    posts.edit(actor(leen), first(earlier), title="A", body="He came.", seen_revision=1)
    revisions.hide(actor(moderator), first(earlier), 1, reason="He is known by it.")
    hiding.hide(actor(moderator), make_post(hidden, leen).id, reason="Hard words.")
    lessons.draft(actor(moderator), taught.id, title="Take turns")
    choosing.choose(actor(moderator), gent.id, Choice(everybody_until=days.today() + timedelta(days=1)))
    sending.reply(actor(karim), held.id, body="And this.", idempotency_key=str(uuid.uuid4()))
    said = {refused(leen, one, genk) for one in (reported, pointed, earlier, hidden, held, taught)}
    assert len(said) == 1
    settling.settle(actor(moderator), first(reported), Verdict(ReportOutcome.LEFT))
    assert move(leen, reported, genk).space_id == genk.id


def test_what_a_moderator_of_the_other_space_looks_at_first_does_not_get_in_by_moving(gent, leen, genk):
    there = make_member("Eva", space=genk, role=Role.MODERATOR)
    thread = make_thread(gent, leen, title="A", body="He came on a scooter.", audience=Audience.NETWORK)
    watching.add(actor(there), genk.id, word="scooter", watch=Watch.HOLD)

    def go():
        moving_in.move(actor(leen), thread.id, genk.id, audience=Audience.NETWORK)

    with pytest.raises(Conflict) as refusal:
        go()
    assert "scooter" not in refusal.value.reason
    taken = make_post(thread, leen, "And on a moped.")
    taken.deleted_at, taken.html = clock.now(), ""
    (word,) = watching.every(actor(there), genk.id)
    watching.remove(actor(there), genk.id, word.id)
    watching.add(actor(there), genk.id, word="moped", watch=Watch.HOLD)
    with pytest.raises(Conflict):
        go()
    assert thread.space_id == gent.id
    with pytest.raises(NotFound):
        moving_in.move(actor(leen), thread.id, make_space("Stil", unlisted=True).id, audience=Audience.SPACE)
    join(leen, away := make_space("Aalst"))
    assert moving_in.move(actor(leen), thread.id, away.id, audience=Audience.NETWORK).space_id == away.id
