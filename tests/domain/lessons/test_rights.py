"""What an excerpt may be shown to is fixed at the seal: the audience of its source then, or its author's consent."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import claims, lessons, undo
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.quotations import quotation
from forum.domain.moderation import hiding
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Masking
from forum.models.spaces import Audience, Role
from forum.policy.errors import Invalid
from tests import other_readers, reviewed
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import FULL, REPLY, WORDS, build


def rights(lesson, version_id):
    rows = select(Excerpt).join(Claim, Claim.id == Excerpt.claim_id).where(Claim.version_id == version_id)
    return [
        (one.right_audience, one.right_space_id, one.consent_id)
        for one in db.session.scalars(rows.order_by(Excerpt.id))
    ]


def shown(reader, lesson):
    page = lesson_page.page(reader, lesson.public_id)
    return [(one.words, one.withheld) for claim in page.claims for one in claim.excerpts]


def narrow(scenario):
    other_readers.set_audience(scenario.actor("curator"), scenario.thread.id, audience=Audience.SPACE)


def test_a_right_is_written_at_the_seal_and_not_before(session):
    scenario = build()
    lesson = scenario.draft()
    assert rights(lesson, lesson.working_id) == [(None, None, None)]
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert rights(lesson, lesson.working_id) == [(Audience.NETWORK, scenario.space.id, None)]
    closed = build(Audience.SPACE)
    lesson = closed.draft()
    consent = closed.agree(lesson)
    lessons.submit(closed.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert rights(lesson, lesson.working_id) == [(Audience.SPACE, closed.space.id, consent.id)]


def test_a_new_version_keeps_the_right_of_what_readers_have_and_asks_todays_for_what_is_added(session):
    scenario = build()
    lesson = scenario.published()
    narrow(scenario)
    curator = scenario.actor("curator")
    version = lessons.revise(curator, lesson.id)
    assert rights(lesson, version.id) == [(Audience.NETWORK, scenario.space.id, None)]
    claim = db.session.scalars(select(Claim).where(Claim.version_id == version.id)).one()
    added = claims.quote(
        curator, claim.id, post_id=scenario.post.id, words="We rang everybody", stance="supports"
    )
    with pytest.raises(Invalid) as refusal:
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    assert refusal.value.field == "audience"
    claims.unquote(curator, added.id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    assert shown(scenario.actor("reader"), lesson) == [(WORDS, "")]


def test_what_was_sealed_and_not_published_gets_no_right_from_that(session):
    scenario = build()
    lesson = scenario.draft()
    curator = scenario.actor("curator")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    narrow(scenario)
    undo.ask_back(curator, lesson.id)
    assert rights(lesson, lesson.working_id) == [(None, None, None)]
    with pytest.raises(Invalid):
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)


def test_hiding_the_opening_post_hides_its_own_words_only(session):
    scenario = build()
    lesson = scenario.draft()
    curator = scenario.actor("curator")
    claim = claims.add(curator, lesson.id, text="Half of them stay")
    reply = scenario.posts()[1]
    claims.quote(curator, claim.id, post_id=reply.id, words=REPLY, stance="supports")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    hiding.hide(curator, scenario.post.id, reason="Names a client")
    assert shown(scenario.actor("reader"), lesson) == [("", "hidden"), (REPLY, "")]
    assert quotation(scenario.actor("reader"), lesson.id).words == REPLY
    posts.take_back(curator, reply.id)
    assert shown(scenario.actor("reader"), lesson) == [("", "hidden"), ("", "deleted")]


def test_a_thread_that_its_only_author_took_back_takes_all_their_words_along(session):
    scenario = build(replies=0)
    own = make_post(scenario.thread, scenario.author, "And it lasted a year.")
    lesson = scenario.draft(words=WORDS)
    curator = scenario.actor("curator")
    claim = claims.add(curator, lesson.id, text="It lasts")
    claims.quote(curator, claim.id, post_id=own.id, words="it lasted a year", stance="supports")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    posts.take_back(scenario.actor("author"), scenario.post.id)
    assert [words for words, _why in shown(scenario.actor("reader"), lesson)] == ["", ""]


def test_a_right_reaches_who_was_in_the_audience_and_not_a_guest_of_another_space(session):
    scenario = build()
    other = make_space("Genk", city="genk")
    moderator = make_member("Gina", space=other, role=Role.MODERATOR)
    guest = make_member("Gust", space=other, role=Role.GUEST)
    lesson = lessons.draft(actor(moderator), make_thread(other, moderator).id, title="T")
    lessons.add_source(actor(moderator), lesson.id, scenario.thread.id)
    claim = claims.add(actor(moderator), lesson.id, text="Contact keeps people")
    claims.quote(actor(moderator), claim.id, post_id=scenario.post.id, words=WORDS, stance="supports")
    lessons.save(actor(moderator), lesson.id, saved_count=lessons.working(lesson).saved_count, **FULL)
    lessons.submit(actor(moderator), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    narrow(scenario)
    assert shown(scenario.actor("reader"), lesson) == [(WORDS, "")]
    assert shown(actor(guest), lesson) == [("", "closed")]


def test_words_that_were_adapted_with_their_author_are_no_quotation(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    consent = scenario.agree(lesson, masking=Masking.FUNCTION, shown_as="somebody in a team")
    consent.adapted, consent.words = True, "people miss a conversation"
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    (excerpt,) = page.claims[0].excerpts
    assert (excerpt.words, excerpt.adapted, excerpt.post) == ("people miss a conversation", True, None)
    (hers,) = lesson_page.page(scenario.actor("author"), lesson.public_id).claims[0].excerpts
    assert (hers.words, hers.adapted) == (WORDS, False)
