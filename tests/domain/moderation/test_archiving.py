"""A thread whose talk is over: read as before, closed, out of every list of what runs; with a dry run and undo."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import deciding
from forum.domain.moderation import archiving, locking, narrowing, pinning, post_reports, undo
from forum.domain.moderation.post_reports import Said
from forum.domain.regrouping import merging, moving, splitting
from forum.domain.regrouping.moving import Chosen
from forum.domain.threads import nominations, posts, threads
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Event
from forum.models.held import HeldBecause, HeldPost
from forum.models.moderation import Action, ModerationAction
from forum.models.post_reports import ReportReason
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import closed
from forum.policy.errors import Conflict, Forbidden, NotFound
from forum.policy.regrouping import ARCHIVED
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases
LATER = timedelta(minutes=11)


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def thread(gent, leen, karim):
    found = make_thread(gent, leen, title="Who rings back?", audience=Audience.NETWORK)
    make_post(found, karim)
    return found


def archive(who, thread, reason=""):
    plan = archiving.planned(actor(who), thread.id)
    return archiving.archive(actor(who), thread.id, seen=plan.digest, reason=reason)


def last_act(kind=UndoKind.ARCHIVE):
    query = select(UndoableAct).where(UndoableAct.kind == kind).order_by(UndoableAct.id.desc()).limit(1)
    return db.session.scalars(query).one()


def log_of(thread):
    query = select(ModerationAction.action).where(ModerationAction.thread_id == thread.id)
    return list(db.session.scalars(query.order_by(ModerationAction.id)))


def reply(who, thread):
    return threads.reply(actor(who), thread.id, body="More.", idempotency_key=str(uuid.uuid4()))


def test_it_is_read_as_before_and_nobody_writes_in_it_until_it_comes_out(thread, leen, karim, moderator):
    for who in (leen, karim):
        with pytest.raises(Forbidden):
            archive(who, thread)
    archive(moderator, thread, "Everybody knows by now.")
    page = thread_page.page(actor(leen), thread.id)
    assert (page.archived_at, len(page.posts)) == (thread.archived_at, 2)
    for refused in (
        lambda: reply(karim, thread),
        lambda: posts.edit(actor(karim), page.posts[1].id, body="Other words.", seen_revision=1),
        lambda: nominations.nominate(actor(karim), thread.id),
    ):
        with pytest.raises(Forbidden, match=re.escape(closed(thread))):
            refused()
    with pytest.raises(Conflict):
        archiving.planned(actor(moderator), thread.id)
    with pytest.raises(Forbidden):
        archiving.bring_back(actor(leen), thread.id)
    archiving.bring_back(actor(moderator), thread.id)
    with pytest.raises(Conflict):
        archiving.bring_back(actor(moderator), thread.id)
    assert reply(karim, thread).number == 3
    assert log_of(thread) == [Action.ARCHIVE, Action.UNARCHIVE]


def test_a_thread_that_was_closed_is_still_closed_when_it_comes_out(thread, karim, moderator):
    locking.lock(actor(moderator), thread.id)
    archive(moderator, thread)
    archiving.bring_back(actor(moderator), thread.id)
    with pytest.raises(Forbidden, match=re.escape(closed(thread))):
        reply(karim, thread)


def test_what_nobody_reads_here_is_not_archived(gent, leen, moderator):
    stranger = make_member("Mia", space=make_space("Genk", city="genk"), role=Role.MODERATOR)
    inside = make_thread(gent, leen, audience=Audience.SPACE)
    with pytest.raises(NotFound):
        archiving.planned(actor(stranger), inside.id)
    for moment in ("hidden_at", "withdrawn_at", "merged_at"):
        gone = make_thread(gent, leen)
        gone.withdrawn_at = clock.now() if moment == "merged_at" else None
        setattr(gone, moment, clock.now())
        db.session.flush()
        with pytest.raises((Forbidden, NotFound)):
            archiving.planned(actor(moderator), gone.id)
    archive(moderator, inside)


def test_the_dry_run_says_what_waits_and_never_that_ones_own_post_was_reported(
    thread, gent, karim, moderator
):
    said = Said(ReportReason.WRONG)
    quiet = archiving.planned(actor(moderator), thread.id)
    assert not quiet.waiting.is_any
    own = make_post(thread, moderator)
    seen = archiving.planned(actor(moderator), thread.id)
    post_reports.report(actor(karim), own.id, said)
    assert archiving.planned(actor(moderator), thread.id) == seen
    other = db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 2)).one()
    post_reports.report(actor(make_member("Ann", space=gent)), other.id, said)
    nominations.nominate(actor(karim), thread.id)
    now = archiving.planned(actor(moderator), thread.id)
    assert (now.waiting.reports, now.waiting.nominations) == (1, 1)
    with pytest.raises(Conflict):
        archiving.archive(actor(moderator), thread.id, seen=seen.digest)
    assert thread.archived_at is None
    archiving.archive(actor(moderator), thread.id, seen=now.digest)


def test_a_reply_that_waits_appears_once_it_comes_out(thread, karim, moderator):
    held = HeldPost(
        space_id=thread.space_id,
        thread_id=thread.id,
        author_id=karim.id,
        body="More.",
        because=HeldBecause.EVERYBODY,
        idempotency_key=str(uuid.uuid4()),
        written_at=clock.now(),
    )
    db.session.add(held)
    db.session.flush()
    assert archiving.planned(actor(moderator), thread.id).waiting.held == 1
    archive(moderator, thread)
    with pytest.raises(Conflict):
        deciding.approve(actor(moderator), held.id, seen=1, html="<p>More.</p>")
    archiving.bring_back(actor(moderator), thread.id)
    deciding.approve(actor(moderator), held.id, seen=1, html="<p>More.</p>")


def test_undo_of_either_brings_back_what_was_and_the_pin_with_it(thread, leen, moderator, gent):
    def pinned():
        return [one.id for one in pinning.of_space(actor(leen), gent.id)]

    pinning.pin(actor(moderator), thread.id)
    archive(moderator, thread)
    at = thread.archived_at
    assert pinned() == []
    for refused in (
        lambda: pinning.pin(actor(moderator), thread.id),
        lambda: undo.undo(actor(moderator), last_act(UndoKind.PIN).id),
    ):
        with pytest.raises((Conflict, Forbidden)):
            refused()
    undo.undo(actor(moderator), last_act().id)
    assert (thread.archived_at, pinned()) == (None, [thread.id])
    archive(moderator, thread)
    at = thread.archived_at
    with clock.at(clock.now() + LATER):
        archiving.bring_back(actor(moderator), thread.id)
        out = last_act()
        undo.undo(actor(moderator), out.id)
        assert thread.archived_at == at
        archiving.bring_back(actor(moderator), thread.id)
        reply(leen, thread)
        with pytest.raises(Conflict):
            undo.undo(actor(moderator), last_act().id)
    assert (thread.archived_at, pinned()) == (None, [])


def test_it_goes_nowhere_else_until_it_comes_out_but_fewer_may_read_it(thread, leen, karim, moderator, gent):
    genk, other = make_space("Genk", city="genk"), make_thread(gent, leen)
    join(moderator, genk)
    archive(moderator, thread)
    who = actor(moderator)
    wish = splitting.Asked((2,), "Another matter", Audience.SPACE)
    for refused in (
        lambda: moving.to_move(who, thread.id),
        lambda: splitting.planned(who, thread.id, wish),
        lambda: merging.planned(who, thread.id, other.id),
        lambda: merging.planned(who, other.id, thread.id),
        lambda: narrowing.asked(who, thread.id, audience=Audience.PUBLIC),
        lambda: other_readers.set_audience(who, thread.id, audience=Audience.PUBLIC),
    ):
        with pytest.raises(Forbidden, match=re.escape(str(ARCHIVED))):
            refused()
    other_readers.set_audience(who, thread.id, audience=Audience.SPACE)
    narrowed = last_act(UndoKind.NARROW)
    undo.undo(who, narrowed.id)
    archiving.bring_back(who, thread.id)
    assert merging.planned(who, other.id, thread.id).target.id == thread.id


def test_a_move_before_it_is_not_undone_while_it_is_archived(gent, leen, moderator):
    genk, thread = make_space("Genk", city="genk"), make_thread(gent, leen, audience=Audience.NETWORK)
    join(moderator, genk, role=Role.MODERATOR)
    chosen, who = Chosen(genk.id, Audience.NETWORK), actor(moderator)
    moving.move(who, thread.id, chosen, seen=moving.asked(who, thread.id, chosen).digest, reason="There.")
    archive(moderator, thread)
    with pytest.raises(Conflict):
        undo.undo(who, last_act(UndoKind.MOVE).id)
    undo.undo(who, last_act().id)
    undo.undo(who, last_act(UndoKind.MOVE).id)
    assert thread.space_id == gent.id


def test_fewer_readers_before_it_are_not_undone_while_it_is_archived(thread, moderator):
    who = actor(moderator)
    other_readers.set_audience(who, thread.id, audience=Audience.SPACE)
    archive(moderator, thread)
    with pytest.raises(Conflict):
        undo.undo(who, last_act(UndoKind.NARROW).id)
    assert thread.audience == Audience.SPACE
    undo.undo(who, last_act().id)
    undo.undo(who, last_act(UndoKind.NARROW).id)
    assert thread.audience == Audience.NETWORK


def test_taken_out_within_its_ten_minutes_it_is_pinned_as_before(thread, gent, leen, moderator):
    pinning.pin(actor(moderator), thread.id)
    archive(moderator, thread)
    archiving.bring_back(actor(make_member("Sien", space=gent, role=Role.MODERATOR)), thread.id)
    assert [one.id for one in pinning.of_space(actor(leen), gent.id)] == [thread.id]
    archive(moderator, thread)
    with clock.at(clock.now() + LATER):
        archiving.bring_back(actor(moderator), thread.id)
    assert pinning.of_space(actor(leen), gent.id) == []


def test_archived_again_after_somebody_wrote_can_be_undone_and_is_told(thread, leen, karim, moderator):
    archive(moderator, thread)
    with clock.at(clock.now() + LATER):
        archiving.bring_back(actor(moderator), thread.id)
        reply(karim, thread)
        archive(moderator, thread)
        act = last_act()
        assert act.before["archived"]
        assert act.undone_at is None
        undo.undo(actor(moderator), act.id)
        assert thread.archived_at is None
        archive(moderator, thread)
    told = select(Event).where(Event.name == "thread.archived").order_by(Event.id.desc()).limit(1)
    assert db.session.scalars(told).one().payload["act_id"] == last_act().id


def test_the_same_press_sent_twice_is_once_and_another_one_is_told(thread, gent, moderator):
    seen = archiving.planned(actor(moderator), thread.id).digest
    for _twice in range(2):
        archiving.archive(actor(moderator), thread.id, seen=seen)
    assert log_of(thread) == [Action.ARCHIVE]
    for who, digest in (
        (make_member("Sien", space=gent, role=Role.MODERATOR), seen),
        (moderator, "of another page"),
    ):
        with pytest.raises(Conflict):
            archiving.archive(actor(who), thread.id, seen=digest)
    archiving.bring_back(actor(moderator), thread.id)
    archiving.archive(actor(moderator), thread.id, seen=seen)
    assert thread.archived_at is not None
