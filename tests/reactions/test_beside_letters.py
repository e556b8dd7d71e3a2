"""What has a letter of its own stands among the notifications too: for the same people, as far as they may see it."""

from datetime import UTC, datetime

import pytest

from forum.domain.consents import rounds
from forum.domain.lessons import lessons
from forum.domain.mailing import events
from forum.domain.moderation import hiding, undo
from forum.domain.spaces import confirmations, join_requests, memberships
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.mail import OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import Audience, JoinRequest, Role
from forum.models.subscriptions import QuietHours
from forum.models.undo import UndoableAct
from tests import consent_scenario, lesson_scenario, reviewed
from tests.factories import actor, make_member, make_space
from tests.notices import forget, react, told
from tests.reactions.test_told import TEN_MINUTES


def rows():
    return list(db.session.scalars(db.select(Notification).order_by(Notification.id)))


def test_a_lesson_tells_who_checks_it_who_is_quoted_and_who_makes_it(session):
    scenario = lesson_scenario.build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    react()
    assert told() == [("Wout", "review_asked"), ("Els", "review_asked")]
    forget()
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    react()
    assert told() == [("Amina", "cited"), ("Cas", "published")]
    assert {row.actor_id for row in rows()} == {None}, "who makes and checks it may be masked"
    assert {row.lesson_id for row in rows()} == {lesson.id}
    forget()
    hiding.hide(scenario.actor("second"), scenario.post.id, reason="A name")
    react()
    assert told() == []
    later = clock.now() + TEN_MINUTES
    assert sorted(told(later)) == [("Amina", "post_hidden"), ("Cas", "lost_words"), ("Els", "lost_words")]
    undo.undo(scenario.actor("second"), db.session.scalars(db.select(UndoableAct.id)).one())
    assert told(later) == []


def test_a_lesson_that_came_back_tells_its_curator_while_they_may_see_it(session):
    scenario = lesson_scenario.build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    react()
    forget()
    lessons.send_back(scenario.actor("reviewer"), lesson.id, note="Which city?")
    memberships.remove(scenario.actor("second"), scenario.space.id, scenario.curator.id, reason="left")
    react()
    assert told() == [("Sien", "left_behind")]
    assert told(clock.now() + TEN_MINUTES) == [("Cas", "role_taken"), ("Sien", "left_behind")]


def test_authors_are_told_that_they_are_asked_also_who_left_the_space(session):
    scenario = consent_scenario.build()
    memberships.remove(
        scenario.actor("curator"), scenario.space.id, scenario.authors["Bart"].id, reason="left"
    )
    react()
    forget()
    scenario.ask()
    react()
    assert told() == [(name, "permission_asked") for name in ("Amina", "Bart", "Chris")]
    assert [row.post_id for row in rows()] == [scenario.posts["Amina"].id, None, scenario.posts["Chris"].id]
    forget()
    rounds.withdraw_round(scenario.actor("curator"), scenario.lesson.id)
    react()
    assert [kind for _name, kind in told()] == ["permission_withdrawn"] * 3


@pytest.mark.parametrize("unlisted", [False, True])
def test_an_answer_to_a_request_names_the_space_to_who_may_know_it(session, unlisted):
    space = make_space("Wonen", unlisted=unlisted)
    keeper = make_member("Bram", space=space, role=Role.MODERATOR)
    guest = make_member("Kim", space=make_space("Gent"), role=Role.GUEST)
    suspended = make_member("Sus", space=space, role=Role.MODERATOR, suspended_at=clock.now())
    request = JoinRequest(space_id=space.id, member_id=guest.id, asked_at=clock.now())
    db.session.add(request)
    db.session.flush()
    events.record("join.requested", request_id=request.id)
    react()
    assert told() == [("Bram", "join_requested")], suspended.name
    forget()
    join_requests.answer(actor(keeper), request.id, role=None if unlisted else Role.GUEST)
    react()
    assert told() == [("Kim", "join_answered")]
    assert [row.space_id for row in rows()] == [None if unlisted else space.id]


def test_a_capacity_tells_its_member_and_quiet_hours_hold_for_letters_too(session):
    gent = make_space("Gent", city="gent")
    moderator, kim = make_member("Mia", space=gent, role=Role.MODERATOR), make_member("Kim", space=gent)
    db.session.add(QuietHours(member_id=kim.id, from_hour=22, until_hour=7))
    held = db.session.scalars(db.select(Capacity).where(Capacity.member_id == kim.id)).one()
    held.confirmed_at = held.confirmation = None
    with clock.at(datetime(2027, 1, 5, 22, 30, tzinfo=UTC)):
        confirmations.refuse(actor(moderator), held.id, reason="Not here")
        react()
    assert told(datetime(2027, 1, 5, 23, 0, tzinfo=UTC)) == [("Kim", "capacity_refused")]
    mail = db.session.scalars(db.select(OutgoingMail)).one()
    assert mail.next_try_at == datetime(2027, 1, 6, 6, 0, tzinfo=UTC)


def test_whose_drafts_will_go_is_told_while_their_account_is_in_use(session):
    for person in (make_member("Kim"), make_member("Sus", suspended_at=clock.now())):
        events.record("drafts.warned", member_id=person.id)
    react()
    assert told() == [("Kim", "drafts_lapse")]
