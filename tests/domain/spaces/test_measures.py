"""What moderators decide about somebody holds in their space alone, can be undone, ends, and is told."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.held_posts import deciding, moving_in, sending
from forum.domain.lessons import ageing, disputes, reports
from forum.domain.lessons.report_words import Answers
from forum.domain.moderation import measure_objections, undo
from forum.domain.responses import responses
from forum.domain.spaces import join_requests, measures, memberships, person_page
from forum.domain.spaces.measures import Decision
from forum.domain.summaries import keepers, summaries
from forum.domain.threads import nominations, posts
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.accounts import NetworkRole
from forum.models.held import HeldBecause, HeldPost
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.moderation import Action
from forum.models.responses import ResponseKind
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build
from tests.notices import react, told

pytestmark = pytest.mark.both_databases
WARN, HOLD, MUTE = MeasureKind.WARN, MeasureKind.HOLD, MeasureKind.MUTE
LATER = timedelta(minutes=11)


@pytest.fixture
def noor(gent):
    return make_member("Noor", space=gent)


def take(by, space, about, kind=MUTE, *, reason="Calm down.", number=3):
    last_day = days.today() + timedelta(days=number) if number is not None else None
    return measures.take(actor(by), space.id, about.id, Decision(kind, reason, last_day))


def reply(member, thread, body="More."):
    return sending.reply(actor(member), thread.id, body=body, idempotency_key=str(uuid.uuid4()))


def start(member, space):
    return sending.start(
        actor(member), space.id, title="A story", body="Words.", need=Need.STORIES, axis=Axis.SOLIDARITY,
        audience=Audience.SPACE, idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip


def act_of(measure):
    return db.session.get_one(UndoableAct, measure.act_id)


def post_of(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def test_who_is_muted_writes_nothing_in_that_space_and_all_elsewhere(gent, leen, moderator, noor):
    aalst = make_space("Aalst", city="aalst")
    join(noor, aalst)
    thread, own = make_thread(gent, leen), make_thread(gent, noor)
    there = make_thread(aalst, noor)
    taken_back = make_post(thread, noor)
    posts.take_back(actor(noor), taken_back.id)
    tries = {
        "reply": lambda: reply(noor, thread),
        "start": lambda: start(noor, gent),
        "edit": lambda: sending.edit(
            actor(noor), post_of(own).id, body="Much longer words.", seen_revision=1
        ),
        "respond": lambda: responses.respond(actor(noor), thread.id, kind=ResponseKind.ALSO),
        "nominate": lambda: nominations.nominate(actor(noor), thread.id),
        "put back": lambda: posts.put_back(actor(noor), taken_back.id),
        "move in": lambda: moving_in.move(actor(noor), there.id, gent.id, audience=Audience.SPACE),
    }
    take(moderator, gent, noor)
    for name, attempt in tries.items():
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert str(days.today().year) in refused.value.reason, name
    assert isinstance(reply(noor, there), Post)
    assert isinstance(start(noor, aalst), Thread)
    posts.take_back(actor(noor), post_of(own).id)  # their own words they can always take away
    with clock.at(clock.now() + timedelta(days=4)):
        assert isinstance(reply(noor, thread), Post), "it ended by itself"


def test_the_last_day_is_one_of_the_forum_and_holds_to_its_end(gent, leen, moderator, noor):
    thread = make_thread(gent, leen)
    measure = take(moderator, gent, noor, number=1)
    end = days.end_of(measure.last_day)
    with clock.at(end - timedelta(seconds=1)), pytest.raises(Forbidden):
        reply(noor, thread)
    with clock.at(end):
        assert isinstance(reply(noor, thread), Post)


def test_what_somebody_who_is_held_writes_waits_and_what_cannot_wait_is_refused(gent, leen, moderator, noor):
    thread, own = make_thread(gent, leen), make_thread(gent, noor)
    aalst = make_space("Aalst", city="aalst")
    join(noor, aalst)
    elsewhere = make_thread(aalst, leen, audience=Audience.NETWORK)
    take(moderator, gent, noor, HOLD, number=None)
    for held in (reply(noor, thread), start(noor, gent)):
        assert isinstance(held, HeldPost)
        assert held.because == HeldBecause.PERSON
    with pytest.raises(Invalid) as refused:
        sending.edit(actor(noor), post_of(own).id, body="Longer.", seen_revision=1)
    assert refused.value.field == "body"
    with pytest.raises(Invalid) as refused:
        responses.respond(actor(noor), thread.id, kind=ResponseKind.ALSO, sentence="Loud words.")
    assert refused.value.field == "sentence"
    assert responses.respond(actor(noor), thread.id, kind=ResponseKind.ALSO).sentence == ""
    keepers.ask(actor(moderator), thread.id, handle=noor.handle)
    with pytest.raises(Forbidden):
        summaries.to_write(actor(noor), thread.id)
    assert isinstance(reply(noor, elsewhere), Post)
    assert isinstance(reply(leen, thread), Post)
    with pytest.raises(Conflict):
        moving_in.move(actor(noor), make_thread(aalst, noor).id, gent.id, audience=Audience.SPACE)
    # Muted since, nothing of theirs appears that waited.
    muted = take(moderator, gent, noor)
    with pytest.raises(Conflict):
        deciding.approve(actor(moderator), held.id, seen=1, html="<p>Words.</p>")
    measures.end(actor(moderator), muted.id)
    assert deciding.approve(actor(moderator), held.id, seen=1, html="<p>Words.</p>").author_id == noor.id


def test_nor_do_they_say_anything_of_lessons_of_that_space(session):
    scenario = build()
    lesson, noor = scenario.published(), make_member("Noor", space=scenario.space)
    went = Answers("worked", what_was_done="We rang.", what_came="Well.")
    tries = (
        lambda: reports.report(actor(noor), lesson.public_id, went),
        lambda: ageing.signal(actor(noor), lesson.public_id, reason="repealed"),
        lambda: disputes.to_dispute(actor(noor), lesson.public_id),
    )
    tries[2]()
    take(scenario.second, scenario.space, noor)
    for attempt in tries:
        with pytest.raises(Forbidden):
            attempt()
    # Who does not belong to it is told nothing of where a lesson comes from.
    memberships.remove(scenario.actor("second"), scenario.space.id, noor.id, reason="Elsewhere now.")
    join(noor, make_space("Genk", city="genk"))
    tries[2]()


def test_only_moderators_decide_and_neither_about_themselves_nor_each_other(gent, leen, moderator, noor):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    away = make_space("Aalst", city="aalst")
    stranger = make_member("Kim", space=away)
    elsewhere = make_member("Els", space=away, role=Role.MODERATOR)
    editor = make_member("Ed", network_role=NetworkRole.EDITOR)
    for who in (leen, elsewhere, editor):
        with pytest.raises(Forbidden):
            take(who, gent, noor)
    for about in (moderator, second):
        with pytest.raises(Forbidden):
            take(moderator, gent, about)
    with pytest.raises(NotFound):
        take(moderator, gent, stranger)
    make_post(make_thread(gent, leen, audience=Audience.NETWORK), elsewhere)
    admin = make_member("Ada", space=gent, network_role=NetworkRole.ADMIN)
    former = make_member("Fons", space=gent)
    memberships.remove(actor(moderator), gent.id, former.id, reason="Moved.")
    suspended = make_member("Sus", space=gent, suspended_at=clock.now())
    for about in (noor, elsewhere, admin, former, suspended):
        assert take(moderator, gent, about).member_id == about.id
    join_requests.request_to_join(actor(stranger), gent.id, message="May I?")
    with pytest.raises(NotFound):
        take(moderator, gent, stranger)


def test_who_becomes_a_moderator_is_free_of_it(gent, leen, moderator, noor):
    thread = make_thread(gent, leen)
    take(moderator, gent, noor)
    memberships.set_role(actor(moderator), gent.id, noor.id, role=Role.MODERATOR)
    assert isinstance(reply(noor, thread), Post)


def test_each_has_a_reason_and_a_day_that_can_be(gent, moderator, noor):
    for kind, reason, number, field in (
        (WARN, " ", None, "reason"),
        (MUTE, "x" * 301, 1, "reason"),
        (MUTE, "Why.", None, "last_day"),
        (MUTE, "Why.", -1, "last_day"),
        (MUTE, "Why.", 366, "last_day"),
        (HOLD, "Why.", 366, "last_day"),
    ):
        with pytest.raises(Invalid) as refused:
            take(moderator, gent, noor, kind, reason=reason, number=number)
        assert refused.value.field == field
    assert db.session.scalars(select(SpaceMeasure)).all() == []
    assert take(moderator, gent, noor, HOLD, number=365).last_day == days.today() + timedelta(days=365)


def test_of_two_who_decide_the_second_is_told_and_the_same_twice_is_once(gent, moderator, noor):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    first = take(moderator, gent, noor)
    assert take(moderator, gent, noor).id == first.id
    with pytest.raises(Conflict) as refused:
        take(second, gent, noor, reason="Something else.")
    assert "Wouter" in refused.value.reason
    measures.end(actor(second), first.id)
    assert measures.end(actor(second), first.id).id == first.id
    with pytest.raises(Conflict) as refused:
        measures.end(actor(moderator), first.id)
    assert "Mo" in refused.value.reason
    lines = audit_log.page(actor(moderator), gent.id).rows
    assert [(line.action, line.subject_name) for line in lines] == [
        (Action.END_MEASURE, "Noor"),
        (Action.MUTE_MEMBER, "Noor"),
    ]


def test_a_warning_is_told_at_once_and_the_rest_after_ten_minutes_unless_undone(gent, leen, moderator, noor):
    thread = make_thread(gent, leen)
    take(moderator, gent, noor, WARN)
    undone, muted = take(moderator, gent, noor, HOLD, number=None), take(moderator, gent, noor)
    react()
    assert told() == [("Noor", "measure_warned")]
    undo.undo(actor(moderator), undone.act_id)
    react()
    with clock.at(clock.now() + LATER):
        assert told() == [("Noor", "measure_warned"), ("Noor", "measure_taken")]
        with pytest.raises(Conflict):
            undo.undo(actor(moderator), muted.act_id)
        measures.end(actor(moderator), muted.id)
        react()
        assert told()[-1] == ("Noor", "measure_ended")
    assert isinstance(reply(noor, thread), Post)
    assert [one.kind for one in measure_objections.own(actor(noor))] == [MUTE, WARN]


def test_what_ends_within_ten_minutes_was_never_told(gent, moderator, noor):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    measure = take(moderator, gent, noor)
    react()
    measures.end(actor(second), measure.id)
    react()
    with clock.at(clock.now() + LATER):
        assert told() == []
        with pytest.raises(Conflict):
            measures.end(actor(moderator), measure.id)


def test_a_removal_is_undone_as_it_was_and_ended_later(gent, moderator, noor):
    guest = make_member("Gust", space=gent, role=Role.GUEST)
    for who, role in ((noor, Role.MEMBER), (guest, Role.GUEST)):
        membership = db.session.scalars(select(Membership).where(Membership.member_id == who.id)).one()
        memberships.remove(actor(moderator), gent.id, who.id, reason="Works elsewhere.")
        measure = db.session.scalars(select(SpaceMeasure).where(SpaceMeasure.member_id == who.id)).one()
        assert gent.id not in actor(who).roles
        undo.undo(actor(moderator), measure.act_id)
        assert actor(who).roles[gent.id] == role
        db.session.refresh(membership)
        assert membership.ended_at is None
    react()
    join(noor, make_space("Aalst", city="aalst"))
    with clock.at(clock.now() + LATER):
        assert told() == []
        memberships.remove(actor(moderator), gent.id, noor.id, reason="Works elsewhere.")
        react()
    with clock.at(clock.now() + 2 * LATER):
        assert told() == [("Noor", "role_taken")]
        last = measure_objections.own(actor(noor))[0]
        assert (last.kind, last.reason, last.space_name) == (MeasureKind.REMOVE, "Works elsewhere.", "Gent")
        measures.end(actor(moderator), last.id)
        assert actor(noor).roles[gent.id] == Role.MEMBER


def test_who_leaves_by_themselves_is_not_removed(gent, moderator):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    memberships.remove(actor(second), gent.id, second.id, reason="I leave.")
    assert db.session.scalars(select(SpaceMeasure)).all() == []
    assert undoable.open_acts(actor(second)) == []


def test_it_outlives_a_membership_and_a_removed_person_has_to_ask(gent, leen, moderator, noor):
    thread = make_thread(gent, leen, audience=Audience.NETWORK)
    join(noor, make_space("Aalst", city="aalst"))
    take(moderator, gent, noor)
    memberships.remove(actor(moderator), gent.id, noor.id, reason="Again.")
    with pytest.raises(Forbidden):
        reply(noor, thread)
    asked = join_requests.request_to_join(actor(noor), gent.id, message="I am sorry.")
    assert gent.id not in actor(noor).roles
    join_requests.answer(actor(moderator), asked.id, role=Role.MEMBER)
    with pytest.raises(Forbidden):
        reply(noor, thread)


def test_notes_are_for_the_other_moderators_of_that_space_alone(gent, leen, moderator, noor):
    aalst = make_space("Aalst", city="aalst")
    join(noor, aalst)
    els = make_member("Els", space=aalst, role=Role.MODERATOR)
    for _twice in range(2):
        person_page.write(actor(moderator), gent.id, noor.id, words="Rang her.")
    person_page.write(actor(els), aalst.id, noor.id, words="Aalst only.")
    assert [note.words for note in person_page.of(actor(moderator), gent.id, noor.id).notes] == ["Rang her."]
    for who in (noor, leen, els):
        with pytest.raises(Forbidden):
            person_page.of(actor(who), gent.id, noor.id)
    memberships.set_role(actor(moderator), gent.id, noor.id, role=Role.MODERATOR)
    with pytest.raises(Forbidden):
        person_page.of(actor(noor), gent.id, noor.id)
    with pytest.raises(Forbidden):
        person_page.write(actor(noor), gent.id, noor.id, words="About me.")
    person = person_page.of(actor(moderator), gent.id, noor.id)
    assert (person.role, bool(person.may_measure)) == (Role.MODERATOR, False)


def test_the_page_of_a_person_costs_as_much_with_many_decisions(gent, moderator, noor):
    def page():
        db.session.expire_all()
        with count_queries() as seen:
            person_page.of(who, gent.id, noor.id)
        return seen.count

    who = actor(moderator)
    take(moderator, gent, noor, WARN)
    few = page()
    for number in range(20):
        take(moderator, gent, noor, WARN, reason=f"Again {number}.")
        person_page.write(who, gent.id, noor.id, words=f"Note {number}")
    assert page() <= few <= 9
    assert len(person_page.of(who, gent.id, noor.id).lines) == 21
