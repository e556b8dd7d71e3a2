"""Second thoughts: a version asked back from review, a draft dropped."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import claims, lessons, review_comments
from forum.domain.lessons import undo as lesson_undo
from forum.domain.lessons.workbench import desk_page
from forum.domain.threads import nominations
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.consents import ConsentRound
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.nominations import Nomination
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Forbidden, NotFound
from tests import reviewed
from tests.lesson_scenario import build


def test_a_curator_asks_a_version_back_and_a_reviewer_cannot():
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    with pytest.raises(Forbidden):
        lesson_undo.ask_back(scenario.actor("reviewer"), lesson.id)
    fresh = lesson_undo.ask_back(scenario.actor("curator"), lesson.id)
    assert (lesson.state, lesson.working_id, fresh.sealed_at) == (LessonState.DRAFT, fresh.id, None)
    with pytest.raises(NotFound):
        reviewed.publish(scenario.actor("reviewer"), lesson.id)
    with pytest.raises(Conflict):
        lesson_undo.ask_back(scenario.actor("curator"), lesson.id)


def test_a_draft_that_nobody_checked_is_gone_when_it_is_dropped():
    scenario = build()
    lesson = scenario.draft()
    lesson_id = lesson.id
    with pytest.raises(NotFound):
        lesson_undo.discard(scenario.actor("author"), lesson_id)
    assert lesson_undo.discard(scenario.actor("curator"), lesson_id) is None
    db.session.expire_all()
    assert db.session.scalars(select(Lesson).where(Lesson.id == lesson_id)).first() is None
    assert db.session.scalars(select(Claim)).all() == []


def test_dropping_a_new_version_leaves_the_published_one():
    scenario = build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    lessons.revise(scenario.actor("curator"), lesson.id)
    kept = lesson_undo.discard(scenario.actor("curator"), lesson.id)
    assert kept is not None
    assert (kept.state, kept.working_id) == (LessonState.PUBLISHED, None)
    versions = db.session.scalars(select(LessonVersion).where(LessonVersion.lesson_id == lesson.id)).all()
    assert [version.number for version in versions] == ["1.0"]


def test_while_its_authors_are_asked_a_draft_is_neither_sent_nor_changed_nor_dropped():
    scenario = build()
    lesson = scenario.draft()
    curator, version = scenario.actor("curator"), lessons.working(lesson)
    claim = db.session.scalars(select(Claim)).one()
    _ask_its_authors(lesson, scenario.curator.id)
    refused = (
        lambda: lessons.submit(curator, lesson.id, audience=Audience.SPACE),
        lambda: lessons.save(curator, lesson.id, saved_count=version.saved_count, title="Another one"),
        lambda: lessons.add_source(curator, lesson.id, scenario.thread.id),
        lambda: claims.add(curator, lesson.id, text="One more"),
        lambda: claims.reword(curator, claim.id, text="It was otherwise"),
        lambda: lesson_undo.discard(curator, lesson.id),
    )
    for act in refused:
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Conflict):
        lesson_undo.ask_back(curator, lesson.id)
    assert lessons.revise(curator, lesson.id) is version, "there is one already, and it stays as it is"
    lesson.round_id = None
    db.session.flush()
    assert lessons.submit(curator, lesson.id, audience=Audience.NETWORK).state == LessonState.IN_REVIEW


def _ask_its_authors(lesson: Lesson, asker_id: int) -> None:
    now = clock.now()
    asked = ConsentRound(
        lesson_id=lesson.id,
        version_id=lesson.working_id,
        audience=Audience.NETWORK,
        title="As they saw it",
        opened_at=now,
        opened_by_id=asker_id,
        last_day=days.today(),
        remind_at=now,
        closes_at=now,
    )
    db.session.add(asked)
    db.session.flush()
    lesson.round_id = asked.id
    db.session.flush()


def standing(scenario):
    """How many nominations the desk of the curator shows, and how many rows there are."""
    found = desk_page.of(scenario.actor("curator"), "nominated").chosen.found
    return found.count, len(db.session.scalars(select(Nomination)).all())


@pytest.mark.both_databases
def test_dropping_the_only_lesson_of_a_thread_lets_its_nominations_stand_again():
    scenario = build()
    curator, thread_id = scenario.actor("curator"), scenario.thread.id
    nominations.nominate(scenario.actor("reader"), thread_id)
    nominations.nominate(scenario.actor("reviewer"), thread_id)
    lesson = lessons.draft(curator, thread_id, title="One")
    assert standing(scenario) == (0, 2)
    # Who says it no more meanwhile has not said it.
    nominations.take_back(scenario.actor("reviewer"), thread_id)
    lesson_undo.discard(curator, lesson.id)
    assert standing(scenario) == (1, 1)
    nominations.nominate(scenario.actor("reader"), thread_id)
    assert standing(scenario) == (1, 1)
    # Two drafts answer it together: the last one that goes lets it stand again.
    drafts = [lessons.draft(curator, thread_id, title=title) for title in ("One", "Two")]
    lesson_undo.discard(curator, drafts[0].id)
    assert standing(scenario) == (0, 1)
    lesson_undo.discard(curator, drafts[1].id)
    assert standing(scenario) == (1, 1)
    # One that was closed with a reason stays so.
    nominations.close(curator, thread_id, reason="Not now.")
    lesson_undo.discard(curator, lessons.draft(curator, thread_id, title="Three").id)
    assert standing(scenario) == (0, 1)


@pytest.mark.both_databases
def test_what_was_said_after_a_lesson_was_made_is_not_answered_by_that_one():
    scenario = build()
    curator, thread_id = scenario.actor("curator"), scenario.thread.id
    scenario.published()
    nominations.nominate(scenario.actor("reader"), thread_id)
    lesson_undo.discard(curator, lessons.draft(curator, thread_id, title="Another").id)
    assert standing(scenario) == (1, 1)


@pytest.mark.both_databases
def test_what_a_reviewer_said_of_a_draft_goes_with_it():
    scenario = build()
    curator, reviewer = scenario.actor("curator"), scenario.actor("reviewer")
    lesson = scenario.draft()
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    before = review_comments.add(reviewer, lesson.id, place="title", text="Shorter.")
    review_comments.settle(reviewer, before.id)
    reviewed.publish(reviewer, lesson.id)
    lessons.revise(curator, lesson.id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    for text in ("Too long.", "Is it true?"):
        said = review_comments.add(reviewer, lesson.id, place="title", text=text)
    lessons.send_back(reviewer, lesson.id, note="")
    review_comments.settle(curator, said.id)
    lesson_undo.discard(curator, lesson.id)
    lessons.revise(curator, lesson.id)
    shown = [(one.text, one.is_open) for one in review_comments.of_lesson(curator, lesson)]
    assert shown == [("Shorter.", False)]
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(reviewer, lesson.id)
