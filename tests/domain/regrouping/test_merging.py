"""Merge: the posts of a thread come after those of another one, and its address leads there."""

import uuid

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons
from forum.domain.moderation import hiding, leaving_out, taking_back, undo
from forum.domain.regrouping import merging
from forum.domain.search import results
from forum.domain.threads import following, lists, moved, posts, read_marks, threads
from forum.domain.threads import page as thread_page
from forum.domain.threads.sendings import SentBefore
from forum.infra.db import db
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.lessons import LessonSource
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread


@pytest.fixture
def elsewhere():
    return make_member("Sofie", space=make_space("Genk", city="genk"))


def merge(moderator, thread, target):
    plan = merging.planned(actor(moderator), thread.id, target.id)
    return merging.merge(
        actor(moderator), thread.id, target.id, seen=plan.digest, reason="It tells of somebody."
    )


def last_act():
    return db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc())).first()


def numbers(thread):
    query = select(Post.number).where(Post.thread_id == thread.id).order_by(Post.number)
    return db.session.scalars(query).all()


def test_posts_come_after_those_of_the_other_thread(moderator, thread, target, elsewhere):
    assert merge(moderator, thread, target) is target
    assert (numbers(thread), numbers(target)) == ([], [1, 2, 3, 4])
    shown = thread_page.page(actor(elsewhere), target.id)
    assert [post.heading for post in shown.posts] == ["", "", "Calling back", ""]
    for who in (elsewhere, moderator, None):
        with pytest.raises(NotFound):
            thread_page.page(actor(who) if who else None, thread.id)
    there = moved.leads_to(actor(elsewhere), thread.id, 1)
    assert (there.thread_id, there.there) == (target.id, 3)
    assert moved.leads_to(None, thread.id, 1) is None
    assert (target.post_count, target.last_number, thread.post_count) == (4, 4, 0)


@pytest.mark.both_databases
def test_its_old_title_is_found_while_it_stands_above_the_post(moderator, thread, target, elsewhere):
    def found():
        answer = results.answer(actor(elsewhere), "calling", lambda _kind: [], page=1, address="192.0.2.1")
        said = [post for each in answer.threads for post in each.posts]
        return [(post.number, "".join(words for words, _is_found in post.words)) for post in said]

    assert found() == [], "the thread is, by its title"
    merge(moderator, thread, target)
    assert found() == [(3, "Calling back – It is never done.")]
    opening = db.session.scalars(select(Post).where(Post.heading != "")).one()
    leaving_out.leave_out(actor(moderator), opening.id, words="Calling", reason="Of somebody.")
    assert found() == []
    undo.undo(actor(moderator), last_act().id)
    assert len(found()) == 1
    hiding.hide(actor(moderator), opening.id, reason="Of somebody.")
    assert found() == []


def test_nobody_reads_more_by_it(moderator, thread, target, elsewhere, leen):
    thread.audience = Audience.SPACE
    db.session.flush()
    plan = merging.planned(actor(moderator), thread.id, target.id)
    assert (plan.audience, plan.lost.count, plan.lost_of_target.names) == (Audience.SPACE, 0, ("Sofie",))
    merge(moderator, thread, target)
    with pytest.raises(NotFound):
        thread_page.page(actor(elsewhere), target.id)
    assert moved.leads_to(actor(elsewhere), thread.id, 1) is None
    undo.undo(actor(moderator), last_act().id)
    assert thread_page.page(actor(elsewhere), target.id).title == "Who rings back?"
    with pytest.raises(NotFound):
        thread_page.page(actor(elsewhere), thread.id)
    assert thread_page.page(actor(leen), thread.id).title == "Calling back"
    made = db.session.scalars(select(ModerationAction.action).order_by(ModerationAction.id)).all()
    assert made == [Action.MERGE, Action.NARROW, Action.UNMERGE, Action.WIDEN]


def test_what_may_not_be_merged(moderator, thread, target, leen, gent):
    other_space = make_thread(make_space("Genk", city="genk"), leen)
    for into in (thread, other_space):
        with pytest.raises(Invalid):
            merging.planned(actor(moderator), thread.id, into.id)
    with pytest.raises(Invalid):
        merging.planned(actor(moderator), thread.id, 10**9)
    with pytest.raises(Forbidden):
        merging.planned(actor(leen), thread.id, target.id)
    make_post(thread, moderator)
    with pytest.raises(Forbidden):
        merging.planned(actor(moderator), thread.id, target.id)
    assert merging.planned(actor(moderator), target.id, thread.id).told.names == ("Leen",)


def test_what_was_read_stays_read(moderator, thread, target, elsewhere):
    reader = actor(elsewhere)
    read_marks.mark_read(reader, target.id, first=1, last=1)
    read_marks.mark_read(reader, thread.id, first=1, last=1)
    merge(moderator, thread, target)
    assert [(row.new_count, row.first_unread) for row in lists.latest(reader).rows] == [(2, 2)]
    assert [post.number for post in thread_page.page(reader, target.id).posts if post.is_new] == [2, 4]
    read_marks.mark_read(reader, target.id, first=2, last=4)
    undo.undo(actor(moderator), last_act().id)
    cards = {row.id: (row.new_count, row.first_unread) for row in lists.latest(reader).rows}
    assert cards == {thread.id: (0, None), target.id: (0, None)}


def test_who_followed_follows_on_and_who_muted_one_thread_muted_no_other(
    moderator, thread, target, elsewhere, karim
):
    following.follow_thread(actor(elsewhere), thread.id, level=FollowLevel.ALL)
    following.follow_thread(actor(karim), thread.id, level=FollowLevel.NOTHING)
    merge(moderator, thread, target)
    query = select(ThreadFollow.member_id).where(ThreadFollow.thread_id == target.id)
    assert db.session.scalars(query).all() == [elsewhere.id]
    undo.undo(actor(moderator), last_act().id)
    assert db.session.scalars(query).all() == []


def test_an_old_opening_post_keeps_its_title_through_a_change(moderator, thread, target, karim):
    opening = db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    merge(moderator, thread, target)
    act = last_act()
    posts.edit(actor(karim), opening.id, body="It is hardly ever done.", seen_revision=1)
    shown = thread_page.page(actor(karim), target.id)
    assert [post.heading for post in shown.posts][2] == "Calling back"
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
    taking_back.take_back(actor(karim), opening.id)
    assert "Calling back" not in [
        post.heading for post in thread_page.page(actor(moderator), target.id).posts
    ]


def test_lessons_rest_on_the_thread_in_which_the_posts_stand(moderator, thread, target):
    lesson = lessons.draft(actor(moderator), thread.id, title="A lesson")
    query = select(LessonSource.thread_id).where(LessonSource.lesson_id == lesson.id)
    merge(moderator, thread, target)
    assert db.session.scalars(query).all() == [target.id]
    undo.undo(actor(moderator), last_act().id)
    assert db.session.scalars(query).all() == [thread.id]


def test_a_story_that_is_sent_again_is_found_where_it_stands(moderator, gent, karim, target):
    story = {
        "title": "Calling back", "body": "It is never done.", "need": Need.STORIES, "axis": Axis.SOLIDARITY,
        "audience": Audience.NETWORK, "idempotency_key": str(uuid.uuid4()),
    }  # fmt: skip
    thread = threads.start(actor(karim), gent.id, **story)
    opening = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    merge(moderator, thread, target)
    with pytest.raises(SentBefore) as told:
        threads.start(actor(karim), gent.id, **story)
    assert told.value.post_id == opening.id
    assert merging.merge(actor(moderator), thread.id, target.id, seen=last_act().before["seen"]) is target
