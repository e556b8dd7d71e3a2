"""What an author must have agreed to before a lesson leaves their space."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import claims, consent_checks, lessons
from forum.domain.threads import excerpts
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from tests import reviewed
from tests.factories import make_member, make_post, make_space, make_thread
from tests.lesson_scenario import WORDS, build


def test_without_a_yes_the_lesson_stays_and_says_why():
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert refused.value.field == "audience"
    assert "1" in refused.value.message
    waiting = consent_checks.missing(lessons.working(lesson), Audience.NETWORK)
    assert [(one.speaker, one.excerpt.words) for one in waiting] == [("Amina", WORDS)]
    assert consent_checks.missing(lessons.working(lesson), Audience.SPACE) == []
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)


@pytest.mark.parametrize(
    ("answer", "reaches"),
    [
        ({}, True),
        ({"audience": Audience.PUBLIC}, True),
        ({"agreed": None}, False),
        ({"agreed": False}, False),
        ({"audience": Audience.SPACE}, False),
        ({"words": "nobody talks"}, False),
    ],
)
def test_only_a_yes_for_these_words_and_these_readers_counts(answer, reaches):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson, **answer)
    assert (consent_checks.missing(lessons.working(lesson), Audience.NETWORK) == []) is reaches


def test_a_no_to_fewer_readers_is_a_no_to_more():
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson, audience=Audience.PUBLIC)
    scenario.agree(lesson, audience=Audience.NETWORK, agreed=False)
    assert consent_checks.missing(lessons.working(lesson), Audience.PUBLIC) != []


def test_a_later_answer_replaces_an_earlier_one():
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    scenario.agree(lesson, agreed=False)
    assert consent_checks.missing(lessons.working(lesson), Audience.NETWORK) != []


def test_a_yes_that_is_taken_back_before_publication_stops_it():
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    scenario.agree(lesson, agreed=False)
    with pytest.raises(Invalid):
        reviewed.publish(scenario.actor("reviewer"), lesson.id)


def test_a_closed_thread_of_another_space_needs_a_yes_even_inside():
    scenario = build()
    lesson = scenario.draft()
    elsewhere = make_thread(make_space("Genk"), scenario.author, audience=Audience.SPACE)
    assert consent_checks.needed(elsewhere, lesson, Audience.SPACE)
    assert not consent_checks.needed(scenario.thread, lesson, Audience.SPACE)
    assert not consent_checks.needed(scenario.thread, lesson, Audience.NETWORK)
    assert consent_checks.needed(scenario.thread, lesson, Audience.PUBLIC)


def test_one_person_lights_one_city_in_a_lesson_and_two_people_light_two():
    scenario = build()
    lesson, curator = scenario.draft(), scenario.actor("curator")
    amina, kim = scenario.author, make_member("Kim", city="genk")
    own = db.session.scalars(select(Capacity).where(Capacity.member_id == amina.id)).one()
    moved = Capacity(
        member_id=amina.id, function="coach", level=own.level, body=own.body, city="genk",
        starts_on=own.starts_on, confirmed_at=own.confirmed_at, confirmation=own.confirmation,
    )  # fmt: skip
    db.session.add(moved)
    db.session.flush()
    claim = claims.add(curator, lesson.id, text="A call keeps people")

    def named(post):
        claims.quote(curator, claim.id, post_id=post.id, words="We rang them", stance="supports")
        quotes = excerpts.under(lessons.working(lesson).id)
        return consent_checks.cities(lesson, quotes, Audience.NETWORK)[0]

    assert named(make_post(scenario.thread, amina, "We rang them, in Genk too.")) == ["aalst"]
    assert named(make_post(scenario.thread, kim, "We rang them.")) == ["aalst", "genk"]
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    assert db.session.get_one(LessonVersion, lesson.current_id).cities == ["aalst", "genk"]
