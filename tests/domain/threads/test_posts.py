"""One's own words: changed with nothing lost, taken back for everybody, put back."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import hiding, locking
from forum.domain.threads import lists as thread_lists
from forum.domain.threads import page as thread_page
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.threads import Post, PostRevision
from forum.policy.errors import Conflict, Forbidden, NotFound
from tests.factories import actor, make_post, make_thread


def opening(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def test_every_version_of_a_post_is_kept(gent, leen):
    thread = make_thread(gent, leen, title="Before", body="Old words.")
    post = posts.edit(actor(leen), opening(thread).id, body="New words.", title="After", seen_revision=1)
    kept = db.session.execute(
        select(PostRevision.number, PostRevision.body, PostRevision.title).order_by(PostRevision.number)
    ).all()
    assert kept == [(1, "Old words.", "Before"), (2, "New words.", "After")]
    assert (thread.title, thread.slug, thread.summary) == ("After", "after", "New words.")
    assert post.edited_at is not None
    assert "New words" in post.html
    assert thread_page.page(actor(leen), thread.id).posts[0].edited


def test_a_change_elsewhere_is_not_written_over(gent, leen):
    post = make_post(make_thread(gent, leen), leen, "First.")
    posts.edit(actor(leen), post.id, body="On the phone.", seen_revision=1)
    with pytest.raises(Conflict):
        posts.edit(actor(leen), post.id, body="On the desk.", seen_revision=1)
    assert posts.source(actor(leen), post.id).body == "On the phone."
    assert posts.edit(actor(leen), post.id, body="On the phone.", seen_revision=1).revision == 2


def test_only_the_author_changes_words_and_not_in_a_closed_thread(gent, leen, moderator):
    thread = make_thread(gent, leen)
    post = make_post(thread, leen)
    with pytest.raises(Forbidden):
        posts.edit(actor(moderator), post.id, body="Mine now.", seen_revision=1)
    locking.lock(actor(moderator), thread.id)
    with pytest.raises(Forbidden):
        posts.edit(actor(leen), post.id, body="Later.", seen_revision=1)
    assert posts.take_back(actor(leen), post.id).deleted_at is not None


def test_words_taken_back_are_gone_for_everybody_and_their_place_stays(gent, leen, moderator):
    thread = make_thread(gent, leen)
    post = make_post(thread, moderator, "Said too soon.")
    posts.take_back(actor(moderator), post.id)
    for reader in (leen, moderator):
        shown = thread_page.page(actor(reader), thread.id).posts[1]
        assert (shown.state, shown.html, shown.reason) == ("deleted", "", "")
    assert (thread.post_count, thread.answered_at) == (1, None)
    posts.put_back(actor(moderator), post.id)
    assert "Said too soon." in thread_page.page(actor(leen), thread.id).posts[1].html
    assert thread.post_count == 2


def test_an_opening_taken_back_leaves_no_word_behind_and_can_return(gent, leen, moderator):
    thread = make_thread(gent, leen, title="A name in it", tags=("name",))
    make_post(thread, moderator)
    posts.take_back(actor(leen), opening(thread).id)
    page = thread_page.page(actor(moderator), thread.id)
    assert (page.title, page.slug, page.tags, page.reply_count) == ("", "x", [], 1)
    assert (thread.summary, thread.withdrawn_at, thread.cities) == ("", None, ["gent"])
    assert thread_lists.latest(actor(moderator), tag="name").rows == []
    posts.put_back(actor(leen), opening(thread).id)
    assert (thread.title, thread.slug) == ("A name in it", "a-name-in-it")


def test_a_thread_that_nobody_answered_goes_as_a_whole(gent, leen, moderator):
    thread = make_thread(gent, leen)
    posts.take_back(actor(leen), opening(thread).id)
    with pytest.raises(NotFound):
        thread_page.page(actor(moderator), thread.id)
    assert thread_lists.latest(actor(leen)).rows == []
    page = thread_page.page(actor(leen), thread.id)
    assert (page.withdrawn, page.posts[0].may_put_back, page.may_reply.allowed) == (True, True, False)
    posts.put_back(actor(leen), opening(thread).id)
    assert thread_page.page(actor(moderator), thread.id).posts[0].html


def test_nobody_puts_back_what_a_moderator_hid(gent, leen, moderator):
    post = make_post(make_thread(gent, leen), leen)
    hiding.hide(actor(moderator), post.id, reason="Names a client")
    posts.take_back(actor(leen), post.id)
    with pytest.raises(Forbidden):
        posts.put_back(actor(leen), post.id)
    with pytest.raises(Forbidden):
        posts.put_back(actor(moderator), post.id)
