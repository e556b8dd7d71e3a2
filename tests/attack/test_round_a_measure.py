"""Ways round what moderators decided about somebody, and decisions that come back or get lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.audit import private_notes
from forum.domain.held_posts import moving_in
from forum.domain.house_rules import publishing
from forum.domain.house_rules.publishing import Text
from forum.domain.moderation import measure_objections
from forum.domain.regrouping import moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.spaces import leaving, measures, memberships, person_page
from forum.domain.spaces.measures import Decision
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.spaces import Audience, Role
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden
from tests.factories import actor, join, make_member, make_space, make_thread


@pytest.fixture
def noor(gent):
    return make_member("Noor", space=gent)


@pytest.fixture
def mo(gent):
    return make_member("Mo", space=gent, role=Role.MODERATOR)


def rows():
    return db.session.scalars(select(SpaceMeasure).order_by(SpaceMeasure.id)).all()


def back(gent, noor, by):
    """Let in again, as an invitation or an answered request does."""
    memberships.grant(by.id, noor.id, gent.id, Role.MEMBER)


def test_undoing_a_removal_does_not_bring_back_whom_another_removed_since(gent, moderator, mo, noor):
    memberships.remove(actor(moderator), gent.id, noor.id, reason="Eerste.")
    back(gent, noor, mo)
    memberships.remove(actor(mo), gent.id, noor.id, reason="Tweede, voor goed.")
    first = rows()[0]
    act = db.session.get_one(UndoableAct, first.act_id)
    try:
        measures.undo(actor(moderator), act)
    except Conflict:
        pass
    db.session.expire_all()
    assert gent.id not in actor(noor).roles


def test_undoing_a_removal_does_not_bring_back_who_left_by_themselves_since(gent, moderator, mo, noor):
    memberships.remove(actor(moderator), gent.id, noor.id, reason="Eerste.")
    back(gent, noor, mo)
    leaving.leave(actor(noor), gent.id)
    act = db.session.get_one(UndoableAct, rows()[0].act_id)
    try:
        measures.undo(actor(moderator), act)
    except Conflict:
        pass
    db.session.expire_all()
    assert gent.id not in actor(noor).roles


def test_a_removal_of_before_does_not_hold_for_who_was_let_in_again(gent, moderator, mo, noor):
    with clock.at(clock.now() - timedelta(days=30)):
        memberships.remove(actor(moderator), gent.id, noor.id, reason="Eerste.")
    with clock.at(clock.now() - timedelta(days=20)):
        back(gent, noor, mo)
    assert "remove" not in person_page.of(actor(mo), gent.id, noor.id).holding
    assert not measure_objections.own(actor(noor))[0].may_object


def test_ending_an_old_removal_does_not_undo_a_later_one(gent, moderator, mo, noor):
    with clock.at(clock.now() - timedelta(days=30)):
        memberships.remove(actor(moderator), gent.id, noor.id, reason="Eerste.")
    with clock.at(clock.now() - timedelta(days=20)):
        back(gent, noor, mo)
    with clock.at(clock.now() - timedelta(days=1)):
        memberships.remove(actor(mo), gent.id, noor.id, reason="Tweede.")
    # The objection to the first one is decided by who took the second: nobody decides on their own.
    try:
        measure_objections.make(actor(noor), rows()[0].id, words="Not right.")
        measure_objections.give_in(actor(mo), rows()[0].id)
    except (Conflict, Forbidden):
        pass
    db.session.expire_all()
    assert gent.id not in actor(noor).roles


def test_a_second_warning_weeks_later_in_the_same_words_is_sent(gent, moderator, noor):
    warn = Decision(MeasureKind.WARN, "Blijf beleefd.")
    with clock.at(clock.now() - timedelta(days=30)):
        measures.take(actor(moderator), gent.id, noor.id, warn)
    measures.take(actor(moderator), gent.id, noor.id, warn)
    assert len(rows()) == 2


def test_who_objected_in_time_can_be_told_that_they_were_right_after_it_ended_by_itself(
    gent, moderator, mo, noor
):
    with clock.at(clock.now() - timedelta(days=5)):
        mute = Decision(MeasureKind.MUTE, "Luid.", days.today() + timedelta(days=1))
        measure = measures.take(actor(moderator), gent.id, noor.id, mute)
    with clock.at(clock.now() - timedelta(days=5) + timedelta(hours=1)):
        measure_objections.make(actor(noor), measure.id, words="It was not me.")
    # It still waits on the desk of the other moderator, who looks within five working days.
    assert measure_objections.to_decide(actor(mo), measure.id).words == "It was not me."
    measure_objections.give_in(actor(mo), measure.id)
    assert measure_objections.one(actor(noor), measure.id).said.ended


def test_who_is_held_in_a_space_moves_nothing_in_as_moderator_of_another(gent, moderator, noor):
    genk = make_space("Genk", city="genk")
    chief = make_member("Chief", space=genk, role=Role.MODERATOR)
    join(moderator, genk)  # moderates Gent, and is a plain member of Genk
    make_member("Mia", space=genk)
    thread = make_thread(gent, moderator, audience=Audience.NETWORK, body="What would wait in Genk.")
    hold = Decision(MeasureKind.HOLD, "We look first.", None)
    measures.take(actor(chief), genk.id, moderator.id, hold)
    chosen = Chosen(genk.id, Audience.NETWORK)
    with pytest.raises(Conflict):  # as an author it is refused
        moving_in.move(actor(moderator), thread.id, genk.id, audience=Audience.NETWORK)
    assert moving.asked(actor(moderator), thread.id, chosen).refusal
    with pytest.raises(Conflict):
        moving.move(actor(moderator), thread.id, chosen, seen="", reason="Tidy.")


def test_the_words_of_who_is_held_are_not_moved_in_by_a_plain_member(gent, moderator, noor):
    genk = make_space("Genk", city="genk")
    chief = make_member("Chief", space=genk, role=Role.MODERATOR)
    join(moderator, genk)
    join(noor, genk)
    thread = make_thread(gent, noor, audience=Audience.NETWORK, body="What would wait in Genk.")
    hold = Decision(MeasureKind.HOLD, "We look first.", None)
    measures.take(actor(chief), genk.id, noor.id, hold)
    chosen = Chosen(genk.id, Audience.NETWORK)
    assert moving.asked(actor(moderator), thread.id, chosen).refusal
    with pytest.raises(Conflict):
        moving.move(actor(moderator), thread.id, chosen, seen="", reason="Tidy.")


def test_who_has_yet_to_accept_the_rules_there_moves_nothing_in_as_moderator_of_another(gent, moderator):
    genk = make_space("Genk", city="genk")
    chief = make_member("Chief", space=genk, role=Role.MODERATOR)
    join(moderator, genk)
    publishing.publish(actor(chief), genk.id, Text("## Eerst\n\nWees lief.\n"), seen=0)
    thread = make_thread(gent, moderator, audience=Audience.NETWORK)
    chosen = Chosen(genk.id, Audience.NETWORK)
    with pytest.raises(Conflict):
        moving_in.move(actor(moderator), thread.id, genk.id, audience=Audience.NETWORK)
    assert moving.asked(actor(moderator), thread.id, chosen).refusal
    with pytest.raises(Conflict):
        moving.move(actor(moderator), thread.id, chosen, seen="", reason="Tidy.")


def test_who_is_muted_is_still_found_once_what_they_wrote_stands_elsewhere(gent, leen, moderator):
    genk = make_space("Genk", city="genk")
    join(moderator, genk, Role.MODERATOR)
    karim = make_member("Karim", space=make_space("Aalst", city="aalst"))  # no member of Gent
    thread = make_thread(gent, karim, audience=Audience.NETWORK)
    mute = Decision(MeasureKind.MUTE, "Luid.", days.today() + timedelta(days=300))
    measures.take(actor(moderator), gent.id, karim.id, mute)
    chosen = Chosen(genk.id, Audience.NETWORK)
    seen = moving.asked(actor(moderator), thread.id, chosen).digest
    moving.move(actor(moderator), thread.id, chosen, seen=seen, reason="Tidy.")
    assert gent.id in actor(karim).muted
    assert person_page.of(actor(moderator), gent.id, karim.id).holding == {"mute"}


def test_what_an_erased_moderator_answered_goes_with_their_account(gent, moderator, mo, noor):
    with clock.at(clock.now() - timedelta(hours=1)):
        mute = Decision(MeasureKind.MUTE, "Luid.", days.today() + timedelta(days=9))
        measure = measures.take(actor(moderator), gent.id, noor.id, mute)
    measure_objections.make(actor(noor), measure.id, words="It was not me.")
    measure_objections.keep(actor(mo), measure.id, answer="Ik was erbij, zegt Mo.")
    private_notes.erase(mo.id)
    db.session.expire_all()
    assert measure_objections.one(actor(noor), measure.id).said.answer == ""
