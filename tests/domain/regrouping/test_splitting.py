"""Split: posts become a thread of their own, and all that hangs on them goes along."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import undo
from forum.domain.regrouping import splitting
from forum.domain.regrouping.plans import Changed
from forum.domain.regrouping.splitting import Asked
from forum.domain.threads import lists, posts, read_marks
from forum.domain.threads import page as thread_page
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent, city="gent")


@pytest.fixture
def elsewhere():
    return make_member("Sofie", space=make_space("Genk", city="genk"))


@pytest.fixture
def thread(gent, leen, karim):
    """Five posts: 1 and 4 of Leen, the others of Karim."""
    thread = make_thread(gent, leen, title="Who rings back?")
    for number in range(2, 6):
        make_post(thread, leen if number == 4 else karim, f"Post {number}.")
    return thread


def asked(*numbers, title="Another matter", audience=Audience.NETWORK):
    return Asked(numbers, title, audience)


def split(moderator, thread, *numbers, **over):
    wish = asked(*numbers, **over)
    plan = splitting.planned(actor(moderator), thread.id, wish)
    return splitting.split(
        actor(moderator), thread.id, wish, seen=plan.digest, reason="It tells of somebody."
    )


def numbers(thread):
    rows = db.session.execute(
        select(Post.number, Post.id).where(Post.thread_id == thread.id).order_by(Post.number)
    )
    return dict(rows.all())


def test_posts_become_a_thread_and_their_numbers_lead_there(moderator, thread, karim, leen, elsewhere):
    before = numbers(thread)
    new = split(moderator, thread, 3, 5)
    assert numbers(new) == {1: before[3], 2: before[5]}
    assert list(numbers(thread)) == [1, 2, 4]
    assert (new.title, new.author_id, new.post_count, thread.post_count) == ("Another matter", karim.id, 2, 3)
    shown = thread_page.page(actor(elsewhere), thread.id)
    assert [(row.number, row.thread_id, row.there) for row in shown.moved] == [(3, new.id, 1), (5, new.id, 2)]
    there = thread_page.page(actor(elsewhere), new.id)
    assert ["Post 3." in there.posts[0].html, "Post 5." in there.posts[1].html] == [True, True]
    reply = make_post(thread, leen)
    assert reply.number == 6


def test_who_does_not_see_the_new_thread_is_told_nothing_of_it(moderator, thread, elsewhere):
    new = split(moderator, thread, 3, audience=Audience.SPACE)
    shown = thread_page.page(actor(elsewhere), thread.id)
    assert [(row.number, row.thread_id, row.title) for row in shown.moved] == [(3, None, "")]
    with pytest.raises(NotFound):
        thread_page.page(actor(elsewhere), new.id)


def test_what_may_not_be_split(moderator, thread, leen, gent):
    own = make_post(thread, moderator)
    for wish in (asked(), asked(1), asked(3, title=" "), asked(3, audience=Audience.PUBLIC)):
        with pytest.raises(Invalid):
            splitting.planned(actor(moderator), thread.id, wish)
    with pytest.raises(Conflict):
        splitting.planned(actor(moderator), thread.id, asked(77))
    with pytest.raises(Forbidden):
        splitting.planned(actor(moderator), thread.id, asked(3, own.number))
    with pytest.raises(Forbidden):
        splitting.planned(actor(leen), thread.id, asked(3))
    assert splitting.planned(actor(moderator), thread.id, asked(3)).told.count == 1


def test_what_changed_since_it_was_shown_is_shown_first(moderator, thread, karim):
    wish = asked(3)
    plan = splitting.planned(actor(moderator), thread.id, wish)
    posts.edit(actor(karim), plan.posts[0].id, body="Something else.", seen_revision=1)
    with pytest.raises(Changed):
        splitting.split(actor(moderator), thread.id, wish, seen=plan.digest, reason="It tells of somebody.")
    plan = splitting.planned(actor(moderator), thread.id, wish)
    new = splitting.split(actor(moderator), thread.id, wish, seen=plan.digest, reason="It tells of somebody.")
    assert splitting.split(actor(moderator), thread.id, wish, seen=plan.digest) is new
    with pytest.raises(Conflict):
        splitting.planned(actor(moderator), thread.id, wish)


def test_what_was_read_stays_read_and_what_was_new_stays_new(moderator, thread, leen, elsewhere):
    reader = actor(elsewhere)
    read_marks.mark_read(reader, thread.id, first=1, last=3)
    new = split(moderator, thread, 3, 5)
    cards = {row.id: (row.new_count, row.first_unread) for row in lists.latest(reader).rows}
    assert cards == {thread.id: (1, 4), new.id: (1, 2)}
    read_marks.mark_read(reader, thread.id, first=4, last=5)
    act = db.session.scalars(select(UndoableAct)).one()
    undo.undo(actor(moderator), act.id)
    cards = {row.id: (row.new_count, row.first_unread) for row in lists.latest(reader).rows}
    assert cards == {thread.id: (1, 5)}


def test_a_split_is_undone_while_nobody_wrote(moderator, thread, karim, elsewhere):
    before = numbers(thread)
    new = split(moderator, thread, 3, 5, audience=Audience.SPACE)
    act = db.session.scalars(select(UndoableAct)).one()
    undo.undo(actor(moderator), act.id)
    assert numbers(thread) == before
    assert thread_page.page(actor(elsewhere), thread.id).moved == []
    for who in (elsewhere, moderator, karim):
        with pytest.raises(NotFound):
            thread_page.page(actor(who), new.id)
    made = db.session.scalars(select(ModerationAction.action).order_by(ModerationAction.id)).all()
    assert made == [Action.SPLIT, Action.NARROW, Action.UNSPLIT]
    again = split(moderator, thread, 3)
    make_post(again, karim)
    act = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc())).first()
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), act.id)
