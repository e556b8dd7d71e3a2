"""Words leave a closed thread only with their author's yes, and nothing that leads back to the thread comes along."""

import pytest

from forum.domain.lessons import lessons, library
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.library_choice import Choice
from forum.infra.db import db
from forum.models.consents import Masking
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience
from tests import reviewed
from tests.lesson_scenario import WORDS, build


def excerpts_for(reader, lesson):
    page = lesson_page.page(reader, lesson.public_id)
    return [excerpt for claim in page.claims for excerpt in claim.excerpts]


def out_with(scenario, **answer):
    """A published network lesson on words from a closed thread."""
    lesson = scenario.draft()
    scenario.agree(lesson, **answer)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    return lesson


def test_an_outsider_gets_the_words_as_agreed_and_no_trace_of_the_thread():
    scenario = build(Audience.SPACE)
    lesson = out_with(scenario)
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    (excerpt,) = excerpts_for(scenario.actor("reader"), lesson)
    assert (excerpt.words, excerpt.author.name) == (WORDS, "somebody in a large city")
    assert (excerpt.post, excerpt.said_at, excerpt.author.city, excerpt.author.handle) == (
        None,
        None,
        None,
        "",
    )
    assert page.sources == []
    curator = page.origin.curator
    assert (curator.name, curator.city, curator.org_words, curator.handle) == (
        "een moderator van een stad", None, "", "",
    )  # fmt: skip
    assert (page.version.cities, page.version.masked) == ([], True)
    (hers,) = excerpts_for(scenario.actor("author"), lesson)
    assert (hers.author.name, hers.author.city, hers.post.number) == ("Amina", "aalst", 1)


def test_a_city_is_named_only_when_that_was_agreed():
    scenario = build(Audience.SPACE)
    lesson = out_with(scenario, masking=Masking.NAME, city_shown=True, shown_as="Amina")
    (excerpt,) = excerpts_for(scenario.actor("reader"), lesson)
    assert (excerpt.author.name, excerpt.author.city) == ("Amina", "aalst")
    assert excerpt.post is None
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    assert (page.version.cities, page.version.masked) == (["aalst"], False)


def test_the_library_finds_no_lesson_by_a_city_that_is_not_named():
    scenario = build(Audience.SPACE)
    lesson = out_with(scenario)
    assert library.page(scenario.actor("reader"), Choice(city=("aalst",))).rows == []
    assert library.counts(scenario.actor("reader"), Choice()).by["city"]["aalst"] == 0
    assert library.from_space(scenario.actor("reader"), scenario.space.id) == []
    assert [card.id for card in library.from_space(scenario.actor("author"), scenario.space.id)] == [
        lesson.id
    ]


def test_a_reviewer_from_elsewhere_reads_only_what_was_agreed():
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    for name in ("reviewer", "curator"):
        page = lesson_page.preview(scenario.actor(name), lesson.id)
        assert [e.author.name for claim in page.claims for e in claim.excerpts] == [
            "somebody in a large city"
        ]
        assert page.sources == []


def test_a_yes_that_is_taken_back_later_takes_the_words_and_the_city_away():
    scenario = build(Audience.SPACE)
    lesson = out_with(scenario, masking=Masking.NAME, city_shown=True, shown_as="Amina")
    scenario.agree(lesson, masking=Masking.NAME, city_shown=True, shown_as="Amina", agreed=False)
    (excerpt,) = excerpts_for(scenario.actor("reader"), lesson)
    assert (excerpt.words, excerpt.author, excerpt.withheld) == ("", None, "closed")
    version = db.session.get_one(LessonVersion, lesson.current_id)
    assert (version.cities, version.masked) == ([], True)


@pytest.mark.parametrize(("moment", "says"), [("deleted_at", "deleted"), ("hidden_at", "hidden")])
def test_what_became_of_a_post_is_told_only_to_those_who_could_read_it(moment, says):
    scenario = build(Audience.SPACE)
    lesson = out_with(scenario, masking=Masking.NAME, city_shown=True, shown_as="Amina")
    scenario.agree(lesson, masking=Masking.NAME, city_shown=True, shown_as="Amina")
    assert excerpts_for(scenario.actor("reader"), lesson)[0].words
    setattr(scenario.post, moment, scenario.post.created_at)
    db.session.flush()
    for name, said in (("reader", "closed"), ("author", says), ("curator", says)):
        (excerpt,) = excerpts_for(scenario.actor(name), lesson)
        assert (excerpt.words, excerpt.withheld, excerpt.author) == ("", said, None)


@pytest.mark.parametrize(("moment", "says"), [("deleted_at", "deleted"), ("hidden_at", "hidden")])
def test_words_that_are_gone_are_gone_from_the_lesson_for_everybody(moment, says):
    scenario = build()
    lesson = scenario.published()
    setattr(scenario.post, moment, scenario.post.created_at)
    db.session.flush()
    for name in ("reader", "author", "curator"):
        (excerpt,) = excerpts_for(scenario.actor(name), lesson)
        assert (excerpt.words, excerpt.withheld, excerpt.author) == ("", says, None)


def test_the_page_says_when_a_post_was_edited_after_it_was_quoted():
    scenario = build()
    lesson = scenario.published()
    scenario.post.revision = 2
    db.session.flush()
    (excerpt,) = excerpts_for(scenario.actor("reader"), lesson)
    assert (excerpt.words, excerpt.edited) == (WORDS, True)
