"""Whom it is about objects once, from wherever they are; somebody else than who decided looks at it, or the deputy."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import private_notes
from forum.domain.desk import of_space, waiting
from forum.domain.moderation import measure_objections
from forum.domain.spaces import deputies, measures, memberships, person_page
from forum.domain.spaces.measures import Decision
from forum.domain.threads import said_to_moderators
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.desk import DeskNote
from forum.models.measures import MeasureKind, MeasureObjection, SpaceMeasure
from forum.models.moderation import Action, ActorRole, ModerationAction
from forum.models.spaces import Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_space
from tests.notices import forget, react, told

pytestmark = pytest.mark.both_databases
LATER = timedelta(minutes=11)


@pytest.fixture
def noor(gent):
    return make_member("Noor", space=gent)


def mute(by, space, about, kind=MeasureKind.MUTE):
    """A decision that can no longer be undone."""
    with clock.at(clock.now() - timedelta(hours=1)):
        last_day = days.today() + timedelta(days=9)
        measure = measures.take(actor(by), space.id, about.id, Decision(kind, "Calm down.", last_day))
        react()
    forget()
    return measure


def test_who_is_muted_objects_once_and_another_moderator_decides(gent, leen, moderator, noor):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    measure = mute(moderator, gent, noor)
    for _twice in range(2):
        measure_objections.make(actor(noor), measure.id, words="It was not me.")
    with pytest.raises(Forbidden):
        measure_objections.make(actor(noor), measure.id, words="And more.")
    with pytest.raises(NotFound):
        measure_objections.make(actor(leen), measure.id, words="For her.")
    kinds = [(one.kind, one.item_id) for one in of_space.page(actor(second), gent.slug).waiting]
    assert kinds == [("measures", measure.id)]
    assert waiting.number(actor(second), [gent.id]) == 1
    assert waiting.number(actor(moderator), [gent.id]) == 0
    for who, refused in ((moderator, Forbidden), (noor, NotFound), (leen, NotFound)):
        for verb in (
            lambda who: measure_objections.to_decide(actor(who), measure.id),
            lambda who: measure_objections.keep(actor(who), measure.id, answer="No."),
            lambda who: measure_objections.give_in(actor(who), measure.id),
        ):
            with pytest.raises(refused):
                verb(who)
    with pytest.raises(Invalid):
        measure_objections.keep(actor(second), measure.id, answer=" ")
    for _twice in range(2):
        measure_objections.keep(actor(second), measure.id, answer="Twice is enough.")
    with pytest.raises(Conflict) as late:
        measure_objections.give_in(actor(second), measure.id)
    assert "Mo" in late.value.reason
    react()
    assert told() == [("Noor", "measure_kept")]
    own = measure_objections.one(actor(noor), measure.id)
    assert (own.said.answer, own.may_object, own.state) == ("Twice is enough.", False, "holds")


def test_an_objection_ends_it_and_brings_somebody_back_who_is_gone(gent, moderator, noor):
    second = make_member("Mo", space=gent, role=Role.MODERATOR)
    with clock.at(clock.now() - timedelta(hours=1)):
        memberships.remove(actor(moderator), gent.id, noor.id, reason="Works elsewhere.")
        react()
    forget()
    measure_id = measure_objections.own(actor(noor))[0].id
    measure_objections.make(actor(noor), measure_id, words="I do not.")
    for _twice in range(2):
        measure_objections.give_in(actor(second), measure_id)
    react()
    assert told() == [("Noor", "measure_ended")]
    assert actor(noor).roles[gent.id] == Role.MEMBER
    actions = db.session.scalars(select(ModerationAction.action).order_by(ModerationAction.id)).all()
    assert actions == [Action.REMOVE, Action.END_MEASURE]


def test_where_nobody_else_moderates_the_deputy_decides(gent, leen, moderator, noor):
    measure = mute(moderator, gent, noor)
    measure_objections.make(actor(noor), measure.id, words="Not me.")
    assert not measure_objections.is_looked_at(measure.id)
    with pytest.raises(NotFound):
        measure_objections.to_decide(actor(leen), measure.id)
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    assert measure_objections.is_looked_at(measure.id)
    assert [one.item_id for one in of_space.page(actor(leen), gent.slug).waiting] == [measure.id]
    measure_objections.keep(actor(leen), measure.id, answer="It was.")
    line = audit_log.page(actor(moderator), gent.id).rows[0]
    assert (line.action, line.role, line.reason) == (Action.KEEP_MEASURE, ActorRole.DEPUTY, "It was.")


def test_the_deputy_hears_of_it_and_never_decides_about_themselves(gent, leen, moderator, noor):
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    react()
    forget()
    measure_objections.make(actor(noor), mute(moderator, gent, noor).id, words="Not me.")
    react()
    assert told() == [("Leen", "deputy_needed")]
    forget()
    own = mute(moderator, gent, leen)
    measure_objections.make(actor(leen), own.id, words="Nor me.")
    react()
    assert told() == []
    with pytest.raises(Forbidden):
        measure_objections.give_in(actor(leen), own.id)


def test_there_is_nothing_to_object_to_in_a_warning_or_what_is_not_final_or_over(gent, moderator, noor):
    warned = mute(moderator, gent, noor, MeasureKind.WARN)
    fresh = measures.take(
        actor(moderator),
        gent.id,
        noor.id,
        Decision(MeasureKind.MUTE, "Why.", days.today() + timedelta(days=1)),
    )
    held = mute(moderator, gent, noor, MeasureKind.HOLD)
    measures.end(actor(moderator), held.id)
    for measure in (warned, fresh, held):
        assert not measure_objections.one(actor(noor), measure.id).may_object
        with pytest.raises(Forbidden):
            measure_objections.make(actor(noor), measure.id, words="No.")
    with clock.at(clock.now() + LATER):
        assert measure_objections.one(actor(noor), fresh.id).may_object
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(Forbidden):
        measure_objections.make(actor(noor), fresh.id, words="No.")


def test_what_was_undone_never_was(gent, moderator, noor):
    measure = measures.take(
        actor(moderator), gent.id, noor.id, Decision(MeasureKind.MUTE, "Why.", days.today())
    )
    assert measure_objections.one(actor(noor), measure.id).reason == "Why."
    measures.end(actor(moderator), measure.id)
    assert measure_objections.own(actor(noor)) == []
    for read in (measure_objections.one, measure_objections.to_decide):
        with pytest.raises(NotFound):
            read(actor(noor), measure.id)


def test_it_goes_with_the_account_of_whom_it_is_about(gent, moderator, noor):
    measure = mute(moderator, gent, noor)
    measure_objections.make(actor(noor), measure.id, words="Not me.")
    person_page.write(actor(moderator), gent.id, noor.id, words="Rang her.")
    private_notes.erase(moderator.id)
    db.session.expire_all()
    assert db.session.get_one(SpaceMeasure, measure.id).reason == ""
    said_to_moderators.erase(noor.id)
    assert db.session.scalars(select(MeasureObjection.words)).all() == [""]
    private_notes.erase(noor.id)
    for table in (SpaceMeasure, MeasureObjection, DeskNote):
        assert db.session.scalars(select(table)).all() == []


def test_no_answer_is_promised_to_a_deputy_whom_it_is_about(gent, moderator, noor):
    measure = mute(moderator, gent, noor)
    measure_objections.make(actor(noor), measure.id, words="It was not me.")
    for deputy, is_promised in ((noor, False), (make_member("Bart", space=gent), True)):
        deputies.name(actor(moderator), gent.id, handle=deputy.handle)
        assert measure_objections.is_looked_at(measure.id) == is_promised


@pytest.mark.parametrize("way", ["ended", "let in again"])
def test_an_objection_ends_with_what_it_is_about(gent, moderator, noor, way):
    join(noor, make_space("Aalst", city="aalst"))
    if way == "ended":
        measure = mute(moderator, gent, noor)
    else:
        with clock.at(clock.now() - timedelta(hours=1)):
            memberships.remove(actor(moderator), gent.id, noor.id, reason="Calm down.")
            react()
        measure = db.session.scalars(select(SpaceMeasure)).one()
    measure_objections.make(actor(noor), measure.id, words="It was not me.")
    if way == "ended":
        measures.end(actor(moderator), measure.id)
    else:
        memberships.grant(moderator.id, noor.id, gent.id, Role.MEMBER)
    own = measure_objections.one(actor(noor), measure.id)
    assert own.state == measure_objections.OVER
    assert own.said.ended  # nobody is going to look at it: no answer is promised
    assert own.said.decided_at is not None


def test_a_removal_that_ended_within_ten_minutes_its_subject_never_reads(gent, moderator, noor):
    memberships.remove(actor(moderator), gent.id, noor.id, reason="Works elsewhere.")
    memberships.grant(moderator.id, noor.id, gent.id, Role.MEMBER)
    react()
    with clock.at(clock.now() + LATER):
        assert told() == []
        assert measure_objections.own(actor(noor)) == []
