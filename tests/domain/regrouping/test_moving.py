"""A moderator moves a thread to another space: after a dry run, and with nobody's words to anybody new."""

import uuid
from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import own as own_log
from forum.domain.desk import decided, hands, notes
from forum.domain.held_posts import choosing, pointing, sending, watching
from forum.domain.held_posts.choosing import Choice
from forum.domain.lessons import lessons
from forum.domain.moderation import hiding, post_reports, settling, undo
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.regrouping import moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.threads import classification, posts
from forum.domain.threads import page as thread_page
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import worker
from forum.models.held import Watch
from forum.models.moderation import Action, ModerationAction
from forum.models.notifications import Notification
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases


@pytest.fixture
def genk(moderator):
    space = make_space("Genk", city="genk")
    join(moderator, space)
    return space


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def thread(gent, leen, karim):
    found = make_thread(gent, leen, body="He came on a scooter.", audience=Audience.NETWORK)
    make_post(found, karim)
    return found


def go(member, thread, space, audience=Audience.NETWORK, **over):
    chosen = Chosen(space.id, audience)
    seen = {
        "seen": moving.asked(actor(member), thread.id, chosen).digest,
        "reason": "It belongs there.",
        **over,
    }
    return moving.move(actor(member), thread.id, chosen, **seen)


def reads(member, thread):
    try:
        return bool(thread_page.page(actor(member), thread.id))
    except NotFound:
        return False


def first(thread):
    return db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.number == 1)).one()


def act():
    return db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id.desc())).first()


def told(kind="thread_moved"):
    rows = select(Notification.member_id).where(Notification.kind == kind).order_by(Notification.member_id)
    return list(db.session.scalars(rows))


def work(later=timedelta()):
    db.session.commit()
    with clock.at(clock.now() + later):
        worker.run_until_idle()


def test_a_moderator_moves_what_others_wrote_where_nobody_new_reads_it(
    gent, leen, karim, moderator, genk, thread
):
    member, small = make_member("Mia", space=genk), make_space("Klein", widest=Audience.SPACE)
    join(moderator, small)
    for who in (karim, leen):
        with pytest.raises(Forbidden):
            moving.to_move(actor(who), thread.id)
    with pytest.raises(Invalid):
        go(moderator, thread, genk, reason=" ")
    with pytest.raises(Invalid):
        go(moderator, thread, small, Audience.NETWORK)
    with pytest.raises(Forbidden):  # a space of which they are not
        go(moderator, thread, make_space("Aalst"))
    with pytest.raises(NotFound):
        go(moderator, thread, make_space("Stil", unlisted=True), Audience.SPACE)
    assert go(moderator, thread, genk).space_id == genk.id
    assert [reads(who, thread) for who in (leen, karim, moderator, member)] == [True] * 4
    # To fewer of those who read it: who is no more among them finds nothing, also who wrote there.
    narrowed = make_thread(gent, leen, audience=Audience.NETWORK)
    go(moderator, narrowed, genk, Audience.SPACE)
    assert [reads(who, narrowed) for who in (leen, karim, moderator, member)] == [False, False, True, True]


def test_words_go_to_nobody_new(gent, leen, moderator, genk):
    make_member("Gust", space=genk, role=Role.GUEST)
    mia = make_member("Mia", space=genk)
    inside, outside = make_thread(gent, leen, audience=Audience.SPACE), make_thread(gent, leen)
    for thread, level in ((inside, Audience.SPACE), (inside, Audience.NETWORK), (outside, Audience.NETWORK)):
        assert moving.asked(actor(moderator), thread.id, Chosen(genk.id, level)).others == (leen.id,)
        with pytest.raises(Forbidden) as refusal:
            go(moderator, thread, genk, level)
        assert thread.space_id == gent.id
    assert "auteurs" in refusal.value.reason
    # What somebody wrote alone is theirs to give.
    own = make_thread(gent, moderator, audience=Audience.SPACE)
    go(moderator, own, genk, Audience.SPACE)
    assert [reads(who, own) for who in (leen, mia)] == [False, True]


