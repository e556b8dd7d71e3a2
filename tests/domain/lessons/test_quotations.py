"""The one quotation of a lesson shows what the page of the lesson shows, and never more."""

import pytest

from forum.domain.lessons import lessons
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.quotations import SHORT, quotation
from forum.domain.moderation import revisions
from forum.domain.threads import excerpts, post_store, posts
from forum.infra.db import db
from forum.models.claims import Excerpt
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from tests import reviewed
from tests.lesson_scenario import WORDS, build


def shown_on_page(reader, lesson):
    (claim,) = lesson_page.page(reader, lesson.public_id).claims
    return claim.excerpts[0]


def test_a_public_thread_is_quoted_with_its_speaker(session, count_queries):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    with count_queries() as seen:
        quote = quotation(None, lesson.id)
    assert quote == shown_on_page(None, lesson)
    assert (quote.words, quote.author.name, seen.count) == (WORDS, "Amina", 2)


def test_words_from_a_closed_thread_are_quoted_as_their_author_agreed(session, count_queries):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson, audience=Audience.PUBLIC)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.PUBLIC)
    reviewed.publish(scenario.actor("editor"), lesson.id, recognised=False)
    db.session.flush()
    with count_queries() as seen:
        quote = quotation(None, lesson.id)
    assert quote == shown_on_page(None, lesson)
    assert (quote.words, quote.author.name, quote.post) == (WORDS, "somebody in a large city", None)
    assert seen.count == 3, seen.statements
    assert quotation(scenario.actor("author"), lesson.id).author.name == "Amina"


def test_words_that_were_hidden_or_taken_back_are_quoted_nowhere(session):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    for gone in ("hidden_at", "deleted_at"):
        setattr(scenario.post, gone, scenario.post.created_at)
        db.session.flush()
        assert quotation(None, lesson.id) is None
        setattr(scenario.post, gone, None)
        db.session.flush()
        assert quotation(None, lesson.id) is not None


def test_a_published_lesson_keeps_what_it_quotes_of_a_hidden_version_and_no_other_gets_it(session):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    draft = scenario.draft()
    post = scenario.post
    plain = post_store.latest_revision(post)
    posts.edit(
        scenario.actor("author"), post.id, title=plain.title, body="Other words.", seen_revision=post.revision
    )
    before = shown_on_page(None, lesson)
    revisions.hide(scenario.actor("author"), post.id, 1, reason="An address")
    assert shown_on_page(None, lesson) == before
    assert before.words == WORDS
    assert [quoted.withheld for quoted in excerpts.under(draft.working_id)] == ["hidden"]
    with pytest.raises(Invalid):
        lessons.submit(scenario.actor("curator"), draft.id, audience=Audience.PUBLIC)


def test_a_lesson_that_the_reader_may_not_see_and_one_in_the_making_are_not_quoted(session):
    scenario = build()
    lesson = scenario.published()
    assert quotation(scenario.actor("reader"), lesson.id) is not None
    assert quotation(None, lesson.id) is None
    assert quotation(scenario.actor("curator"), scenario.draft().id) is None


def test_only_short_words_that_support_their_claim_are_quoted(session):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    excerpt = db.session.scalars(db.select(Excerpt)).one()
    for change in ({"words": "w" * (SHORT + 1)}, {"stance": "nuances"}):
        before = {name: getattr(excerpt, name) for name in change}
        for values, told in ((change, False), (before, True)):
            for name, value in values.items():
                setattr(excerpt, name, value)
            db.session.flush()
            assert (quotation(None, lesson.id) is not None) is told
