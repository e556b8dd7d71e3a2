"""What somebody did with a right that they have lost since, they cannot undo either."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from forum.domain.held_posts import choosing, deciding, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.lessons import confirming, ending, page, reports
from forum.domain.lessons.report_words import Answers
from forum.domain.moderation import (
    archiving,
    deleting,
    hiding,
    leaving_out,
    locking,
    pinning,
    post_reports,
    retitling,
    revisions,
    set_aside,
    settling,
    undo,
)
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.people import capacities
from forum.domain.regrouping import merging, moving, splitting
from forum.domain.regrouping.moving import Chosen
from forum.domain.regrouping.splitting import Asked
from forum.domain.spaces import confirmations, join_requests, measures, notes
from forum.domain.spaces.measures import Decision
from forum.domain.threads import classification, nominations, posts
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Body, Level, NetworkAppointment
from forum.models.measures import MeasureKind
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import Axis, Need
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.errors import Forbidden
from tests import other_readers
from tests.factories import actor, join, make_member, make_space, make_thread
from tests.lesson_scenario import build

pytestmark = pytest.mark.both_databases
# Acts on one's own words, and on what one keeps for oneself: nobody gave a right to them.
OWN = {UndoKind.TAKE_BACK, UndoKind.BOOKMARK, UndoKind.REMOVE}
WENT = Answers("worked", what_was_done="We rang.", what_came="Well.")


def hide(scenario):
    hiding.hide(scenario.actor("second"), scenario.posts()[1].id, reason="Loud.")


def hide_revision(scenario):
    author, post = actor(scenario.curator), scenario.posts()[1]
    posts.edit(author, post.id, body="Other words.", seen_revision=1)
    revisions.hide(scenario.actor("second"), post.id, 1, reason="A name.")


def narrow(scenario):
    other_readers.set_audience(scenario.actor("second"), scenario.thread.id, audience=Audience.SPACE)


def move(scenario):
    there = make_space("Aalst", city="aalst")
    join(scenario.second, there)
    thread = make_thread(scenario.space, scenario.author)
    chosen = Chosen(there.id, Audience.NETWORK)
    seen = moving.asked(actor(scenario.second), thread.id, chosen).digest
    moving.move(actor(scenario.second), thread.id, chosen, seen=seen, reason="There.")


def note(scenario):
    who = scenario.actor("second")
    notes.remove(who, notes.write(who, scenario.space.id, title="Hello", body="Words.").id)


def end(scenario):
    ending.withdraw(scenario.actor("second"), scenario.published().public_id, reason="Gone.")


def join_request(scenario):
    asked = join_requests.request_to_join(scenario.actor("reader"), scenario.space.id, message="May I?")
    join_requests.answer(scenario.actor("second"), asked.id, role=Role.MEMBER, with_undo=True)


def capacity(scenario):
    held = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "city": scenario.space.city}
    added = capacities.add(scenario.author.id, starts_on=date(2025, 1, 1), **held)
    confirmations.refuse(scenario.actor("second"), added.id, reason="Not you.", with_undo=True)


def story(scenario):
    set_aside.story(scenario.actor("second"), make_thread(scenario.space, scenario.author).id)


def split(scenario):
    wish = Asked((scenario.posts()[1].number,), "Another matter", Audience.SPACE)
    plan = splitting.planned(scenario.actor("second"), scenario.thread.id, wish)
    splitting.split(
        scenario.actor("second"), scenario.thread.id, wish, seen=plan.digest, reason="It tells of somebody."
    )


def merge(scenario):
    into = make_thread(scenario.space, scenario.author)
    plan = merging.planned(scenario.actor("second"), scenario.thread.id, into.id)
    merging.merge(
        scenario.actor("second"),
        scenario.thread.id,
        into.id,
        seen=plan.digest,
        reason="It tells of somebody.",
    )


def confirm(scenario):
    lesson = scenario.published()
    kim = make_member("Kim", space=make_space("Genk", city="genk"), city="genk")
    for who in (scenario.actor("reader"), actor(kim)):
        reports.report(who, lesson.public_id, WENT)
    confirming.confirm(scenario.actor("editor"), lesson.public_id)


def close_nomination(scenario):
    nominations.nominate(scenario.actor("reader"), scenario.thread.id)
    nominations.close(scenario.actor("second"), scenario.thread.id, reason="Not now.")


def settle(scenario):
    post = scenario.posts()[1]
    post_reports.report(scenario.actor("author"), post.id, Said(ReportReason.WRONG))
    settling.settle(scenario.actor("second"), post.id, Verdict(ReportOutcome.LEFT))


def refuse_post(scenario):
    tomorrow = days.today() + timedelta(days=1)
    choosing.choose(scenario.actor("second"), scenario.space.id, Choice(everybody_until=tomorrow))
    key = str(uuid.uuid4())
    held = sending.reply(scenario.actor("author"), scenario.thread.id, body="More.", idempotency_key=key)
    deciding.refuse(scenario.actor("second"), held.id, seen=1, reason="It names somebody.")


def delete_post(scenario):
    deleting.delete(scenario.actor("second"), scenario.posts()[1].id, reason="Loud.")


def leave_out(scenario):
    leaving_out.leave_out(scenario.actor("second"), scenario.posts()[1].id, words="group", reason="A name.")


def retitle(scenario):
    retitling.retitle(scenario.actor("second"), scenario.thread.id, title="Who rings?", reason="Clearer.")


def pin(scenario):
    pinning.pin(scenario.actor("second"), scenario.thread.id)


def lock(scenario):
    locking.lock(scenario.actor("second"), scenario.thread.id)


def archive(scenario):
    who, thread_id = scenario.actor("second"), scenario.thread.id
    archiving.archive(who, thread_id, seen=archiving.planned(who, thread_id).digest)


def classify(scenario):
    about = {"need": Need.ACTION, "axis": Axis.DENSITY, "tags": ["zorg"]}
    classification.classify(scenario.actor("second"), scenario.thread.id, **about)


def mute(scenario):
    decision = Decision(MeasureKind.MUTE, "Calm down.", days.today() + timedelta(days=1))
    measures.take(scenario.actor("second"), scenario.space.id, scenario.author.id, decision)


ACTS = {
    UndoKind.DELETE_POST: delete_post,
    UndoKind.LEAVE_OUT: leave_out,
    UndoKind.RETITLE: retitle,
    UndoKind.PIN: pin,
    UndoKind.LOCK: lock,
    UndoKind.ARCHIVE: archive,
    UndoKind.CLASSIFY: classify,
    UndoKind.MEASURE: mute,
    UndoKind.HIDE: hide,
    UndoKind.REFUSE_POST: refuse_post,
    UndoKind.CLOSE_NOMINATION: close_nomination,
    UndoKind.SETTLE: settle,
    UndoKind.HIDE_REVISION: hide_revision,
    UndoKind.NARROW: narrow,
    UndoKind.MOVE: move,
    UndoKind.NOTE: note,
    UndoKind.END: end,
    UndoKind.CONFIRM: confirm,
    UndoKind.JOIN: join_request,
    UndoKind.CAPACITY: capacity,
    UndoKind.SET_ASIDE: story,
    UndoKind.SPLIT: split,
    UndoKind.MERGE: merge,
}


def test_each_act_that_needs_a_right_is_among_them():
    assert set(ACTS) | OWN == set(UndoKind)


@pytest.mark.parametrize("kind", ACTS)
def test_who_lost_the_right_undoes_nothing_and_who_has_it_does(session, kind):
    scenario = build()
    join(scenario.editor, scenario.space)
    ACTS[kind](scenario)
    db.session.commit()
    act = db.session.scalars(select(UndoableAct).where(UndoableAct.kind == kind)).one()
    who = scenario.editor if kind == UndoKind.CONFIRM else scenario.second
    membership = update(Membership).where(Membership.member_id == who.id)
    db.session.execute(membership.values(role=Role.MEMBER))
    appointed = db.session.execute(
        delete(NetworkAppointment).where(NetworkAppointment.member_id == who.id)
    ).rowcount
    with pytest.raises(Forbidden):
        undo.undo(actor(who), act.id)
    db.session.rollback()
    db.session.expire_all()
    assert (act.undone_at, appointed) == (None, int(kind == UndoKind.CONFIRM))
    undo.undo(actor(who), act.id)
    assert act.undone_at is not None


def acts(scenario, lesson):
    """What the page of a lesson offers its moderator to undo."""
    second = scenario.actor("second")
    return ending.of_page(second, page.page(second, lesson.public_id)).acts


def test_nor_is_it_offered(session):
    scenario = build()
    lesson = scenario.published()
    ending.withdraw(scenario.actor("second"), lesson.public_id, reason="Gone.")
    assert len(acts(scenario, lesson)) == 1
    db.session.execute(
        update(Membership).where(Membership.member_id == scenario.second.id).values(role=Role.MEMBER)
    )
    db.session.expire_all()
    assert acts(scenario, lesson) == []
