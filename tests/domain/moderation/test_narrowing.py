"""Who reads a thread changes: fewer by a moderator, more by who began it, and lessons follow."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, sending, waiting
from forum.domain.held_posts.choosing import Choice
from forum.domain.lessons import page as lesson_page
from forum.domain.moderation import narrowing, post_reports
from forum.domain.moderation.post_reports import Said
from forum.domain.threads import page as thread_page
from forum.infra import days
from forum.infra.db import db
from forum.models.moderation import Action, ActorRole, ModerationAction
from forum.models.post_reports import ReportReason
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import WORDS, build


def test_a_moderator_narrows_and_it_is_logged(gent, leen):
    thread = make_thread(gent, leen)
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    with pytest.raises(NotFound):
        thread_page.page(actor(karim), thread.id)
    assert db.session.scalars(select(ModerationAction.action)).all() == [Action.NARROW]
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(moderator), thread.id, audience=Audience.PUBLIC)


def test_an_author_alone_lets_fewer_read_their_own_as_its_author_and_tells_nobody_why(gent, leen):
    thread = make_thread(gent, leen)
    seen = narrowing.foreseen(actor(leen), thread, Audience.SPACE).digest
    narrowing.set_audience(actor(leen), thread.id, audience=Audience.SPACE, seen=seen)
    line = db.session.scalars(select(ModerationAction)).one()
    assert (thread.audience, line.action, line.role) == (Audience.SPACE, Action.NARROW, ActorRole.AUTHOR)


def test_nobody_gives_other_readers_without_having_looked_at_what_that_does_now(gent, leen):
    thread = make_thread(gent, leen)
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    seen = narrowing.foreseen(actor(moderator), thread, Audience.SPACE).digest
    make_post(thread, make_member("Karim", space=gent))
    for stale in ("", "x", seen):
        with pytest.raises(Conflict):
            narrowing.set_audience(actor(moderator), thread.id, audience=Audience.SPACE, seen=stale)
    assert (thread.audience, logged()) == (Audience.NETWORK, [])
    now = narrowing.foreseen(actor(moderator), thread, Audience.SPACE).digest
    with pytest.raises(Invalid) as refused:
        narrowing.set_audience(actor(moderator), thread.id, audience=Audience.SPACE, seen=now, reason=" ")
    assert (refused.value.field, thread.audience, logged()) == ("reason", Audience.NETWORK, [])
    for _twice in range(2):
        narrowing.set_audience(
            actor(moderator), thread.id, audience=Audience.SPACE, seen=now, reason="Of Jan."
        )
    assert (thread.audience, logged()) == (Audience.SPACE, [Action.NARROW])


def test_a_thread_gets_wider_only_by_its_starter_while_nobody_else_wrote(gent, leen):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    assert thread.audience == Audience.NETWORK
    karim = make_member("Karim", space=gent)
    post = make_post(thread, karim)
    post.deleted_at = post.created_at  # also words that are gone were meant for the readers of that moment
    db.session.flush()
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(leen), thread.id, audience=Audience.PUBLIC)
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(karim), thread.id, audience=Audience.SPACE)


def test_a_thread_that_is_closed_later_leaves_published_lessons_as_they_are():
    scenario = build()
    lesson = scenario.published()
    other_readers.set_audience(scenario.actor("curator"), scenario.thread.id, audience=Audience.SPACE)
    page = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    (excerpt,) = page.claims[0].excerpts
    assert (excerpt.words, excerpt.author.name, excerpt.withheld, excerpt.post) == (WORDS, "Amina", "", None)
    assert (page.sources, page.version.cities, page.version.masked) == ([], ["aalst"], False)
    (excerpt,) = lesson_page.page(scenario.actor("author"), lesson.public_id).claims[0].excerpts
    assert excerpt.post.number == 1, "who may read the thread is led to it"


def test_a_thread_is_never_made_wider_than_its_space_allows(leen):
    for widest, refused in ((Audience.SPACE, Audience.NETWORK), (Audience.NETWORK, Audience.PUBLIC)):
        space = make_space("Klein", widest=widest)
        join(leen, space)
        thread = make_thread(space, leen, audience=Audience.SPACE)
        with pytest.raises(Invalid) as refusal:
            other_readers.set_audience(actor(leen), thread.id, audience=refused)
        assert refusal.value.field == "audience"
        assert thread.audience == Audience.SPACE
        other_readers.set_audience(actor(leen), thread.id, audience=widest)
        assert thread.audience == widest


def test_nobody_widens_over_a_reply_that_waits_nor_over_a_report(gent, leen, moderator):
    karim = make_member("Karim", space=gent)
    held, reported, free = (make_thread(gent, leen, audience=Audience.SPACE) for _each in range(3))
    choosing.choose(actor(moderator), gent.id, Choice(everybody_until=days.today() + timedelta(days=1)))
    waits = sending.reply(actor(karim), held.id, body="For us alone.", idempotency_key=str(uuid.uuid4()))
    first = db.session.scalars(select(Post.id).where(Post.thread_id == reported.id)).one()
    post_reports.report(actor(karim), first, Said(ReportReason.IDENTIFIES, "I know him."))
    said = set()
    for thread in (held, reported):
        foreseen = narrowing.foreseen(actor(leen), thread, Audience.NETWORK).refusal
        with pytest.raises(Conflict) as refusal:
            other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
        assert foreseen.reason == refusal.value.reason
        said.add(refusal.value.reason)
    assert len(said) == 1, "neither says which it is"
    other_readers.set_audience(actor(leen), free.id, audience=Audience.NETWORK)
    waiting.throw_away(actor(karim), waits.id)
    other_readers.set_audience(actor(leen), held.id, audience=Audience.NETWORK)
    assert [thread.audience for thread in (held, reported, free)] == ["network", "space", "network"]


def logged():
    return db.session.scalars(select(ModerationAction.action).order_by(ModerationAction.id)).all()


def test_whoever_widens_or_narrows_their_own_thread_is_in_the_log(gent, leen):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.PUBLIC)
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    assert logged() == [Action.WIDEN, Action.NARROW]


def test_the_same_readers_again_is_no_change_whoever_asks(gent, leen):
    thread = make_thread(gent, leen)
    for person in (leen, make_member("Karim", space=gent)):
        assert other_readers.set_audience(actor(person), thread.id, audience=thread.audience) is thread
    assert logged() == []


def test_others_change_nothing_though_nobody_else_wrote(gent, leen):
    thread = make_thread(gent, leen)
    karim, moderator = make_member("Karim", space=gent), make_member("Mo", space=gent, role=Role.MODERATOR)
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(karim), thread.id, audience=Audience.SPACE)
    reasons = set()
    for person in (karim, moderator):
        with pytest.raises(Forbidden) as refusal:
            other_readers.set_audience(actor(person), thread.id, audience=Audience.PUBLIC)
        reasons.add(refusal.value.reason)
    make_post(thread, karim)
    with pytest.raises(Forbidden) as refusal:
        other_readers.set_audience(actor(leen), thread.id, audience=Audience.PUBLIC)
    assert len(reasons) == 1
    assert refusal.value.reason not in reasons, "who began it hears why not even they can"
    assert (thread.audience, logged()) == (Audience.NETWORK, [])
