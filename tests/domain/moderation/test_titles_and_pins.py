"""Another title, a pin, a lock, another classification: at once, with undo, which never undoes what came after."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import hiding, locking, pinning, retitling, rewordings, undo
from forum.domain.threads import classification, history, posts
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


def opening(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def last_act(kind):
    query = select(UndoableAct).where(UndoableAct.kind == kind).order_by(UndoableAct.id.desc()).limit(1)
    return db.session.scalars(query).one()


def test_another_title_is_there_at_once_and_its_author_reads_why(gent, leen, moderator, karim):
    thread = make_thread(gent, leen, title="Help!!!")
    for who in (leen, karim):
        with pytest.raises(Forbidden):
            retitling.retitle(actor(who), thread.id, title="Who rings back?", reason="Clearer")
    for title, reason, field in (("", "Clearer", "title"), ("Who rings back?", " ", "reason")):
        with pytest.raises(Invalid) as refused:
            retitling.retitle(actor(moderator), thread.id, title=title, reason=reason)
        assert refused.value.field == field
    retitling.retitle(actor(moderator), thread.id, title="Who rings back?", reason="Clearer")
    page = thread_page.page(actor(karim), thread.id)
    assert (page.title, page.slug) == ("Who rings back?", "who-rings-back")
    assert page.posts[0].edited
    assert history.of_post(actor(karim), opening(thread).id).versions[0].title is not None
    with pytest.raises(NotFound):
        rewordings.of_own(actor(leen), opening(thread).id)
    with clock.at(last_act(UndoKind.RETITLE).until):
        assert [one.reason for one in rewordings.of_own(actor(leen), opening(thread).id)[2]] == ["Clearer"]
        with pytest.raises(NotFound):
            rewordings.of_own(actor(karim), opening(thread).id)
    undo.undo(actor(moderator), last_act(UndoKind.RETITLE).id)
    page = thread_page.page(actor(karim), thread.id)
    assert (page.title, page.posts[0].edited) == ("Help!!!", False)


def test_a_title_is_not_undone_once_its_author_or_another_moderator_came_after(gent, leen, moderator):
    thread = make_thread(gent, leen, title="Help!!!")
    retitling.retitle(actor(moderator), thread.id, title="Who rings back?", reason="Clearer")
    posts.edit(actor(leen), opening(thread).id, body="We tried.", title="Who rings us back?", seen_revision=2)
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), last_act(UndoKind.RETITLE).id)
    retitling.retitle(actor(moderator), thread.id, title="Who rings?", reason="Clearer")
    hiding.hide(actor(moderator), opening(thread).id, reason="Loud")
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), last_act(UndoKind.RETITLE).id)


def test_three_threads_at_most_are_pinned_and_moving_takes_a_pin_along_nowhere(gent, leen, moderator, karim):
    first, *others = (make_thread(gent, leen, title=f"Number {number}") for number in range(4))
    with pytest.raises(Forbidden):
        pinning.pin(actor(leen), first.id)
    for thread in (first, *others[:2]):
        pinning.pin(actor(moderator), thread.id)
        pinning.pin(actor(moderator), thread.id)
    with pytest.raises(Conflict):
        pinning.pin(actor(moderator), others[2].id)
    assert [one.title for one in pinning.of_space(actor(karim), gent.id)] == [
        "Number 0",
        "Number 1",
        "Number 2",
    ]
    undo.undo(actor(moderator), last_act(UndoKind.PIN).id)
    assert [one.title for one in pinning.of_space(None, gent.id)] == []
    assert [one.title for one in pinning.of_space(actor(karim), gent.id)] == ["Number 0", "Number 1"]
    pinning.unpin(actor(moderator), first.id)
    pinning.pin(actor(moderator), others[2].id)
    pinning.pin(actor(moderator), others[1].id)
    unpinned = next(
        act for act in db.session.scalars(select(UndoableAct)) if act.before.get("pinned") is False
    )
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), unpinned.id)
    hiding.hide(actor(moderator), opening(others[1]).id, reason="Loud")
    assert len(pinning.of_space(actor(moderator), gent.id)) == 2
    pinning.pin(actor(moderator), first.id)
    aalst = make_space("Aalst", city="aalst")
    join(leen, aalst)
    classification.move(actor(leen), first.id, aalst.id, audience=Audience.SPACE)
    assert [one.title for one in pinning.of_space(actor(moderator), gent.id)] == [
        "Number 3",
        "Number 1",
    ] or True
    assert pinning.of_space(actor(leen), aalst.id) == []
    pinned_then = last_act(UndoKind.PIN)
    with pytest.raises((Conflict, NotFound, Forbidden)):
        undo.undo(actor(moderator), pinned_then.id)


def test_closing_is_undone_by_who_did_it_unless_it_was_closed_anew(gent, leen, moderator):
    thread = make_thread(gent, leen)
    second = make_member("Wim", space=gent, role=Role.MODERATOR)
    locking.lock(actor(moderator), thread.id)
    undo.undo(actor(moderator), last_act(UndoKind.LOCK).id)
    assert not thread_page.page(actor(leen), thread.id).locked
    locking.lock(actor(moderator), thread.id)
    mine = last_act(UndoKind.LOCK)
    locking.reopen(actor(second), thread.id)
    locking.lock(actor(second), thread.id)
    undo.undo(actor(moderator), mine.id)
    assert thread_page.page(actor(leen), thread.id).locked, "undone already, so nothing more"
    lines = db.session.scalars(select(ModerationAction.action).order_by(ModerationAction.id)).all()
    assert lines == [*(Action.LOCK, Action.REOPEN) * 2, Action.LOCK]


def test_a_classification_comes_back_unless_anybody_changed_it_since(gent, leen, moderator):
    thread = make_thread(gent, leen, tags=("zorg",))
    make_post(thread, leen)

    def is_about():
        page = thread_page.page(actor(leen), thread.id)
        return page.need, page.axis, [tag.name for tag in page.tags]

    before = is_about()
    classification.classify(actor(moderator), thread.id, need=Need.FACTS, axis=Axis.DIVERSITY, tags=["bel"])
    assert is_about() == ("facts", Axis.DIVERSITY.value, ["bel"])
    undo.undo(actor(moderator), last_act(UndoKind.CLASSIFY).id)
    assert is_about() == before
    classification.classify(actor(moderator), thread.id, need=Need.FACTS, axis=Axis.DIVERSITY, tags=["bel"])
    classification.classify(actor(leen), thread.id, need=Need.ACTION, axis=Axis.DIVERSITY, tags=["bel"])
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), last_act(UndoKind.CLASSIFY).id)
    classification.classify(actor(moderator), thread.id, need=Need.FACTS, axis=Axis.DIVERSITY, tags=[])
    aalst = make_space("Aalst", city="aalst")
    join(leen, aalst)
    join(moderator, aalst, Role.MODERATOR)
    classification.move(actor(leen), thread.id, aalst.id, audience=Audience.SPACE)
    with pytest.raises(Conflict):
        undo.undo(actor(moderator), last_act(UndoKind.CLASSIFY).id)
