"""What hangs on a post that moves goes along: quotes, drafts, what waits, notices, lessons, what can be undone."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, deciding, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.lessons import claims
from forum.domain.moderation import hiding, undo
from forum.domain.regrouping import merging, splitting
from forum.domain.regrouping.splitting import Asked
from forum.domain.threads import following, posts, threads
from forum.domain.threads import page as thread_page
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import worker
from forum.models.drafts import Draft
from forum.models.held import HeldPost
from forum.models.lessons import LessonSource
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Space
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build

SAID = "First we ring. Then we wait for three days."
WORDS = "Then we wait for three days."
MARK = "[quote 2: 12-35]"  # of the letters of SAID, blanks not counted


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent, city="gent")


@pytest.fixture
def thread(gent, leen):
    thread = make_thread(gent, leen)
    make_post(thread, leen, SAID)
    return thread


def answer(thread, who, body, **over):
    return threads.reply(actor(who), thread.id, body=body, idempotency_key=str(uuid.uuid4()), **over)


def split(moderator, thread, *numbers, audience=Audience.NETWORK):
    wish = Asked(numbers, "Another matter", audience)
    plan = splitting.planned(actor(moderator), thread.id, wish)
    return splitting.split(
        actor(moderator), thread.id, wish, seen=plan.digest, reason="It tells of somebody."
    )


def quoted(who, thread, number):
    """The passages that a post quotes, as this reader gets them: words, thread and number."""
    (post,) = (one for one in thread_page.page(actor(who), thread.id).posts if one.number == number)
    parts = post.html if isinstance(post.html, tuple) else ()
    return [(one.words, one.thread_id, one.number) for one in parts if hasattr(one, "words")]


def test_a_quote_leads_to_where_the_quoted_post_stands(moderator, thread, karim):
    answer(thread, karim, f"{MARK}\nSo do we.")
    new = split(moderator, thread, 2)
    assert quoted(karim, thread, 3) == [(WORDS, new.id, 1)]
    post = db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 3)).one()
    other = split(moderator, thread, 3)
    posts.edit(actor(karim), post.id, body=f"{MARK}\nSo do we, now.", seen_revision=1)
    assert quoted(karim, other, 1) == [(WORDS, new.id, 1)], "its mark has the number of before"


def test_what_fewer_read_now_is_quoted_to_nobody_in_the_thread_of_more(moderator, thread, karim, gent):
    answer(thread, karim, f"{MARK}\nSo do we.")
    new = split(moderator, thread, 2, audience=Audience.SPACE)
    assert [words for words, _thread, _number in quoted(karim, thread, 3)] == [""]
    into = make_thread(gent, karim, audience=Audience.SPACE)
    plan = merging.planned(actor(moderator), thread.id, into.id)
    merging.merge(actor(moderator), thread.id, into.id, seen=plan.digest, reason="It tells of somebody.")
    assert quoted(karim, into, 3) == [(WORDS, new.id, 1)], "who reads the one reads the other"


def test_a_draft_stays_with_the_post_that_it_answers(moderator, thread, karim, leen):
    now = clock.now()
    for who, about in ((karim, "2"), (leen, "")):
        db.session.add(
            Draft(
                member_id=who.id, idempotency_key=str(uuid.uuid4()), form="reply", subject_id=thread.id,
                fields={"body": "So do we.", "answers": about}, changed_at=now, check_at=now,
            )
        )  # fmt: skip
    db.session.flush()
    new = split(moderator, thread, 2)
    kept = {
        row.member_id: (row.subject_id, row.fields["answers"]) for row in db.session.scalars(select(Draft))
    }
    assert kept == {karim.id: (new.id, "1"), leen.id: (thread.id, "")}


def test_a_reply_that_waits_appears_with_the_post_that_it_answers(moderator, thread, karim, gent):
    choosing.choose(actor(moderator), gent.id, Choice(everybody_until=days.today() + timedelta(days=1)))
    held = sending.reply(
        actor(karim), thread.id, body="So do we.", idempotency_key=str(uuid.uuid4()), answers=2
    )
    assert isinstance(held, HeldPost)
    new = split(moderator, thread, 2)
    deciding.approve(actor(moderator), held.id, seen=1, html="<p>So do we.</p>")
    last = db.session.scalars(select(Post).order_by(Post.id.desc())).first()
    assert (last.thread_id, last.number) == (new.id, 2)


def test_authors_hear_of_it_once_it_can_no_longer_be_undone(session, moderator, thread, karim, leen):
    outside = make_member("Sofie", space=make_space("Genk", city="genk"))
    make_post(thread, karim)
    make_post(thread, outside)
    make_post(thread, karim)
    split(moderator, thread, 3, 4, 5, audience=Audience.SPACE)
    db.session.commit()
    with clock.at(clock.now() + timedelta(minutes=15)):
        worker.run_until_idle()
    told = {row.member_id: row for row in db.session.scalars(select(Notification))}
    assert set(told) == {karim.id, outside.id}
    assert {row.kind for row in told.values()} == {"post_moved"}
    first = db.session.get_one(Post, told[karim.id].post_id)
    assert (first.number, told[karim.id].thread_id) == (1, first.thread_id)
    assert (told[outside.id].thread_id, told[outside.id].post_id) == (None, None)


def test_nobody_hears_twice_of_one_merge_that_leaves_fewer_readers(
    session, moderator, thread, target, karim, leen
):
    follower = make_member("Follower", space=db.session.get_one(Space, thread.space_id))
    for who in (karim, follower):
        following.begin(who.id, target.id)
    make_post(thread, karim)
    outside = make_member("Sofie", space=make_space("Genk", city="genk"))
    make_post(thread, outside)
    thread.audience = Audience.SPACE
    plan = merging.planned(actor(moderator), thread.id, target.id)
    merging.merge(actor(moderator), thread.id, target.id, seen=plan.digest, reason="It tells of somebody.")
    db.session.commit()
    with clock.at(clock.now() + timedelta(minutes=15)):
        worker.run_until_idle()
    told = [(row.member_id, row.kind) for row in db.session.scalars(select(Notification))]
    wrote = {(who.id, "post_moved") for who in (leen, karim, outside)}
    assert sorted(told) == sorted({*wrote, (follower.id, "thread_narrowed")})


def test_what_was_done_to_a_post_is_undone_where_it_stands(moderator, thread, karim):
    post = make_post(thread, karim, "He lives in the Veldstraat.")
    hiding.hide(actor(moderator), post.id, reason="A name.")
    new = split(moderator, thread, 2, 3)
    act = db.session.scalars(select(UndoableAct).where(UndoableAct.post_id == post.id)).one()
    assert act.thread_id == new.id
    undo.undo(actor(moderator), act.id, again=undo.rendered(actor(moderator), act.id))
    assert [one.state for one in thread_page.page(actor(karim), new.id).posts] == ["shown", "shown"]


def test_a_lesson_rests_on_both_threads_and_keeps_its_words():
    scenario = build()
    post = make_post(scenario.thread, scenario.author, "We rang. nobody talks with me, they said.")
    into = make_thread(scenario.space, scenario.author)
    lesson = scenario.draft()
    query = select(LessonSource.thread_id).where(LessonSource.lesson_id == lesson.id)
    claim = claims.add(scenario.actor("curator"), lesson.id, text="Another")
    claims.quote(
        scenario.actor("curator"), claim.id, post_id=post.id, words="nobody talks with me", stance="supports"
    )
    new = split(scenario.second, scenario.thread, 3)
    assert set(db.session.scalars(query)) == {scenario.thread.id, new.id}
    plan = merging.planned(scenario.actor("second"), new.id, into.id)
    merging.merge(scenario.actor("second"), new.id, into.id, seen=plan.digest, reason="It tells of somebody.")
    assert set(db.session.scalars(query)) == {scenario.thread.id, into.id}
