"""The second pair of eyes comes from another city: no city of the reviewer may be one of the lesson's."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from forum.domain.lessons import lessons
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.workbench import desk as workbench_desk
from forum.domain.people import capacities
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level
from forum.models.lessons import LessonReview, LessonState, Verdict
from forum.models.spaces import Audience, Role
from forum.policy.errors import DomainError, Forbidden, NotFound
from tests.factories import actor, join, make_member
from tests.lesson_scenario import build


def speaks_for(member, *cities):
    """These and no other cities from now on."""
    earlier = update(Capacity).where(Capacity.member_id == member.id)
    db.session.execute(earlier.values(ends_on=date(2025, 12, 31)))
    for city in cities:
        capacities.add(
            member.id,
            function="adviser",
            level=Level.STAFF,
            body=Body.CITY,
            city=city,
            starts_on=date(2025, 1, 1),
            confirmation=Confirmation.OPERATOR,
        )


@pytest.fixture
def ground(session):
    """A lesson of Aalst for the network, handed in by a curator who speaks for Aalst and Brugge."""
    ground = build()
    speaks_for(ground.curator, "aalst", "brugge")
    ground.lesson = ground.draft()
    lessons.submit(ground.actor("curator"), ground.lesson.id, audience=Audience.NETWORK)
    return ground


@pytest.mark.parametrize(
    ("cities", "allowed"),
    [
        (["gent"], True),
        (["gent", "genk"], True),
        ([], True),
        (["aalst"], False),
        (["aalst", "brugge"], False),
        (["gent", "aalst"], False),
        (["gent", "brugge"], False),
        (["aalst", "brugge", "gent"], False),
    ],
)
def test_one_city_in_common_is_one_too_many(ground, cities, allowed):
    speaks_for(ground.reviewer, *cities)
    assert [card.id for card in workbench_desk.waiting_for(ground.actor("reviewer"))] == [
        ground.lesson.id
    ] * allowed
    if allowed:
        lessons.publish(ground.actor("reviewer"), ground.lesson.id)
        assert ground.lesson.state == LessonState.PUBLISHED
    else:
        with pytest.raises(Forbidden) as refusal:
            lessons.publish(ground.actor("reviewer"), ground.lesson.id)
        assert refusal.value.reason
        with pytest.raises(Forbidden):
            lessons.send_back(ground.actor("reviewer"), ground.lesson.id, note="Say more.")
        assert ground.lesson.state == LessonState.IN_REVIEW


def test_a_city_counts_until_the_last_day_of_speaking_for_it(ground):
    speaks_for(ground.reviewer, "gent")
    today = days.today()
    before = capacities.add(
        ground.reviewer.id, function="adviser", level=Level.STAFF, body=Body.CITY, city="aalst",
        starts_on=date(2025, 1, 1), ends_on=today, confirmation=Confirmation.OPERATOR,
    )  # fmt: skip
    with pytest.raises(Forbidden):
        lessons.publish(ground.actor("reviewer"), ground.lesson.id)
    before.ends_on = today - timedelta(days=1)
    db.session.flush()
    lessons.publish(ground.actor("reviewer"), ground.lesson.id)


def test_the_city_of_the_space_counts_though_nobody_of_its_makers_speaks_for_it(ground):
    speaks_for(ground.curator, "genk")
    speaks_for(ground.reviewer, "aalst")
    with pytest.raises(Forbidden):
        lessons.publish(ground.actor("reviewer"), ground.lesson.id)
    ground.space.city = None
    db.session.flush()
    lessons.publish(ground.actor("reviewer"), ground.lesson.id)


def test_whoever_handed_it_in_made_it_too(session):
    ground = build()
    lesson = ground.draft()
    speaks_for(ground.second, "genk")
    lessons.submit(ground.actor("second"), lesson.id, audience=Audience.NETWORK)
    speaks_for(ground.reviewer, "genk")
    with pytest.raises(Forbidden):
        lessons.publish(ground.actor("reviewer"), lesson.id)
    speaks_for(ground.second, "leuven")
    join(ground.reviewer, ground.space, Role.MODERATOR)
    lessons.publish(ground.actor("reviewer"), lesson.id)


def test_inside_its_space_too_whoever_handed_it_in_does_not_review_it(session):
    ground = build()
    lesson = ground.draft()
    lessons.submit(ground.actor("second"), lesson.id, audience=Audience.SPACE)
    reasons = []
    for name in ("second", "curator"):
        with pytest.raises(Forbidden) as refusal:
            lessons.publish(ground.actor(name), lesson.id)
        reasons.append(refusal.value.reason)
    assert reasons[0] != reasons[1], "one handed it in, the other made it"
    other = ground.draft()
    lessons.submit(ground.actor("curator"), other.id, audience=Audience.SPACE)
    with pytest.raises(Forbidden) as refusal:
        lessons.publish(ground.actor("curator"), other.id)
    assert refusal.value.reason == reasons[1], "who made it and handed it in hears the first reason"
    third = make_member("Thijs", space=ground.space, role=Role.MODERATOR)
    lessons.publish(actor(third), lesson.id)


def test_the_same_return_again_went_whatever_became_of_the_lesson_and_only_moments_later(ground):
    speaks_for(ground.reviewer, "gent")
    curator, reviewer, lesson = ground.actor("curator"), ground.actor("reviewer"), ground.lesson

    def again(who=reviewer, note="Say more."):
        return lessons.send_back(who, lesson.id, note=note)

    again()
    assert again() is not None, "a draft again"
    lessons.submit(curator, lesson.id, audience=Audience.SPACE)
    assert again() is not None, "in review, but not for them"
    assert (lesson.state, db.session.query(LessonReview).count()) == (LessonState.IN_REVIEW, 1)
    for who, note in (
        (reviewer, "Other words."),
        (actor(make_member("Karim", space=ground.space)), "Say more."),
    ):
        with pytest.raises(DomainError):
            again(who, note)
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(NotFound):
        again()


def test_the_last_word_is_a_return_until_a_version_is_published(ground):
    other = build().draft()
    assert lesson_reviews.last_return(ground.lesson.id) is None
    speaks_for(ground.reviewer, "gent")
    lessons.send_back(ground.actor("reviewer"), ground.lesson.id, note="Say more.")
    found = lesson_reviews.last_return(ground.lesson.id)
    assert (found.note, found.verdict, found.reviewer_id) == (
        "Say more.",
        Verdict.RETURNED,
        ground.reviewer.id,
    )
    assert lesson_reviews.last_return(other.id) is None
    lessons.submit(ground.actor("curator"), ground.lesson.id, audience=Audience.NETWORK)
    lessons.publish(actor(ground.reviewer), ground.lesson.id)
    assert lesson_reviews.last_return(ground.lesson.id) is None
    rows = db.session.scalars(db.select(LessonReview).order_by(LessonReview.id)).all()
    assert [(row.verdict, row.note) for row in rows] == [
        (Verdict.RETURNED, "Say more."),
        (Verdict.APPROVED, ""),
    ]
