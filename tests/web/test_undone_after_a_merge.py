"""Undo of what was done to a thread before it went elsewhere: it is done, or its page says why not."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import archiving, locking, pinning, retitling, taking_back, undo
from forum.domain.regrouping import merging, splitting
from forum.domain.threads import classification
from forum.infra.db import db
from forum.models.spaces import Audience, Role, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit

pytestmark = pytest.mark.both_databases
WHY = "It tells of somebody."


def merge(who, thread, into):
    seen = merging.planned(who, thread.id, into.id).digest
    merging.merge(who, thread.id, into.id, seen=seen, reason=WHY)


def take_in(who, thread):
    """Another thread goes into it."""
    space = db.session.get_one(Space, thread.space_id)
    merge(who, make_thread(space, make_member("Ruth", space=space), title="Came first"), thread)


DONE = {
    "pin": lambda who, thread: pinning.pin(who, thread.id),
    "lock": lambda who, thread: locking.lock(who, thread.id),
    "retitle": lambda who, thread: retitling.retitle(who, thread.id, title="Other", reason="Clearer."),
    "narrow": lambda who, thread: other_readers.set_audience(who, thread.id, audience=Audience.SPACE),
    "classify": lambda who, thread: classification.classify(
        who, thread.id, need=Need.ACTION, axis=Axis.DENSITY, tags=["zorg"]
    ),
    "take in": take_in,
}


@pytest.fixture
def world(gent, leen, moderator):
    """A thread of Leen, and another one into which it may go."""
    return make_thread(gent, leen, title="Calling back"), make_thread(gent, leen, title="Who rings back?")


def acts():
    return db.session.scalars(select(UndoableAct).order_by(UndoableAct.id)).all()


@pytest.mark.parametrize("name", DONE)
def test_after_a_merge_its_page_says_into_what(client, leen, moderator, world, name):
    thread, into = world
    DONE[name](actor(moderator), thread)
    act = acts()[-1]
    if name == "lock":
        into.locked_at = thread.locked_at
    merge(actor(moderator), thread, into)
    db.session.commit()
    sign_in(client, moderator)
    answer = submit(client, f"/undo/{act.id}")
    said = answer.get_data(as_text=True)
    assert (answer.status_code, "can no longer be undone" in said) == (409, True)
    # What is about a post goes where that goes, and is refused there in words of its own.
    assert ("merged into “Who rings back?”" in said) == (act.post_id is None)
    sign_in(other := client.application.test_client(), leen)
    answer = submit(other, f"/undo/{act.id}")
    assert (answer.status_code, "Who rings back?" in answer.get_data(as_text=True)) == (404, False)
    db.session.expire_all()
    assert act.undone_at is None


def test_that_the_merge_itself_is_undone_lets_it_be_undone_again(moderator, world):
    thread, into = world
    pinning.pin(actor(moderator), thread.id)
    merge(actor(moderator), thread, into)
    pinned, merged = acts()
    with pytest.raises(Conflict, match="Who rings back"):
        undo.undo(actor(moderator), pinned.id)
    undo.undo(actor(moderator), merged.id)
    undo.undo(actor(moderator), pinned.id)
    assert not pinning.is_pinned(thread)


def test_of_a_thread_that_went_where_they_do_not_read_it_nothing_is_said(gent, leen, moderator, world):
    thread, _into = world
    genk = make_space("Genkertje", city="genk")
    other = make_member("Ann", space=gent, role=Role.MODERATOR)
    join(other, genk)
    thread.audience = Audience.SPACE
    pinning.pin(actor(moderator), thread.id)
    thread.space_id = genk.id
    db.session.flush()
    [act] = acts()
    with pytest.raises(Conflict) as refused:
        undo.undo(actor(moderator), act.id)
    for hidden in ("Genkertje", "Calling back"):
        assert hidden not in refused.value.reason
    with pytest.raises(NotFound):
        undo.undo(actor(other), act.id)


def test_what_its_author_took_back_is_no_longer_there_either(leen, moderator, world):
    thread, _into = world
    pinning.pin(actor(moderator), thread.id)
    [act] = acts()
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == thread.id)).one()
    taking_back.take_back(actor(leen), opening)
    with pytest.raises(Conflict, match="is hier niet meer"):
        undo.undo(actor(moderator), act.id)


def test_what_leaves_a_thread_where_it_is_lets_it_be_undone(leen, moderator, world):
    thread, into = world
    for one in world:
        pinning.pin(actor(moderator), one.id)
    of_thread, of_other = acts()
    asked = splitting.Asked((make_post(thread, leen).number,), "Apart", Audience(thread.audience))
    seen = splitting.planned(actor(moderator), thread.id, asked).digest
    splitting.split(actor(moderator), thread.id, asked, seen=seen)
    undo.undo(actor(moderator), of_thread.id)
    assert not pinning.is_pinned(thread)
    archiving.archive(actor(moderator), into.id, seen=archiving.planned(actor(moderator), into.id).digest)
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), of_other.id)
