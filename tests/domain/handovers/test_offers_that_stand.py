"""Offers of what became something else, of reviews that say nothing of their candidates, and the term of these."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.handovers import answers, offers
from forum.domain.inbox import waiting
from forum.domain.inbox.notice_letter import compose
from forum.domain.lessons import lessons, review_requests
from forum.domain.lessons import undo as lesson_undo
from forum.domain.mailing import mail_queue
from forum.domain.mailing.kinds import KINDS
from forum.domain.people import accounts
from forum.domain.spaces import invitations, memberships
from forum.infra import clock, days, workdays
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.handovers import Ending, HandOver
from forum.models.lessons import ReviewRequest
from forum.models.mail import Lane, OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Role
from forum.models.subscriptions import Delivery
from forum.policy.errors import Conflict, Forbidden
from forum.policy.visibility import visible
from tests import reviewed
from tests.domain.handovers.test_handovers import give, held_by, lesson_in, offered_to
from tests.factories import actor, join, make_member
from tests.lesson_scenario import build
from tests.notices import choose, react, tell, told


@pytest.fixture
def scenario(session):
    return build()


def published_and_revised(scenario, lesson):
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    reviewed.publish(actor(third), lesson.id)
    lessons.revise(scenario.actor("curator"), lesson.id)


def returned(scenario, lesson):
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    lessons.send_back(actor(third), lesson.id, note="Say where.")


def demoted_and_promoted(scenario, _lesson):
    for role in (Role.MEMBER, Role.MODERATOR):
        memberships.set_role(scenario.actor("curator"), scenario.space.id, scenario.second.id, role=role)


@pytest.mark.parametrize("change", [published_and_revised, returned, demoted_and_promoted])
def test_an_offer_never_comes_back_for_something_else(scenario, change):
    lesson = lesson_in(scenario)
    item = [("lesson", lesson.id)]
    (offer_id,) = give(scenario.curator, scenario.space, item, scenario.second)
    with clock.at(clock.now() + timedelta(hours=1)):
        change(scenario, lesson)
        db.session.flush()
        assert waiting.of(scenario.actor("second")).hand_overs == 0
        assert offered_to(scenario.second, scenario.space) == []
        assert held_by(scenario.curator, scenario.space) == item
        for verb in (answers.accept, answers.decline):
            with pytest.raises(Conflict):
                verb(scenario.actor("second"), offer_id)
        (again,) = give(scenario.curator, scenario.space, item, scenario.second)
        assert db.session.get(HandOver, offer_id, populate_existing=True).ending == Ending.OVER
        answers.accept(scenario.actor("second"), again)
        assert lesson.curator_id == scenario.second.id


def suspended_and_readmitted(scenario):
    admin = make_member("Ad", network_role=NetworkRole.ADMIN)
    accounts.suspend(actor(admin), scenario.second.id, reason="A mistake.")
    react()
    accounts.readmit(actor(admin), scenario.second.id, reason="It was one.")


def removed_and_invited_again(scenario):
    memberships.remove(scenario.actor("curator"), scenario.space.id, scenario.second.id, reason="She left.")
    react()
    join(scenario.second, scenario.space, Role.MODERATOR)


def demoted(scenario):
    demoted_and_promoted(scenario, None)
    react()


@pytest.mark.parametrize("change", [suspended_and_readmitted, removed_and_invited_again, demoted])
def test_an_offer_ends_with_the_role_or_suspension_of_its_successor_and_never_comes_back(scenario, change):
    """Told to who made it, at once; other offers of the giver, to who did not change, stand."""
    lesson, other = (
        lesson_in(scenario),
        lessons.draft(scenario.actor("curator"), scenario.thread.id, title="B"),
    )
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    (stands,) = give(scenario.curator, scenario.space, [("lesson", other.id)], third)
    change(scenario)
    assert ("Cas", "hand_over_declined") in told()
    db.session.expire_all()
    assert db.session.get_one(HandOver, offer_id).ending == Ending.OVER
    assert waiting.of(scenario.actor("second")).hand_overs == 0
    assert offered_to(scenario.second, scenario.space) == []
    with pytest.raises(Conflict):
        answers.accept(scenario.actor("second"), offer_id)
    assert lesson.curator_id == scenario.curator.id
    assert answers.accept(actor(third), stands).ending == Ending.ACCEPTED


def test_an_offer_of_a_revision_that_was_thrown_away_is_not_one_of_the_next(scenario):
    lesson = lesson_in(scenario)
    published_and_revised(scenario, lesson)
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    with clock.at(clock.now() + timedelta(hours=1)):
        lesson_undo.discard(scenario.actor("curator"), lesson.id)
        lessons.revise(scenario.actor("curator"), lesson.id)
        db.session.flush()
        with pytest.raises(Conflict):
            answers.accept(scenario.actor("second"), offer_id)


def test_an_offer_of_an_invitation_is_not_one_of_what_was_sent_anew(scenario):
    space, address = scenario.space, "new@stad.example"
    sent = invitations.invite(scenario.actor("curator"), space.id, email=address, role=Role.MEMBER)
    (offer_id,) = give(scenario.curator, space, [("invitation", sent.id)], scenario.second)
    with clock.at(clock.now() + timedelta(hours=1)):
        anew = invitations.invite(scenario.actor("curator"), space.id, email=address, role=Role.MODERATOR)
        assert anew.id == sent.id, "else this proves nothing"
        with pytest.raises(Conflict):
            answers.accept(scenario.actor("second"), offer_id)
        assert waiting.of(scenario.actor("second")).hand_overs == 0


def test_an_offer_of_a_review_is_not_one_of_what_was_asked_anew(scenario):
    lesson, third = asked_of_third(scenario)
    (request,) = db.session.scalars(select(ReviewRequest))
    (offer_id,) = give(third, scenario.space, [("review", request.id)], scenario.second)
    with clock.at(clock.now() + timedelta(days=1)):
        review_requests.ask(scenario.actor("curator"), lesson.id, asked_id=third.id, note="You, please.")
        with pytest.raises(Conflict):
            answers.accept(scenario.actor("second"), offer_id)


def asked_of_third(scenario):
    lesson = lesson_in(scenario)
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE, asked_id=third.id)
    return lesson, third


def test_an_offer_of_a_review_looks_alike_whoever_it_is_made_to(scenario):
    """A maker, one who is cited, one who declined, one who can: the giver is told the same, the successor why."""
    cited = make_member("Gita", space=scenario.space, role=Role.MODERATOR)
    scenario.post.author_id = cited.id
    lesson, third = asked_of_third(scenario)
    declined = make_member("Dirk", space=scenario.space, role=Role.MODERATOR)
    review_requests.ask(scenario.actor("curator"), lesson.id, asked_id=declined.id)
    review_requests.decline(actor(declined), lesson.id)
    request = db.session.scalars(select(ReviewRequest).where(ReviewRequest.asked_id == third.id)).one()
    item = [("review", request.id)]
    for successor in (scenario.curator, cited, declined):
        (offer_id,) = give(third, scenario.space, item, successor)
        with pytest.raises(Forbidden):
            answers.accept(actor(successor), offer_id)
        assert request.asked_id == third.id
        assert db.session.get_one(HandOver, offer_id).ended_at is None, (
            "nor does the giver see that they tried"
        )
        offers.withdraw(actor(third), offer_id)
    (offer_id,) = give(third, scenario.space, item, scenario.second)
    answers.accept(scenario.actor("second"), offer_id)
    assert request.asked_id == scenario.second.id


def test_the_term_of_a_review_is_not_renewed_by_passing_it_on(scenario):
    lesson, third = asked_of_third(scenario)
    (request,) = db.session.scalars(select(ReviewRequest))
    first, start = request.due_on, clock.now()
    request.reminded_at = start
    with clock.at(start + timedelta(days=20)):
        (offer_id,) = give(third, scenario.space, [("review", request.id)], scenario.second)
        answers.accept(scenario.actor("second"), offer_id)
        term = request.due_on
        assert first < term == workdays.after(days.today(), 3)
        assert request.reminded_at == start, "nobody is reminded twice of one question"
        assert review_requests.was_asked(scenario.actor("curator"), request.version_id, third.id)
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE, asked_id=third.id)
    with clock.at(start + timedelta(days=40)):
        (back,) = give(scenario.second, scenario.space, [("review", request.id)], third)
        with pytest.raises(Forbidden, match="al eens gevraagd"):
            answers.accept(actor(third), back)
        offers.withdraw(scenario.actor("second"), back)
        fourth = make_member("Vera", space=scenario.space, role=Role.MODERATOR)
        (on,) = give(scenario.second, scenario.space, [("review", request.id)], fourth)
        answers.accept(actor(fourth), on)
        assert (request.asked_id, request.due_on) == (fourth.id, term)


@pytest.mark.parametrize(
    "kind", ["left_behind", "hand_over_offered", "hand_over_accepted", "hand_over_declined"]
)
def test_who_no_longer_moderates_keeps_no_notice_of_moderators_nor_a_queued_letter(scenario, kind):
    member, now = scenario.second, clock.now()
    choose(member, **{KINDS[kind].stop: Delivery.AT_ONCE})
    row = tell(member, kind, space_id=scenario.space.id, actor_id=scenario.curator.id, mail_at=now)
    mail_queue.queue_mail("notices", key="notices.1", lane=Lane.NOTICE, member_id=member.id)
    mail = db.session.scalars(select(OutgoingMail).where(OutgoingMail.key == "notices.1")).one()

    def sees_it():
        return db.session.scalar(visible(Notification, actor(member)).where(Notification.id == row.id))

    assert sees_it() is not None
    assert compose(member, mail.id) is not None, "else this proves nothing"
    memberships.set_role(scenario.actor("curator"), scenario.space.id, member.id, role=Role.MEMBER)
    db.session.flush()
    assert sees_it() is None
    assert compose(member, mail.id) is None
