"""Threads begun without an axis: who sees that they wait, who chooses it, and who hears of them meanwhile."""

import uuid

import pytest

from forum.domain.digests import mail_choice, subscriptions
from forum.domain.lessons import first_axis, lessons
from forum.domain.moderation import hiding
from forum.domain.spaces import memberships
from forum.domain.threads import classification, following, highlights, lists, threads, without_axis
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.classification import ThreadChange
from forum.models.spaces import Audience, Role
from forum.models.subscriptions import Delivery, Frequency
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

SAME = {"need": Need.STORIES, "tags": ()}


def start(member, space, **over):
    values = {
        "title": "Three services, one door", "body": "We went together.", "audience": Audience.NETWORK,
        "axis": None, "idempotency_key": str(uuid.uuid4()), **SAME,
    }  # fmt: skip
    return threads.start(actor(member), space.id, **(values | over))


def choose(member, thread, axis=Axis.DENSITY, **more):
    return classification.classify(actor(member), thread.id, axis=axis, **{**SAME, **more})


def waits_for(member):
    return [(each.count, each.slug) for each in without_axis.waiting(actor(member))]


@pytest.fixture
def people(gent, moderator):
    """Who does not moderate Gent, each in another way; whoever is suspended acts nowhere."""
    genk = make_space("Genk", city="genk")
    former = make_member("Fien", space=genk)
    join(former, gent, Role.MODERATOR).ended_at = clock.now()
    pending = make_member("Pim", approved_at=None)
    join(guest := make_member("Gust"), gent, Role.GUEST)
    return {
        "member": make_member("Karim", space=gent),
        "guest": guest,
        "pending": pending,
        "former moderator": former,
        "moderator elsewhere": make_member("Mo", space=genk, role=Role.MODERATOR),
    }


def test_the_moderators_of_its_space_are_asked_and_nobody_else(gent, leen, moderator, people):
    thread, closed = start(leen, gent), start(leen, gent, title="Two", audience=Audience.SPACE)
    assert waits_for(moderator) == [(2, gent.slug)]
    listed = without_axis.of_space(actor(moderator), gent.id)
    assert [(one.id, one.author_name) for one in listed] == [(thread.id, "Leen"), (closed.id, "Leen")]
    for person, member in people.items():
        assert waits_for(member) == [], person
        with pytest.raises(NotFound if person == "pending" else Forbidden):
            without_axis.of_space(actor(member), gent.id)
        with pytest.raises((Forbidden, NotFound)):
            choose(member, thread)
        if person not in ("member", "guest"):
            with pytest.raises(NotFound):
                choose(member, closed)
    unlisted = make_space("Quiet", unlisted=True)
    with pytest.raises(NotFound):
        without_axis.of_space(actor(moderator), unlisted.id)
    choose(moderator, thread)
    choose(leen, closed)
    assert (thread.axis, closed.axis, waits_for(moderator)) == (Axis.DENSITY, Axis.DENSITY, [])


def test_what_is_hidden_or_taken_back_waits_for_nobody_until_it_is_back(gent, leen, moderator):
    thread = start(leen, gent)
    opening = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id)).one()
    hiding.hide(actor(moderator), opening.id, reason="A name.")
    assert waits_for(moderator) == []
    hiding.restore(actor(moderator), opening.id)
    assert waits_for(moderator) == [(1, gent.slug)]
    thread.withdrawn_at = clock.now()
    db.session.flush()
    assert (waits_for(moderator), without_axis.of_space(actor(moderator), gent.id)) == ([], [])


def test_a_thread_that_moves_waits_for_the_moderators_there(gent, leen, moderator):
    genk = make_space("Genk", city="genk")
    join(leen, genk)
    mo = make_member("Mo", space=genk, role=Role.MODERATOR)
    thread = start(leen, gent)
    classification.move(actor(leen), thread.id, genk.id, audience=Audience.NETWORK)
    assert (waits_for(moderator), waits_for(mo)) == ([], [(1, genk.slug)])
    memberships.remove(actor(mo), genk.id, leen.id, reason="Moved to another city.")
    choose(mo, thread)
    assert waits_for(mo) == []