def test_what_was_shown_is_what_is_done_or_nothing_is(gent, leen, moderator, genk, thread):
    chosen = Chosen(genk.id, Audience.SPACE)
    seen = moving.asked(actor(moderator), thread.id, chosen).digest
    make_member("Mia", space=gent)
    for digest in (seen, None, ""):
        with pytest.raises(Conflict) as refusal:
            moving.move(actor(moderator), thread.id, chosen, seen=digest, reason="There.")
    assert (thread.space_id, "opnieuw" in refusal.value.reason) == (gent.id, True)
    seen = moving.asked(actor(moderator), thread.id, chosen).digest
    assert moving.move(actor(moderator), thread.id, chosen, seen=seen, reason="There.").space_id == genk.id


def test_what_waits_for_moderators_is_settled_first_and_no_refusal_says_what_waits(
    gent, leen, karim, moderator, genk
):
    def made(author=leen):
        return make_thread(gent, author, body="He came on a scooter.")

    own, reported, pointed, hidden, held, taught = made(moderator), *(made() for _each in range(5))
    for thread in (own, reported):
        post_reports.report(actor(karim), first(thread), Said(ReportReason.IDENTIFIES, "I know him."))
    watching.add(actor(moderator), gent.id, word="scooter", watch=Watch.POINT_OUT)
    pointing.look(first(pointed), is_change=False)
    hiding.hide(actor(moderator), make_post(hidden, leen).id, reason="Hard words.")
    lessons.draft(actor(moderator), taught.id, title="Take turns")
    choosing.choose(actor(moderator), gent.id, Choice(everybody_until=days.today() + timedelta(days=1)))
    sending.reply(actor(karim), held.id, body="And this.", idempotency_key=str(uuid.uuid4()))
    said = set()
    for thread in (own, reported, pointed, hidden, held, taught):
        with pytest.raises(Conflict) as refusal:
            go(moderator, thread, genk)
        said.add(refusal.value.reason)
        with pytest.raises(Conflict):
            moving.move(actor(moderator), thread.id, Chosen(genk.id, Audience.NETWORK), seen="", reason="x")
    assert len(said) == 1
    settling.settle(actor(moderator), first(reported), Verdict(ReportOutcome.LEFT))
    assert go(moderator, reported, genk).space_id == genk.id


def test_the_moderators_of_the_other_space_meet_nothing_of_what_those_of_the_first_one_did(
    gent, leen, karim, moderator, genk
):
    there = make_member("Eva", space=genk, role=Role.MODERATOR)
    thread = make_thread(gent, leen, title="Who rings?")
    post_reports.report(actor(karim), first(thread), Said(ReportReason.IDENTIFIES, "I know him."))
    settling.settle(actor(moderator), first(thread), Verdict(ReportOutcome.LEFT))
    story = f"unanswered-{thread.id}"
    with clock.at(clock.now() + timedelta(days=30)):
        hands.take(actor(moderator), story)
        notes.write(actor(moderator), story, words="Ask Leen who he is.")
        seen = notes.of_item(hands.take(actor(moderator), story))
        assert {entry.what for entry in seen} == {"taken", "said"}
        go(moderator, thread, genk)
        item = hands.take(actor(there), story, seen=None)
        assert (item.taker_id, [entry.name for entry in notes.of_item(item)]) == (None, ["Eva"])
    assert decided.of(actor(there), f"reported-{first(thread)}") is None
    with pytest.raises(Conflict) as refusal:
        settling.to_settle(actor(there), first(thread))
    assert "Wouter" not in refusal.value.reason
    lines = [line.action for line in audit_log.page(actor(there), genk.id).rows]
    assert lines == ["move_in"]
    assert "move" in [line.action for line in audit_log.page(actor(moderator), gent.id).rows]


