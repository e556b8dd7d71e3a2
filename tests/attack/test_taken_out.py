"""Words that their author took out of a lesson do not come back in it as other pieces of the same sentence."""

import pytest

from forum.domain.consents import removals
from forum.domain.lessons import claims, lessons
from forum.domain.lessons import page as lesson_page
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.claims import Claim
from forum.models.spaces import Audience
from forum.policy.errors import Invalid
from tests import reviewed
from tests.lesson_scenario import build

SAID = "We rang everybody who had stopped. Almost all of them said the same thing: nobody talks with me."
TAKEN = "Almost all of them said the same thing"


@pytest.fixture
def published(session):
    scenario = build()
    lesson = scenario.draft(words=TAKEN)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    return scenario, lesson


def edited(scenario):
    posts.edit(scenario.actor("author"), scenario.post.id, body=f"In May. {SAID}", seen_revision=1)


def quote(scenario, version, words):
    claim = db.session.scalars(db.select(Claim).where(Claim.version_id == version.id)).first()
    return claims.quote(
        scenario.actor("curator"), claim.id, post_id=scenario.post.id, words=words, stance="supports"
    )


def test_a_piece_across_its_end_is_refused_after_the_post_was_edited(published):
    scenario, lesson = published
    version = lessons.revise(scenario.actor("curator"), lesson.id)
    (own,) = removals.mine(scenario.actor("author"))
    removals.take_out(scenario.actor("author"), own.id)
    edited(scenario)
    for words in (TAKEN, "of them said the same thing: nobody talks", "who had stopped. Almost all of them"):
        with pytest.raises(Invalid, match="words"):
            quote(scenario, version, words)
    assert quote(scenario, version, "We rang everybody").words == "We rang everybody"


def test_what_stands_beside_it_in_another_text_of_the_post_goes_with_it(published):
    scenario, lesson = published
    edited(scenario)
    version = lessons.revise(scenario.actor("curator"), lesson.id)
    quote(scenario, version, "all of them said the same thing: nobody talks with me")
    quote(scenario, version, "We rang everybody")
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    author = scenario.actor("author")
    own = next(one for one in removals.mine(author) if one.said == TAKEN)
    removals.take_out(author, own.id)
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    shown = {one.words for claim in page.claims for one in claim.excerpts}
    assert shown == {"", "We rang everybody"}
