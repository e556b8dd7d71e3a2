"""An answer is about these words of this post, for this lesson and these readers, and for nothing else."""

import dataclasses
from datetime import timedelta

import pytest

from forum.domain.consents import consents
from forum.domain.lessons import consent_checks, lessons
from forum.domain.threads import excerpts
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import Consent, Masking
from forum.models.spaces import Audience
from forum.policy.errors import NotFound
from tests.factories import make_space, make_thread
from tests.lesson_scenario import WORDS, build

DAY = timedelta(days=1)


def waits(lesson, audience=Audience.NETWORK):
    return consent_checks.missing(lessons.working(lesson), audience) != []


def test_each_lesson_post_words_and_audience_has_an_answer_of_its_own(session):
    scenario = build(Audience.SPACE, replies=2)
    lesson, other = scenario.draft(), scenario.draft(text="Another")
    first = scenario.agree(lesson)
    answers = [
        first,
        scenario.agree(other, agreed=False),
        scenario.agree(lesson, words="nobody talks", agreed=False),
        scenario.agree(lesson, audience=Audience.PUBLIC, agreed=False),
    ]
    reply = scenario.posts()[1]
    answers.append(
        consents.record_answer(
            lesson.id, reply.id, words=WORDS, masking=Masking.NAME, city_shown=True, shown_as="Cas",
            audience=Audience.NETWORK, agreed=None, note="", at=clock.now(),
        )
    )  # fmt: skip
    assert len({row.id for row in answers}) == 5
    assert [row.agreed for row in answers] == [True, False, False, False, None]
    assert answers[4].author_id == reply.author_id
    assert scenario.agree(lesson, agreed=None) is first


def test_when_it_was_asked_and_answered_is_kept(session):
    scenario = build(Audience.SPACE)
    lesson, start = scenario.draft(), clock.now()
    asked = scenario.agree(lesson, agreed=None, at=start)
    assert (asked.asked_at, asked.answered_at, asked.agreed) == (start, None, None)
    scenario.agree(lesson, agreed=False, at=start + DAY, note="Too soon")
    assert (asked.asked_at, asked.answered_at, asked.note) == (start, start + DAY, "Too soon")
    scenario.agree(lesson, agreed=True, at=start + 2 * DAY, shown_as="x" * 200)
    assert (asked.answered_at, asked.shown_as) == (start + 2 * DAY, "x" * 120)


def test_nobody_answers_about_a_post_that_is_not_there(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    with pytest.raises(NotFound):
        consents.record_answer(
            lesson.id, 10**6, words=WORDS, masking=Masking.NAME, city_shown=True, shown_as="", note="",
            audience=Audience.NETWORK, agreed=True, at=clock.now(),
        )  # fmt: skip
    assert db.session.scalars(db.select(Consent)).all() == []


def test_a_yes_for_one_lesson_is_none_for_another(session):
    scenario = build(Audience.SPACE)
    lesson, other = scenario.draft(), scenario.draft(text="Another")
    scenario.agree(other)
    assert waits(lesson)
    assert not waits(other)


def test_a_no_to_more_readers_leaves_the_yes_to_fewer(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    scenario.agree(lesson, audience=Audience.PUBLIC, agreed=False)
    assert not waits(lesson)
    assert waits(lesson, Audience.PUBLIC)


def test_a_no_to_these_readers_outweighs_a_yes_to_more(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson, audience=Audience.PUBLIC)
    assert not waits(lesson)
    scenario.agree(lesson, agreed=False)
    assert waits(lesson)


@pytest.mark.parametrize("order", [(Audience.NETWORK, Audience.PUBLIC), (Audience.PUBLIC, Audience.NETWORK)])
def test_the_answer_for_the_fewest_readers_that_suffices_counts(session, order):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    for audience in order:
        scenario.agree(lesson, audience=audience, shown_as=audience.value)
    (quoted,) = excerpts.under(lesson.working_id)
    for audience in order:
        consent = consent_checks.given(lesson.id, audience).get(consent_checks.key(quoted))
        assert consent.shown_as == audience.value


def test_only_closed_threads_of_other_spaces_need_a_yes_for_the_same_readers(session):
    scenario = build()
    lesson = scenario.draft()
    for audience, needed in ((Audience.SPACE, True), (Audience.NETWORK, False), (Audience.PUBLIC, False)):
        elsewhere = make_thread(make_space("Genk"), scenario.author, audience=audience)
        assert consent_checks.needed(elsewhere, lesson, audience) is needed


def test_a_city_is_named_without_a_yes_where_everybody_may_read_the_thread(session):
    scenario = build()
    lesson = scenario.draft()
    (quoted,) = excerpts.under(lesson.working_id)
    nowhere = dataclasses.replace(quoted, capacity=None)
    assert consent_checks.cities(lesson, [quoted, quoted, nowhere], Audience.NETWORK) == (["aalst"], False)
    assert consent_checks.cities(lesson, [quoted, nowhere], Audience.PUBLIC) == ([], True)
    assert consent_checks.cities(lesson, [nowhere], Audience.PUBLIC) == ([], False), "nothing is left out"
