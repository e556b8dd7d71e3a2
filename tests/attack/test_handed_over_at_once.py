"""Hand-overs of one moment, in real commits: accepted twice, taken back meanwhile, published or taken by another."""

import pytest

from forum.domain.handovers import answers, offers
from forum.domain.lessons import lessons
from forum.domain.spaces import memberships
from forum.infra.db import db
from forum.models.handovers import Ending, HandOver
from forum.models.lessons import Lesson, LessonState
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience, Role
from forum.policy.actors import actor_of
from forum.policy.errors import Conflict, DomainError
from tests import reviewed
from tests.attack.test_consents_at_once import at_once
from tests.factories import make_member
from tests.lesson_scenario import build

pytestmark = pytest.mark.live


@pytest.fixture
def offered(live_app):
    """A lesson in review inside its space, offered to a second moderator; ids only, for threads of their own."""
    with live_app.app_context():
        scenario = build()
        lesson = scenario.draft()
        third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
        db.session.flush()
        (offer_id,) = offers.offer(
            scenario.actor("curator"),
            scenario.space.id,
            [("lesson", lesson.id)],
            successor_id=scenario.second.id,
        )
        db.session.commit()
        ids = {
            "space": scenario.space.id, "lesson": lesson.id, "offer": offer_id, "third": third.id,
            "giver": scenario.curator.id, "successor": scenario.second.id,
        }  # fmt: skip
        db.session.remove()
    return ids


def settled():
    """Whose lesson it is, how the offer ended, and how often that stands in the log."""
    (lesson,) = db.session.scalars(db.select(Lesson))
    (offer,) = db.session.scalars(db.select(HandOver))
    lines = db.session.scalars(db.select(ModerationAction).where(ModerationAction.action == Action.HAND_OVER))
    return lesson, offer.ending, len(list(lines))


def test_two_acceptances_at_once_are_one(live_app, offered):
    def accept():
        return answers.accept(actor_of(offered["successor"]), offered["offer"]).ending

    assert at_once(live_app, [accept] * 4) == [Ending.ACCEPTED] * 4
    with live_app.app_context():
        lesson, ending, lines = settled()
        assert (lesson.curator_id, ending, lines) == (offered["successor"], Ending.ACCEPTED, 1)
        assert [one["member_id"] for one in lesson.earlier_curators] == [offered["giver"]]
        db.session.remove()


def test_an_acceptance_and_a_withdrawal_at_once_take_turns(live_app, offered):
    acts = [
        lambda: answers.accept(actor_of(offered["successor"]), offered["offer"]).ending,
        lambda: offers.withdraw(actor_of(offered["giver"]), offered["offer"]).ending,
    ]
    accepted, withdrawn = at_once(live_app, acts)
    assert "refused" in {accepted, withdrawn}, "one of them came too late"
    with live_app.app_context():
        lesson, ending, lines = settled()
        won = accepted == Ending.ACCEPTED
        assert lesson.curator_id == offered["successor" if won else "giver"]
        assert (ending, lines) == ((Ending.ACCEPTED, 1) if won else (Ending.WITHDRAWN, 0))
        db.session.remove()


def test_two_moderators_who_take_what_was_left_behind_at_once_do_not_both_get_it(live_app, offered):
    with live_app.app_context():
        offers.withdraw(actor_of(offered["giver"]), offered["offer"])
        memberships.set_role(actor_of(offered["third"]), offered["space"], offered["giver"], role=Role.MEMBER)
        db.session.commit()
        db.session.remove()

    def take(name):
        def act():
            item = [("lesson", offered["lesson"])]
            try:
                return offers.offer(
                    actor_of(offered[name]), offered["space"], item, successor_id=offered[name]
                )
            except DomainError as error:
                raise Conflict("late") from error

        return act

    done = at_once(live_app, [take("third"), take("successor")])
    assert done.count("refused") == 1
    with live_app.app_context():
        (lesson,) = db.session.scalars(db.select(Lesson))
        assert lesson.curator_id in {offered["third"], offered["successor"]}
        assert len(lesson.earlier_curators) == 1
        db.session.remove()


def test_the_reviewer_who_publishes_at_the_moment_of_accepting_never_makes_it_too(live_app, offered):
    with live_app.app_context():
        lessons.submit(actor_of(offered["giver"]), offered["lesson"], audience=Audience.SPACE)
        db.session.commit()
        db.session.remove()

    def refused(act):
        def tried():
            try:
                return act()
            except DomainError as error:
                raise Conflict("late") from error

        return tried

    acts = [
        refused(lambda: answers.accept(actor_of(offered["successor"]), offered["offer"]).ending),
        refused(lambda: reviewed.publish(actor_of(offered["successor"]), offered["lesson"]).state),
    ]
    accepted, published = at_once(live_app, acts)
    assert "refused" in {accepted, published}
    with live_app.app_context():
        (lesson,) = db.session.scalars(db.select(Lesson))
        if published == LessonState.PUBLISHED:
            assert (lesson.curator_id, lesson.published_by_id) == (offered["giver"], offered["successor"])
        else:
            assert (lesson.curator_id, lesson.published_by_id) == (offered["successor"], None)
        db.session.remove()
