"""A digest does not praise a lesson that lost a claim, and does again once a new version mended it."""

from datetime import timedelta

from forum.domain.consents import removals, settling
from forum.domain.digests import digests
from forum.domain.lessons import claims, lessons
from forum.domain.moderation import hiding
from forum.infra import clock
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from tests import reviewed
from tests.domain.digests.test_digests import BEFORE, opened, subscribed
from tests.factories import make_space
from tests.lesson_scenario import FULL, build


def mended(scenario, lesson):
    """A new version, on other words of the same thread."""
    lessons.revise(scenario.actor("curator"), lesson.id)
    (claim,) = db.session.scalars(db.select(Claim).where(Claim.version_id == lesson.working_id))
    reply = scenario.posts()[1]
    claims.quote(
        scenario.actor("curator"), claim.id, post_id=reply.id, words="half of them stayed", stance="supports"
    )
    draft = lessons.working(lesson)
    lessons.save(
        scenario.actor("curator"), lesson.id, saved_count=draft.saved_count, change_note="On other words"
    )
    lessons.submit(scenario.actor("curator"), lesson.id, audience=lesson.audience)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)


def test_a_lesson_that_lost_a_claim_is_not_praised_until_a_new_version_mends_it():
    scenario = build()
    with clock.at(BEFORE):
        lesson = scenario.published()
    dirk = subscribed(make_space("Brugge", city="brugge"))
    digest = opened(dirk)

    def praised():
        return [item.title for item in digests.compose(digest).lessons]

    assert praised() == [FULL["title"]]
    with clock.at(BEFORE):
        hiding.hide(scenario.actor("curator"), scenario.post.id, reason="A name")
        assert praised() == []
        hiding.restore(scenario.actor("curator"), scenario.post.id)
        assert praised() == [FULL["title"]]
        removals.take_out(scenario.actor("author"), db.session.scalars(db.select(Excerpt.id)).one())
        assert praised() == []
    with clock.at(BEFORE + timedelta(hours=1)):
        settling.settle_due(db.session.flush)
        assert praised() == [], "what is settled in a new version is still a lesson that lost a claim"
        mended(scenario, lesson)
        assert praised() == [FULL["title"]]
