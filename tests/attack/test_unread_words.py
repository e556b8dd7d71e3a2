"""Words that no reviewer could read do not come into a published lesson by a side door."""

from datetime import timedelta

import pytest

from forum.domain.lessons import claims, lessons
from forum.domain.lessons import page as lesson_page
from forum.domain.moderation import hiding, taking_back, undo
from forum.infra import clock
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct
from forum.policy.errors import Invalid
from tests import reviewed
from tests.factories import actor, make_member, make_post
from tests.lesson_scenario import WORDS, build

HARSH = "Dismiss whoever complains, it saves a year of wages"


@pytest.fixture
def scene(session):
    """A draft that rests on two posts, one of which nobody would let through."""
    scenario = build()
    second = make_member("Handlanger", space=scenario.space)
    post = make_post(scenario.thread, second, f"{HARSH}. That is how.")
    lesson = scenario.draft()
    claim = db.session.scalars(db.select(Claim).where(Claim.version_id == lesson.working_id)).first()
    claims.quote(scenario.actor("curator"), claim.id, post_id=post.id, words=HARSH, stance="supports")
    return scenario, lesson, post, second


def quoted(scenario, lesson):
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    return {one.words for claim in page.claims for one in claim.excerpts}


def test_what_is_hidden_is_neither_sent_nor_published_and_comes_back_into_no_lesson(scene):
    scenario, lesson, post, _second = scene
    curator, reviewer = scenario.actor("curator"), scenario.actor("reviewer")
    hiding.hide(curator, post.id, reason="Harsh")
    with pytest.raises(Invalid):
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    hiding.restore(curator, post.id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    hiding.hide(curator, post.id, reason="Harsh")
    with pytest.raises(Invalid) as refused:
        reviewed.publish(reviewer, lesson.id)
    assert refused.value.field == "audience"
    lessons.send_back(reviewer, lesson.id, note="Something is hidden.")
    harsh = (
        db.select(Excerpt.id).join(Claim).where(Claim.version_id == lesson.working_id, Excerpt.words == HARSH)
    )
    claims.unquote(curator, db.session.scalars(harsh).one())
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(reviewer, lesson.id)
    with clock.at(clock.now() + timedelta(days=30)):
        hiding.restore(curator, post.id)
        assert quoted(scenario, lesson) == {WORDS}


def test_nor_what_its_author_takes_back_while_it_is_reviewed_and_puts_back_afterwards(scene):
    scenario, lesson, post, second = scene
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    taking_back.take_back(actor(second), post.id)
    with pytest.raises(Invalid):
        reviewed.publish(scenario.actor("reviewer"), lesson.id)
    act = db.session.scalars(db.select(UndoableAct).order_by(UndoableAct.id.desc())).first()
    undo.undo(actor(second), act.id)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    assert HARSH in quoted(scenario, lesson), "the reviewer could read it when it was published"
