"""Words leave a closed thread only with their author's yes, and nothing that leads back to the thread comes along."""

import pytest

from forum.domain.lessons import adoptions, consent_checks, lessons, library
from forum.domain.lessons import page as lesson_page
from forum.domain.moderation import narrowing
from forum.infra.db import db
from forum.models.consents import Masking
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from tests.factories import make_space, make_thread
from tests.lesson_scenario import WORDS, build


def excerpts_for(reader, lesson):
    page = lesson_page.page(reader, lesson.public_id)
    return [excerpt for claim in page.claims for excerpt in claim.excerpts]


def out_with(scenario, **answer):
    """A published network lesson on words from a closed thread."""
    lesson = scenario.draft()
    scenario.agree(lesson, **answer)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    lessons.publish(scenario.actor("reviewer"), lesson.id)
    return lesson


def test_without_a_yes_the_lesson_stays_and_says_why():
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert refused.value.field == "audience"
    assert "1" in refused.value.message
    waiting = consent_checks.missing(lessons.working(lesson), Audience.NETWORK)
    assert [(m.author, m.words) for m in waiting] == [("Amina", WORDS)]
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
        lessons.publish(scenario.actor("reviewer"), lesson.id)


def test_a_closed_thread_of_another_space_needs_a_yes_even_inside():
    scenario = build()
    lesson = scenario.draft()
    elsewhere = make_thread(make_space("Genk"), scenario.author, audience=Audience.SPACE)
    assert consent_checks.needed(elsewhere, lesson, Audience.SPACE)
    assert not consent_checks.needed(scenario.thread, lesson, Audience.SPACE)
    assert not consent_checks.needed(scenario.thread, lesson, Audience.NETWORK)
    assert consent_checks.needed(scenario.thread, lesson, Audience.PUBLIC)


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
    assert (page.curator.name, page.curator.city, page.curator.org_words) == ("Cas", None, "")
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
    assert library.page(scenario.actor("reader"), city="aalst").rows == []
    assert library.counts(scenario.actor("reader"), library.Choice()).by["city"]["aalst"] == 0
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


def test_a_thread_that_is_closed_later_takes_its_words_along():
    scenario = build()
    lesson = scenario.published()
    assert excerpts_for(scenario.actor("reader"), lesson)[0].author.name == "Amina"
    narrowing.set_audience(scenario.actor("curator"), scenario.thread.id, audience=Audience.SPACE)
    (excerpt,) = excerpts_for(scenario.actor("reader"), lesson)
    assert (excerpt.words, excerpt.withheld, excerpt.post) == ("", "closed", None)
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    assert (page.sources, page.version.cities, page.version.masked) == ([], [], True)


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


def test_reports_from_two_other_cities_confirm_a_lesson():
    scenario = build()
    lesson = scenario.published()
    day = lesson.published_at.date()
    for city, outcome in (("gent", "failed"), ("aalst", "worked"), ("genk", "worked")):
        adoptions.record(
            lesson.id, city=city, reporter_id=scenario.reader.id, outcome=outcome, reported_on=day
        )
    assert lesson.confirmed_at is None
    adoptions.record(
        lesson.id, city="leuven", reporter_id=scenario.reader.id, outcome="adapted", reported_on=day,
        what_came="It held.", post_id=scenario.posts()[1].id,
    )  # fmt: skip
    assert lesson.confirmed_at is not None
    reports = adoptions.of_lesson(scenario.actor("reader"), lesson)
    assert [report.city for report in reports] == ["leuven", "genk", "aalst", "gent"]
    assert (reports[0].what_came, reports[0].post.number) == ("It held.", 2)
    scenario.thread.audience = Audience.SPACE
    db.session.flush()
    assert adoptions.of_lesson(scenario.actor("reader"), lesson)[0].post is None
    assert adoptions.of_lesson(None, lesson) == []
