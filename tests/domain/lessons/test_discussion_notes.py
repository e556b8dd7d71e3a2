"""A discussion note: an ending of its own for a thread in which people see it differently."""

import pytest

from forum.domain.lessons import claims, lessons, library, of_thread
from forum.domain.lessons import page as lesson_page
from forum.domain.search import in_library, language
from forum.domain.themes.labels import LESSON_OUTCOMES, OUTCOMES
from forum.models.lessons import LessonState
from forum.models.spaces import Audience
from forum.models.threads import Outcome
from forum.policy.errors import Invalid
from tests import reviewed
from tests.lesson_scenario import build


def refused_field(scenario, lesson):
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    return refused.value.field


@pytest.mark.both_databases
def test_a_note_has_positions_and_open_questions_and_needs_no_advice():
    scenario = build()
    curator = scenario.actor("curator")
    lesson = lessons.draft(curator, scenario.thread.id)

    def save(**fields):
        lessons.save(curator, lesson.id, saved_count=lessons.working(lesson).saved_count, **fields)

    save(outcome=Outcome.DISCUSSION)
    asked = []
    for fields in ({"title": "Who decides who is first?"}, {"one_sentence": "We do not agree yet."}, None):
        asked.append(refused_field(scenario, lesson))
        if fields:
            save(**fields)
    assert asked == ["title", "one_sentence", "open_questions"]
    save(open_questions=["From which year is our picture?"], assumptions=["A household is one address"])
    first = claims.add(curator, lesson.id, text="The rule is older than the people")
    claims.quote(curator, first.id, post_id=scenario.post.id, words="nobody talks with me", stance="supports")
    assert refused_field(scenario, lesson) == "claims"  # one position is no discussion
    second = claims.add(curator, lesson.id, text="Each exception moves somebody back")
    assert refused_field(scenario, lesson) == f"claim-{second.id}"
    words = {"post_id": scenario.posts()[1].id, "words": "half of them stayed", "stance": "contradicts"}
    claims.quote(curator, second.id, **words)
    # That they contradict each other is what it is about: no other reading is asked for.
    assert lessons.submit(curator, lesson.id, audience=Audience.NETWORK).state == LessonState.IN_REVIEW
    lesson = reviewed.publish(scenario.actor("reviewer"), lesson.id)
    reader = scenario.actor("reader")
    page = lesson_page.page(reader, lesson.public_id)
    assert page.version.open_questions == ["From which year is our picture?"]
    (card,) = library.page(reader, library.Choice(outcome=("discussion",))).rows
    # A note, where its thread stays a discussion.
    assert LESSON_OUTCOMES[card.outcome] != OUTCOMES[card.outcome]
    counts = library.counts(reader, library.EVERYTHING)
    assert (counts.by["outcome"]["discussion"], counts.by["outcome"]["failed"]) == (1, 0)
    (shown,) = of_thread.lessons_of_thread(reader, scenario.thread.id)
    assert shown.is_note
    part = in_library.Part(library.EVERYTHING, in_library.BEST, 1)
    found = in_library.answer(reader, language.read("picture"), part)
    assert found.lessons[0].body.name == "open_questions"


def test_a_lesson_does_not_take_open_questions_for_what_it_does_not_know():
    scenario = build()
    lesson = scenario.draft()
    version = lessons.working(lesson)
    lessons.save(
        scenario.actor("curator"),
        lesson.id,
        saved_count=version.saved_count,
        unknowns="",
        open_questions=["Why?"],
    )
    assert refused_field(scenario, lesson) == "unknowns"
