"""Delete a post of somebody else: nobody has its words from then on, and undo brings them back for ten minutes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.moderation import deleting, hiding, objections, sealing, undo
from forum.domain.threads import history, posts
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.sealing import Sealing
from forum.models.spaces import Role
from forum.models.threads import Post, PostRevision
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases
WORDS = "He lives in the Veldstraat."


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


def opening(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def last_act(kind=UndoKind.DELETE_POST):
    query = select(UndoableAct).where(UndoableAct.kind == kind).order_by(UndoableAct.id.desc()).limit(1)
    return db.session.scalars(query).one()


def shown(reader, thread, number):
    return thread_page.page(actor(reader), thread.id).posts[number - 1]


def test_nobody_reads_a_deleted_post_and_undo_brings_all_of_it_back(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, WORDS)
    posts.edit(actor(karim), post.id, body="In the Veldstraat, I said.", seen_revision=1)
    assert "Veldstraat" in shown(leen, thread, 2).html
    deleting.delete(actor(moderator), post.id, reason="Somebody can be recognised")
    for reader in (moderator, karim, leen):
        view = shown(reader, thread, 2)
        assert (view.state, view.number, view.html) == ("sealed", 2, "")
        assert bool(view.reason) == (reader is not leen)
        with pytest.raises(NotFound):
            history.of_post(actor(reader), post.id)
    texts = db.session.execute(select(PostRevision.body, PostRevision.plain)).all()
    assert not [each for each in texts if "Veldstraat" in str(each)]
    undo.undo(actor(moderator), last_act().id)
    assert "Veldstraat, I said" in shown(leen, thread, 2).html
    assert [one.number for one in history.of_post(actor(leen), post.id).versions] == [2, 1]
    assert db.session.scalars(select(Sealing.kept)).all() == [[]]


def test_only_moderators_delete_and_never_their_own(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post, own = make_post(thread, karim, WORDS), make_post(thread, moderator, "Mine.")
    other = make_member("Rik", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for who, which in ((leen, post), (karim, post), (other, post), (moderator, own)):
        with pytest.raises((Forbidden, NotFound)):
            deleting.delete(actor(who), which.id, reason="Because")
    with pytest.raises(Invalid):
        deleting.delete(actor(moderator), post.id, reason=" ")
    deleting.delete(actor(moderator), post.id, reason="Because")
    with pytest.raises(Forbidden):
        deleting.delete(actor(moderator), post.id, reason="Because")


def test_with_an_opening_post_the_thread_and_its_title_go(gent, leen, moderator, karim):
    thread = make_thread(gent, leen, title="About Jan Peeters")
    make_post(thread, karim, "Yes.")
    deleting.delete(actor(moderator), opening(thread).id, reason="A name")
    with pytest.raises(NotFound):
        thread_page.page(actor(karim), thread.id)
    for reader in (leen, moderator):
        page = thread_page.page(actor(reader), thread.id)
        assert (page.title, page.slug, page.hidden, page.posts[0].html) == ("", "x", True, "")
    undo.undo(actor(moderator), last_act().id)
    page = thread_page.page(actor(karim), thread.id)
    assert (page.title, page.slug, page.hidden) == ("About Jan Peeters", "about-jan-peeters", False)


def test_after_ten_minutes_the_words_are_nowhere(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, WORDS)
    deleting.delete(actor(moderator), post.id, reason="A name")
    assert "Veldstraat" in str(db.session.scalars(select(Sealing.kept)).all())
    assert sealing.forget_due(db.session.flush) == 0
    with clock.at(clock.now() + timedelta(minutes=10)):
        with pytest.raises(Conflict):
            undo.undo(actor(moderator), last_act().id)
        assert sealing.forget_due(db.session.flush) == 1
        assert db.session.scalars(select(Sealing.kept)).all() == [[]]
        with pytest.raises(Forbidden):
            hiding.restore(actor(moderator), post.id)


def test_a_hidden_post_can_be_deleted_and_undo_hides_it_again(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, WORDS)
    hiding.hide(actor(moderator), post.id, reason="To look at")
    deleting.delete(actor(moderator), post.id, reason="Looked at")
    with pytest.raises(Forbidden):
        undo.undo(actor(moderator), last_act(UndoKind.HIDE).id)
    undo.undo(actor(moderator), last_act().id)
    assert (shown(moderator, thread, 2).state, shown(moderator, thread, 2).reason) == ("hidden", "To look at")
    assert "Veldstraat" in shown(moderator, thread, 2).html
    assert shown(leen, thread, 2).html == ""
    objections.make(actor(karim), post.id, words="But it is known.")
    with pytest.raises(Conflict):
        deleting.delete(actor(moderator), post.id, reason="Again")


def test_no_other_way_of_showing_it_again_brings_it_back(gent, leen, moderator, karim):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, WORDS)
    deleting.delete(actor(moderator), post.id, reason="A name")
    second = make_member("Wim", space=gent, role=Role.MODERATOR)
    objections.make(actor(karim), post.id, words="But it is known.")
    with pytest.raises(Conflict):
        objections.restore(actor(second), post.id)
    posts.take_back(actor(karim), post.id)
    with pytest.raises(Forbidden):
        posts.put_back(actor(karim), post.id)