def test_the_log_of_neither_space_names_the_other_one_and_its_author_reads_why(
    gent, leen, karim, moderator, genk, thread
):
    go(moderator, thread, genk, Audience.SPACE)
    kinds = db.session.execute(select(ModerationAction.action, ModerationAction.space_id)).all()
    assert kinds == [(Action.MOVE, gent.id), (Action.MOVE_IN, genk.id)]
    (line,) = audit_log.page_without_names(actor(karim), gent.id).rows
    assert (line.action, line.thread_title, line.space_name) == ("move", None, "")
    # Who can read it no more is not told why either: the reason leads to the text.
    assert [(each.action, each.reason) for each in own_log.page(actor(leen)).rows] == [("move", "")]
    join(leen, genk)
    assert [each.reason for each in own_log.page(actor(leen)).rows] == ["It belongs there."]


def test_what_would_wait_there_does_not_get_in_unless_its_moderator_brings_it(
    gent, leen, moderator, genk, thread
):
    there = make_member("Eva", space=genk, role=Role.MODERATOR)
    watching.add(actor(there), genk.id, word="scooter", watch=Watch.HOLD)
    with pytest.raises(Conflict) as refusal:
        go(moderator, thread, genk)
    assert "scooter" not in refusal.value.reason
    join(there, gent, Role.MODERATOR)
    go(there, thread, genk)
    work()
    (item,) = pointing.of_space(actor(there), genk.id)
    assert (item.word, item.number) == ("scooter", 1)


def test_within_ten_minutes_it_comes_back_and_nobody_heard_of_it(gent, leen, karim, moderator, genk, thread):
    watching.add(
        actor(make_member("Eva", space=genk, role=Role.MODERATOR)),
        genk.id,
        word="scooter",
        watch=Watch.POINT_OUT,
    )
    go(moderator, thread, genk)
    work()
    undo.undo(actor(moderator), act())
    assert (thread.space_id, thread.audience) == (gent.id, Audience.NETWORK)
    assert pointing.of_space(actor(moderator), gent.id) == []
    work(timedelta(minutes=30))
    assert told() == []
    go(moderator, thread, genk)
    work()
    with clock.at(clock.now() + timedelta(minutes=11)):
        with pytest.raises(Conflict):
            undo.undo(actor(moderator), act())
        assert told() == [leen.id]


def test_the_moderators_over_there_hear_of_it_and_who_reads_it_no_more_hears_nothing(
    gent, leen, karim, moderator, genk, thread
):
    there = make_member("Eva", space=genk, role=Role.MODERATOR)
    go(moderator, thread, genk, Audience.SPACE)
    work()
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert (told(), told("thread_came")) == ([], [there.id])


def test_undoing_carries_nothing_between_spaces_that_was_written_or_reported_there(
    gent, leen, karim, moderator, genk
):
    def edit(thread):
        posts.edit(actor(leen), first(thread), title="A", body="Other words.", seen_revision=1)

    def report(thread):
        post_reports.report(actor(mia), first(thread), Said(ReportReason.WRONG))

    def on(thread):
        again = make_space("Aalst")
        join(leen, again)
        classification.move(actor(leen), thread.id, again.id, audience=Audience.NETWORK)

    mia = make_member("Mia", space=genk)
    for meanwhile in (lambda thread: make_post(thread, mia), edit, report, on):
        thread = make_thread(gent, leen)
        go(moderator, thread, genk)
        number = act()
        with clock.at(clock.now() + timedelta(minutes=2)):
            meanwhile(thread)
            was = thread.space_id
            # Moved once more by its author, there is nothing to undo, and nobody hears of it.
            with nullcontext() if meanwhile is on else pytest.raises(Conflict):
                undo.undo(actor(moderator), number)
        assert thread.space_id == was != gent.id


def test_what_was_narrowed_before_is_not_brought_back_over_there(gent, leen, moderator, genk, thread):
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    number = act()
    join(leen, genk)
    go(moderator, thread, genk, Audience.SPACE)
    undo.undo(actor(moderator), number)
    assert (thread.space_id, thread.audience) == (genk.id, Audience.SPACE)
