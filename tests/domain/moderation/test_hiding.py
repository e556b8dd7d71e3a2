"""Hide and restore a post: who may, and what others see."""

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.moderation import hiding
from forum.domain.threads import page as thread_page
from forum.domain.threads import posts
from forum.infra import text
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


def opening(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def test_hidden_words_are_for_their_author_and_the_moderators(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "He lives in the Veldstraat.")
    hiding.hide(actor(moderator), post.id, reason="Somebody can be recognised")
    assert (post.html, thread.post_count, thread.cities) == ("", 1, ["gent"])
    for reader, words, reason in ((moderator, True, True), (karim, True, True), (leen, False, False)):
        shown = thread_page.page(actor(reader), thread.id).posts[1]
        assert shown.state == "hidden"
        assert ("Veldstraat" in shown.html, bool(shown.reason)) == (words, reason)
    hiding.restore(actor(moderator), post.id)
    assert "Veldstraat" in thread_page.page(actor(leen), thread.id).posts[1].html
    assert [line.action for line in audit_log.page(actor(moderator), gent.id).rows] == ["restore", "hide"]


def test_a_hidden_opening_hides_the_thread(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    hiding.hide(actor(moderator), opening(thread).id, reason="Names a client")
    with pytest.raises(NotFound):
        thread_page.page(actor(karim), thread.id)
    page = thread_page.page(actor(leen), thread.id)
    assert (page.hidden, page.posts[0].reason, page.may_reply.allowed) == (True, "Names a client", False)
    assert [post.number for post in hiding.hidden_posts(actor(moderator), gent.id)] == [1]
    hiding.restore(actor(moderator), opening(thread).id)
    assert thread_page.page(actor(karim), thread.id).posts[0].html
    assert hiding.hidden_posts(actor(moderator), gent.id) == []


def test_restoring_does_not_bring_back_what_its_author_took_back(gent, leen, moderator):
    thread = make_thread(gent, leen)
    post = make_post(thread, leen, "Twice gone.")
    hiding.hide(actor(moderator), post.id, reason="To look at")
    posts.take_back(actor(leen), post.id)
    hiding.restore(actor(moderator), post.id)
    shown = thread_page.page(actor(moderator), thread.id).posts[1]
    assert (post.html, shown.html, shown.state) == ("", "", "deleted")


def test_hiding_needs_a_reason_and_a_moderator_of_this_space(gent, leen, moderator, karim):
    post = make_post(make_thread(gent, leen), leen)
    with pytest.raises(Invalid):
        hiding.hide(actor(moderator), post.id, reason=" \n")
    elsewhere = make_member("Els", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for who in (leen, karim, elsewhere):
        with pytest.raises(Forbidden):
            hiding.hide(actor(who), post.id, reason="No")
    closed = make_post(make_thread(gent, leen, audience=Audience.SPACE), leen)
    with pytest.raises(NotFound):
        hiding.hide(actor(elsewhere), closed.id, reason="No")


def test_only_a_moderator_of_this_space_shows_it_again_and_nothing_of_the_hiding_stays(
    gent, leen, moderator, karim
):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "With us it went otherwise.", render_version=0)
    hiding.hide(actor(moderator), post.id, reason="To look at")
    elsewhere = make_member("Els", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for person in (leen, karim, elsewhere):
        with pytest.raises(Forbidden):
            hiding.restore(actor(person), post.id)
    assert (post.hidden_reason, post.hidden_by_id, thread.post_count) == ("To look at", moderator.id, 1)
    hiding.restore(actor(moderator), post.id)
    assert (post.hidden_at, post.hidden_by_id, post.hidden_reason) == (None, None, "")
    assert (thread.post_count, thread.cities) == (2, ["gent", "genk"])
    assert post.render_version == text.RENDER_VERSION, "its words were rendered anew"
    with pytest.raises(Forbidden):
        hiding.restore(actor(moderator), post.id)
