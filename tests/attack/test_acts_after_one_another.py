"""Acts on words and on the places of posts one after another, with undo in between: no words come back or go astray."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import deciding, queue
from forum.domain.moderation import (
    deleting,
    leaving_out,
    post_reports,
    retitling,
    revisions,
    settling,
    shortened,
    undo,
)
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.regrouping import merging, moving, splitting
from forum.domain.regrouping.moving import Chosen
from forum.domain.regrouping.splitting import Asked
from forum.domain.threads import history, posts
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.held import HeldBecause, HeldPost
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Audience, Role
from forum.models.summaries import SummaryCitation, SummarySentence, SummaryVersion
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.errors import Conflict, DomainError, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

NAME = "Jan Peeters"


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent, city="gent")


@pytest.fixture
def genk(moderator):
    space = make_space("Genk", city="genk")
    join(moderator, space, Role.MODERATOR)
    return space


@pytest.fixture
def elsewhere():
    return make_member("Sofie", space=make_space("Hasselt", city="hasselt"))


def split(who, thread, *numbers, title="Another matter", audience=Audience.NETWORK):
    wish = Asked(numbers, title, audience)
    plan = splitting.planned(actor(who), thread.id, wish)
    return splitting.split(actor(who), thread.id, wish, seen=plan.digest, reason="It tells of somebody.")


def merge(who, thread, target):
    plan = merging.planned(actor(who), thread.id, target.id)
    return merging.merge(actor(who), thread.id, target.id, seen=plan.digest, reason="It tells of somebody.")


def move(who, thread, space, audience=Audience.NETWORK):
    chosen = Chosen(space.id, audience)
    seen = moving.asked(actor(who), thread.id, chosen).digest
    return moving.move(actor(who), thread.id, chosen, seen=seen, reason="It belongs there.")


def last(kind):
    query = select(UndoableAct).where(UndoableAct.kind == kind).order_by(UndoableAct.id.desc()).limit(1)
    return db.session.scalars(query).one()


def opening(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def try_undo(who, kind):
    try:
        undo.undo(actor(who), last(kind).id)
        return True
    except DomainError:
        return False


def test_undo_of_words_left_out_leaves_a_split_thread_its_title(gent, leen, karim, moderator):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "We asked Jan Peeters.")
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    new = split(moderator, thread, 2)
    try_undo(moderator, UndoKind.LEAVE_OUT)
    db.session.refresh(new)
    assert new.title == "Another matter"


def test_undo_of_a_title_changes_no_other_thread(gent, leen, karim, moderator):
    """The other thread had an insulting title, which another moderator took away."""
    colleague = make_member("Ann", space=gent, role=Role.MODERATOR)
    target = make_thread(gent, leen, title="Karim is a liar")
    retitling.retitle(actor(colleague), target.id, title="Who rings back?", reason="An insult")
    thread = make_thread(gent, karim, title="Calling back")
    make_post(thread, leen)
    retitling.retitle(actor(moderator), thread.id, title="Ringing back", reason="Clearer")
    merge(moderator, thread, target)
    try_undo(moderator, UndoKind.RETITLE)
    db.session.refresh(target)
    assert target.title == "Who rings back?"


def test_words_leave_the_title_above_a_merged_post(gent, leen, karim, moderator):
    target = make_thread(gent, leen)
    thread = make_thread(gent, karim, title="What Jan Peeters did", body="Jan Peeters never called.")
    post = opening(thread)
    merge(moderator, thread, target)
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    shown = thread_page.page(actor(leen), target.id)
    assert NAME not in " ".join(one.heading for one in shown.posts)


def test_a_deleted_merged_post_keeps_no_title(gent, leen, karim, moderator):
    target = make_thread(gent, leen)
    thread = make_thread(gent, karim, title="What Jan Peeters did", body="Jan Peeters never called.")
    post = opening(thread)
    merge(moderator, thread, target)
    deleting.delete(actor(moderator), post.id, reason="A name")
    assert NAME not in db.session.scalar(select(Post.heading).where(Post.id == post.id))


def test_undo_of_words_left_out_brings_back_the_title_above_a_merged_post(gent, leen, karim, moderator):
    target = make_thread(gent, leen)
    thread = make_thread(gent, karim, title="What Jan Peeters did", body="Jan Peeters never called.")
    post = opening(thread)
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    merge(moderator, thread, target)
    if try_undo(moderator, UndoKind.LEAVE_OUT):
        assert db.session.scalar(select(Post.heading).where(Post.id == post.id)) == "What Jan Peeters did"


def test_undo_of_words_left_out_shows_no_version_that_was_hidden_before(gent, leen, karim, moderator):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "Jan Peeters, 0470 12 34 56.")
    posts.edit(actor(karim), post.id, body="Jan Peeters, as we said.", seen_revision=1)
    revisions.hide(actor(moderator), post.id, 1, reason="A telephone number")
    later = clock.now() + timedelta(days=3)
    with clock.at(later):
        leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
        undo.undo(actor(moderator), last(UndoKind.LEAVE_OUT).id)
    texts = {one.number: one for one in history.of_post(actor(leen), post.id).versions}
    assert texts[1].hidden, texts[1]


def test_reports_do_not_go_to_the_moderators_of_another_space(gent, leen, karim, moderator, genk):
    there = make_member("Ann", space=genk, role=Role.MODERATOR)
    thread = make_thread(gent, leen)
    post = make_post(thread, karim)
    post_reports.report(actor(leen), post.id, Said(ReportReason.OTHER, "He is my neighbour."))
    settling.settle(actor(moderator), post.id, Verdict(ReportOutcome.LEFT))
    move(moderator, thread, genk)
    try_undo(moderator, UndoKind.SETTLE)
    with pytest.raises(Conflict):
        settling.to_settle(actor(there), post.id)


def held(thread, who, **over):
    row = HeldPost(
        space_id=thread.space_id,
        thread_id=thread.id,
        author_id=who.id,
        body="For our space alone.",
        because=HeldBecause.EVERYBODY,
        idempotency_key=str(uuid.uuid4()),
        written_at=clock.now(),
        **over,
    )
    db.session.add(row)
    db.session.flush()
    return row


def test_a_refused_reply_does_not_wait_for_the_moderators_of_another_space(
    gent, leen, karim, moderator, genk
):
    there = make_member("Ann", space=genk, role=Role.MODERATOR)
    thread = make_thread(gent, leen)
    row = held(thread, karim)
    deciding.refuse(actor(moderator), row.id, seen=1, reason="No")
    move(moderator, thread, genk)
    try_undo(moderator, UndoKind.REFUSE_POST)
    with pytest.raises(NotFound):
        queue.details(actor(there), row.id)


def approve(who, row):
    db.session.refresh(row)
    html = deciding.rendered(actor(who), row.id)
    return deciding.approve(actor(who), row.id, seen=row.revision, html=html)


def told_to(reader, thread):
    try:
        return " ".join(str(post.html) for post in thread_page.page(actor(reader), thread.id).posts)
    except NotFound:
        return ""


def test_a_reply_held_in_a_split_thread_stays_with_its_readers(gent, leen, karim, moderator, elsewhere):
    thread = make_thread(gent, leen)
    make_post(thread, karim)
    new = split(moderator, thread, 2, audience=Audience.SPACE)
    row = held(new, karim)
    try_undo(moderator, UndoKind.SPLIT)
    approve(moderator, row)
    assert "For our space alone" not in told_to(elsewhere, thread)


def test_a_reply_held_in_a_narrowed_thread_stays_with_its_readers(gent, leen, karim, moderator, elsewhere):
    thread = make_thread(gent, leen)
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    row = held(thread, karim)
    try_undo(moderator, UndoKind.NARROW)
    approve(moderator, row)
    assert "For our space alone" not in told_to(elsewhere, thread)


def test_a_reply_held_in_a_merged_thread_stays_with_its_readers(gent, leen, karim, moderator, elsewhere):
    target, thread = make_thread(gent, leen), make_thread(gent, karim, audience=Audience.SPACE)
    merge(moderator, thread, target)
    row = held(target, karim)
    try_undo(moderator, UndoKind.MERGE)
    approve(moderator, row)
    assert "For our space alone" not in told_to(elsewhere, target)


def test_words_leave_the_summary_of_the_thread_from_which_a_post_was_split(gent, leen, karim, moderator):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "We asked Jan Peeters.")
    version = SummaryVersion(
        thread_id=thread.id, number=1, editor_id=leen.id, created_at=clock.now(), last_number=2
    )
    db.session.add(version)
    db.session.flush()
    db.session.add(SummarySentence(version_id=version.id, position=1, words="Ask Jan Peeters."))
    db.session.flush()
    db.session.add(SummaryCitation(version_id=version.id, position=1, post_id=post.id, revision=1))
    db.session.flush()
    split(moderator, thread, 2)
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name")
    assert NAME not in db.session.scalar(select(SummarySentence.words))


def test_a_move_undone_brings_all_posts_back(gent, leen, karim, moderator, genk):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim)
    move(moderator, thread, genk)
    split(moderator, thread, 2)
    if try_undo(moderator, UndoKind.MOVE):
        its = db.session.get_one(Thread, db.session.get_one(Post, post.id, populate_existing=True).thread_id)
        assert its.space_id == gent.id


def test_what_was_made_of_a_post_before_it_moved_is_not_written_over_its_new_title(
    gent, leen, karim, moderator
):
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, f"We asked {NAME}.")
    made = shortened.of(actor(moderator), post.id, words=NAME)
    new = split(moderator, thread, 2, title="Another matter")
    with pytest.raises(Conflict):
        leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name.", made=made)
    assert new.title == "Another matter"
    leaving_out.leave_out(actor(moderator), post.id, words=NAME, reason="A name.")
    assert (new.title, NAME in post.html) == ("Another matter", False)
