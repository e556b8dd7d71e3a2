"""Who reads a thread changes: fewer by a moderator, more by who began it, and lessons follow."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import page as lesson_page
from forum.domain.moderation import narrowing
from forum.domain.threads import page as thread_page
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience, Role
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import WORDS, build


def test_a_moderator_narrows_and_it_is_logged(gent, leen):
    thread = make_thread(gent, leen)
    moderator = make_member("Mo", space=gent, role=Role.MODERATOR)
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    narrowing.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    with pytest.raises(NotFound):
        thread_page.page(actor(karim), thread.id)
    assert db.session.scalars(select(ModerationAction.action)).all() == [Action.NARROW]
    with pytest.raises(Forbidden):
        narrowing.set_audience(actor(moderator), thread.id, audience=Audience.PUBLIC)


def test_a_thread_gets_wider_only_by_its_starter_while_nobody_else_wrote(gent, leen):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    narrowing.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    assert thread.audience == Audience.NETWORK
    karim = make_member("Karim", space=gent)
    post = make_post(thread, karim)
    post.deleted_at = post.created_at  # also words that are gone were meant for the readers of that moment
    db.session.flush()
    with pytest.raises(Forbidden):
        narrowing.set_audience(actor(leen), thread.id, audience=Audience.PUBLIC)
    with pytest.raises(Forbidden):
        narrowing.set_audience(actor(karim), thread.id, audience=Audience.SPACE)


def test_a_thread_that_is_closed_later_leaves_published_lessons_as_they_are():
    scenario = build()
    lesson = scenario.published()
    narrowing.set_audience(scenario.actor("curator"), scenario.thread.id, audience=Audience.SPACE)
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
            narrowing.set_audience(actor(leen), thread.id, audience=refused)
        assert refusal.value.field == "audience"
        assert thread.audience == Audience.SPACE
        narrowing.set_audience(actor(leen), thread.id, audience=widest)
        assert thread.audience == widest


def logged():
    return db.session.scalars(select(ModerationAction.action).order_by(ModerationAction.id)).all()


def test_whoever_widens_or_narrows_their_own_thread_is_in_the_log(gent, leen):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    narrowing.set_audience(actor(leen), thread.id, audience=Audience.PUBLIC)
    narrowing.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    assert logged() == [Action.WIDEN, Action.NARROW]


def test_the_same_readers_again_is_no_change_whoever_asks(gent, leen):
    thread = make_thread(gent, leen)
    for person in (leen, make_member("Karim", space=gent)):
        assert narrowing.set_audience(actor(person), thread.id, audience=thread.audience) is thread
    assert logged() == []


def test_others_change_nothing_though_nobody_else_wrote(gent, leen):
    thread = make_thread(gent, leen)
    karim, moderator = make_member("Karim", space=gent), make_member("Mo", space=gent, role=Role.MODERATOR)
    with pytest.raises(Forbidden):
        narrowing.set_audience(actor(karim), thread.id, audience=Audience.SPACE)
    reasons = set()
    for person in (karim, moderator):
        with pytest.raises(Forbidden) as refusal:
            narrowing.set_audience(actor(person), thread.id, audience=Audience.PUBLIC)
        reasons.add(refusal.value.reason)
    make_post(thread, karim)
    with pytest.raises(Forbidden) as refusal:
        narrowing.set_audience(actor(leen), thread.id, audience=Audience.PUBLIC)
    assert len(reasons) == 1
    assert refusal.value.reason not in reasons, "who began it hears why not even they can"
    assert (thread.audience, logged()) == (Audience.NETWORK, [])
