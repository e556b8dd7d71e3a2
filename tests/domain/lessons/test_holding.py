"""One curator holds a draft: others of its space read it, take it over once it lay still, and a deputy shares it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.lessons import claims, holding, lessons, page, review_requests
from forum.domain.lessons import undo as lesson_undo
from forum.domain.spaces import memberships
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import LessonState
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import reviewed
from tests.factories import actor, make_member
from tests.lesson_scenario import WORDS, build
from tests.notices import react

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


def save(scenario, name, lesson, title):
    return lessons.save(
        scenario.actor(name), lesson.id, saved_count=lessons.working(lesson).saved_count, title=title
    )


def told(kind):
    """Who was told that, once everything is done."""
    react()
    query = select(Notification.member_id).where(Notification.kind == kind)
    return sorted(db.session.scalars(query))


def test_who_moderates_the_space_reads_a_draft_and_writes_nothing_in_it(session):
    scenario = build()
    lesson = scenario.draft()
    second = scenario.actor("second")
    hands = holding.hands(second, lesson.id)
    assert (hands.names, hands.is_mine, hands.until) == (["Cas"], False, days.today() + 14 * DAY)
    assert not hands.may_take_up
    claim_id = claims.add(scenario.actor("curator"), lesson.id, text="Another").id
    for write in (
        lambda: save(scenario, "second", lesson, "Mine"),
        lambda: claims.add(second, lesson.id, text="Mine"),
        lambda: claims.quote(second, claim_id, post_id=scenario.post.id, words=WORDS, stance="supports"),
        lambda: lessons.add_source(second, lesson.id, scenario.thread.id),
        lambda: lessons.submit(second, lesson.id, audience=Audience.SPACE),
        lambda: lesson_undo.discard(second, lesson.id),
        lambda: holding.take_up(second, lesson.id),
        lambda: holding.name_deputy(second, lesson.id, member_id=scenario.second.id),
        lambda: holding.end_deputy(second, lesson.id),
    ):
        with pytest.raises(Forbidden):
            write()
    with pytest.raises(NotFound):
        holding.hands(scenario.actor("reader"), lesson.id)
    assert lessons.working(lesson).title == "Put talking in the roster"


def test_two_weeks_after_the_last_work_another_moderator_takes_it_over_and_four_eyes_still_count(session):
    scenario = build()
    lesson = scenario.draft()
    start = clock.now()
    with clock.at(start + 10 * DAY):
        claims.add(scenario.actor("curator"), lesson.id, text="Work goes on")
    with clock.at(start + 23 * DAY), pytest.raises(Forbidden):
        holding.take_up(scenario.actor("second"), lesson.id)
    with clock.at(start + 24 * DAY):
        for _twice in range(2):
            holding.take_up(scenario.actor("second"), lesson.id)
        assert (lesson.curator_id, lesson.held_until) == (scenario.second.id, days.today() + 14 * DAY)
        with pytest.raises(Forbidden):
            save(scenario, "curator", lesson, "Still mine")
        lesson_id = lesson.id
        bare = claims.add(scenario.actor("second"), lesson_id, text="Work goes on")
        claims.remove(scenario.actor("second"), bare.id)
        lessons.submit(scenario.actor("second"), lesson_id, audience=Audience.NETWORK)
        with pytest.raises(Forbidden) as refused:
            lessons.publish(scenario.actor("curator"), lesson_id)
        assert refused.value.reason == _("You made this lesson yourself: somebody else has to publish it.")
        with pytest.raises(Forbidden):
            holding.take_up(scenario.actor("curator"), lesson_id)


def test_what_its_curator_left_behind_waits_for_nobody(session):
    scenario = build()
    lesson = scenario.draft()
    memberships.set_role(scenario.actor("second"), scenario.space.id, scenario.curator.id, role=Role.MEMBER)
    assert holding.hands(scenario.actor("second"), lesson.id).may_take_up
    assert holding.take_up(scenario.actor("second"), lesson.id).curator_id == scenario.second.id


def test_a_deputy_works_on_it_too_and_checks_it_no_more(session):
    scenario = build()
    lesson = scenario.draft()
    curator, second = scenario.actor("curator"), scenario.actor("second")
    for stranger in (scenario.reader, scenario.curator, scenario.reviewer):
        with pytest.raises(Invalid):
            holding.name_deputy(curator, lesson.id, member_id=stranger.id)
    holding.name_deputy(curator, lesson.id, member_id=scenario.second.id)
    assert holding.hands(second, lesson.id).names == ["Cas", "Sien"]
    assert save(scenario, "second", lesson, "Put talk in the roster").title == "Put talk in the roster"
    holding.end_deputy(curator, lesson.id)
    with pytest.raises(Forbidden):
        save(scenario, "second", lesson, "Mine")
    third = actor(make_member("Derde", space=scenario.space, role=Role.MODERATOR))
    lessons.submit(curator, lesson.id, audience=Audience.SPACE)
    with pytest.raises(Forbidden) as refused:
        lessons.publish(second, lesson.id)
    assert refused.value.reason == _("You made this lesson yourself: somebody else has to publish it.")
    assert reviewed.publish(third, lesson.id).state == LessonState.PUBLISHED
    assert (lesson.deputy_id, lesson.held_until) == (None, None)


def test_a_new_version_is_the_lesson_of_who_begins_it_and_is_given_back_when_it_is_dropped(session):
    scenario = build()
    lesson = scenario.published()
    curator, second = scenario.actor("curator"), scenario.actor("second")
    third = make_member("Derde", space=scenario.space, role=Role.MODERATOR)
    for _twice in range(2):
        lessons.revise(second, lesson.id)
    assert (lesson.curator_id, lesson.deputy_id) == (scenario.second.id, None)
    assert holding.hands(actor(third), lesson.id).names == ["Sien"]
    assert told("taken_up") == [scenario.curator.id]
    for stranger in (curator, actor(third)):
        with pytest.raises(Forbidden):
            lessons.save(stranger, lesson.id, saved_count=1, title="Mine")
    holding.name_deputy(second, lesson.id, member_id=scenario.curator.id)
    for name in ("second", "curator"):
        save(scenario, name, lesson, f"By {name}")
    lesson_undo.discard(second, lesson.id)
    assert (lesson.curator_id, lesson.deputy_id, lesson.held_until) == (scenario.curator.id, None, None)
    with pytest.raises((Conflict, Forbidden)):
        holding.take_up(actor(third), lesson.id)
    # Once it went to a reviewer it stays theirs.
    lessons.revise(second, lesson.id)
    save(scenario, "second", lesson, "By Sien")
    lessons.submit(second, lesson.id, audience=Audience.NETWORK)
    lesson_undo.ask_back(second, lesson.id)
    lesson_undo.discard(second, lesson.id)
    assert lesson.curator_id == scenario.second.id
    with pytest.raises(Forbidden):
        lessons.save(curator, lesson.id, saved_count=1, title="Mine")


def test_who_approved_a_version_makes_none_by_any_door(session):
    scenario = build()
    lesson = scenario.published(Audience.SPACE, by="second")
    curator, second = scenario.actor("curator"), scenario.actor("second")
    third = make_member("Derde", space=scenario.space, role=Role.MODERATOR)
    said = _("Who approved a version of a lesson cannot make it afterwards.")
    with pytest.raises(Forbidden) as refused:
        lessons.revise(second, lesson.id)
    assert refused.value.reason == page.page(second, lesson.public_id).may_revise.reason == said
    assert page.page(actor(third), lesson.public_id).may_revise
    assert page.page(scenario.actor("author"), lesson.public_id).may_revise is None
    lessons.revise(curator, lesson.id)
    with pytest.raises(Invalid):
        holding.name_deputy(curator, lesson.id, member_id=scenario.second.id)
    assert {name for _id, name in holding.to_share(curator, lesson.id).candidates} == {"Derde"}
    with clock.at(clock.now() + 20 * DAY):
        for who, may in ((second, False), (actor(third), True)):
            hands = holding.hands(who, lesson.id)
            assert (bool(hands.may_make), bool(hands.may_take_up)) == (may, may)
            assert bool(holding.of_lessons(who, [lesson])[lesson.id].may_take_up) == may
        assert holding.hands(second, lesson.id).may_take_up.reason == said
        # Also where nobody else is left.
        for one in (scenario.curator, third):
            memberships.set_role(second, scenario.space.id, one.id, role=Role.MEMBER)
        with pytest.raises(Forbidden):
            holding.take_up(second, lesson.id)


def test_who_is_asked_to_check_it_says_first_that_they_do_not(session):
    scenario = build()
    lesson = scenario.draft()
    curator, second = scenario.actor("curator"), scenario.actor("second")
    lessons.submit(curator, lesson.id, audience=Audience.SPACE, asked_id=scenario.second.id)
    assert not holding.hands(second, lesson.id).may_make
    with pytest.raises(Invalid):
        holding.name_deputy(curator, lesson.id, member_id=scenario.second.id)
    review_requests.decline(second, lesson.id)
    assert holding.hands(second, lesson.id).may_make


def test_who_had_a_draft_in_hand_hears_that_somebody_else_took_it(session):
    scenario = build()
    lesson = scenario.draft()
    deputy = make_member("Derde", space=scenario.space, role=Role.MODERATOR)
    holding.name_deputy(scenario.actor("curator"), lesson.id, member_id=deputy.id)
    with clock.at(clock.now() + 20 * DAY):
        for _twice in range(2):
            holding.take_up(scenario.actor("second"), lesson.id)
        assert told("taken_up") == sorted([scenario.curator.id, deputy.id])


def test_a_draft_begins_for_the_readers_of_its_thread_and_nobody_else_finds_it(session):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.draft()
    assert lesson.audience == Audience.PUBLIC
    for name in ("reader", "author", "reviewer", "editor"):
        with pytest.raises(NotFound):
            lessons.locked(scenario.actor(name), lesson.id)