def test_a_chosen_axis_is_in_the_history_and_gives_way_to_another_only(gent, leen, moderator):
    thread = start(leen, gent)
    choose(leen, thread, axis=None)
    assert db.session.scalars(db.select(ThreadChange)).all() == [], "still not knowing is no change"
    choose(leen, thread, axis=None, need=Need.FACTS)
    seen = classification.current(actor(leen), thread.id)[1]
    assert (seen.axis, thread.need) == (None, Need.FACTS)
    choose(moderator, thread, need=Need.FACTS)
    with pytest.raises(Conflict):
        choose(leen, thread, axis=None, need=Need.ACTION, seen_change=seen.last_change)
    for person in (leen, moderator):
        with pytest.raises(Invalid) as refused:
            choose(person, thread, axis=None, need=Need.ACTION)
        assert (refused.value.field, thread.axis, thread.need) == ("axis", Axis.DENSITY, Need.FACTS)
    history = thread_page.page(None if thread.audience == "public" else actor(leen), thread.id).changes
    assert history[0].who == "Wouter"
    assert history[0].changes == (("axis", "", "kwalitatieve-densiteit"),)


def test_the_same_story_sent_again_is_the_same_thread_also_once_it_has_an_axis(gent, leen, moderator):
    key = str(uuid.uuid4())
    thread = start(leen, gent, idempotency_key=key)
    assert start(leen, gent, idempotency_key=key).id == thread.id
    choose(moderator, thread)
    assert start(leen, gent, idempotency_key=key).id == thread.id


def test_no_subscription_is_about_it_until_it_has_that_axis_and_then_as_of_any_thread(gent, leen, moderator):
    genk = make_space("Genk", city="genk")
    thread, karim = start(leen, gent), make_member("Karim", space=genk)
    wanted = {"axes": {Axis.DENSITY: Delivery.AT_ONCE}, "spaces": {genk.id: Delivery.AT_ONCE}}
    subscriptions.choose(actor(karim), frequency=Frequency.WEEKLY, **wanted)

    def told(post):
        return set(following.told_of_post(thread, post, after_id=0, limit=10))

    before = make_post(thread, moderator)
    assert told(before) == {leen.id}, "what is chosen about spaces is not about a thread without an axis"
    assert not thread_page.page(actor(karim), thread.id).comes_at_once
    assert mail_choice.of_thread(actor(karim), thread.id).because == "elsewhere"
    other = choose(moderator, make_thread(gent, leen, axis=Axis.STRATEGY))
    choose(moderator, thread)
    for each in (thread, other):
        assert each.last_post_at == max(each.created_at, each.last_post_at), "choosing it is no news"
    assert told(before) == {leen.id, karim.id}
    assert thread_page.page(actor(karim), thread.id).comes_at_once
    assert mail_choice.of_thread(actor(karim), thread.id).because == "axis"


def test_lists_and_home_have_it_and_no_list_of_an_axis(gent, leen):
    thread = start(leen, gent)
    reader = actor(make_member("Karim", space=make_space("Genk", city="genk")))
    (card,) = lists.latest(reader).rows
    assert (card.id, card.axis) == (thread.id, None)
    assert [one.axis for one in highlights.of(reader).others] == [None]
    assert [lists.latest_about(reader, axis) for axis in Axis] == [[]] * len(Axis)
    # Who takes part in threads without an axis prefers none because of that.
    following.begin(reader.id, thread.id)
    plain = make_thread(gent, leen, axis=Axis.STRATEGY)
    assert {one.id for one in highlights.of(reader).others} == {thread.id, plain.id}


def test_who_begins_a_lesson_from_it_chooses_the_axis_of_both(gent, leen, moderator, people):
    thread = start(leen, gent)
    for axis in (None, "", "nowhere"):
        with pytest.raises(Invalid) as refused:
            lessons.draft(actor(moderator), thread.id, title="One door", axis=axis)
        assert (refused.value.field, thread.axis) == ("axis", None)
    for person, member in people.items():
        with pytest.raises((Forbidden, NotFound)):
            lessons.draft(actor(member), thread.id, axis="kwalitatieve-densiteit")
        with pytest.raises((Forbidden, NotFound)):
            first_axis.asked_about(actor(member), thread.id)
        assert thread.axis is None, person
    lesson = lessons.draft(actor(moderator), thread.id, title="One door", axis="kwalitatieve-densiteit")
    assert (lessons.working(lesson).axis, thread.axis) == (Axis.DENSITY, Axis.DENSITY)
    again = lessons.draft(actor(moderator), thread.id, title="One door", axis="innoverende-kracht")
    assert (again.id, thread.axis) == (lesson.id, Axis.DENSITY), "a chosen axis stays as it is"
