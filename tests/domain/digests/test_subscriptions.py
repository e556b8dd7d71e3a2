"""What a member chose for her digest, and what she did not choose."""

import pytest

from forum.domain.digests import subscriptions
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.spaces import spaces
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.subscriptions import Delivery, Frequency, LessonChoice, Subscription
from forum.models.themes import Axis
from forum.policy.errors import Invalid
from tests.factories import LONG_AGO, actor, join, make_member, make_space, make_thread


def test_no_choice_yet_is_neither_yes_nor_no():
    member = make_member()
    assert subscriptions.choice_of(member.id) is None
    assert subscriptions.preferences_of(member.id) is None


def test_a_choice_replaces_the_one_before():
    space, other = make_space(), make_space("Gent")
    member = make_member(space=space)
    join(member, other)
    subscriptions.choose(
        actor(member),
        frequency=Frequency.DAILY,
        spaces={space.id: Delivery.NOTHING, other.id: Delivery.AT_ONCE},
        axes={Axis.DENSITY: Delivery.DIGEST},
        lessons=LessonChoice.AXES,
        only_unread=False,
        locale="en",
    )
    wanted = {"weekday": 3, "hour": 16, "spaces": {other.id: Delivery.DIGEST}, "elsewhere": Delivery.NOTHING}
    choice = subscriptions.choose(actor(member), frequency=Frequency.WEEKLY, **wanted)
    assert subscriptions.preferences_of(member.id) == DigestPreferences(
        Frequency.WEEKLY, choice.chosen_at, **wanted
    )
    subscriptions.choose_frequency(member.id, Frequency.DAILY)
    chosen = subscriptions.preferences_of(member.id)
    assert (chosen.frequency, chosen.hour, dict(chosen.spaces)) == (Frequency.DAILY, 16, wanted["spaces"])


def test_what_many_chose_is_read_in_as_few_queries_as_for_one(count_queries):
    space = make_space()
    people = [make_member(space=space) for _ in range(6)]
    thread = make_thread(space, people[0])
    for member in people[:4]:
        subscriptions.choose(actor(member), frequency=Frequency.DAILY, axes={Axis.DENSITY: Delivery.DIGEST})
    db.session.add(Subscription(member_id=people[5].id, thread_id=thread.id, delivery=Delivery.AT_ONCE))
    db.session.flush()
    with count_queries() as one:
        assert subscriptions.preferences_of_many([people[0].id]).keys() == {people[0].id}
    with count_queries() as many:
        chose = subscriptions.preferences_of_many([member.id for member in people])
    assert one.count == many.count == 2
    assert chose[people[3].id].frequency == Frequency.DAILY
    assert dict(chose[people[3].id].axes) == {Axis.DENSITY: Delivery.DIGEST}
    # Who did not choose a digest gets none, and what they want of a thread holds all the same.
    assert chose[people[4].id] == subscriptions.DigestPreferences()
    assert (chose[people[5].id].chosen_at, dict(chose[people[5].id].threads)) == (
        None,
        {thread.id: Delivery.AT_ONCE},
    )


def test_another_subject_is_not_a_new_choice_but_another_rhythm_is():
    member = make_member()
    with clock.at(LONG_AGO):
        subscriptions.choose(actor(member), frequency=Frequency.WEEKLY)
    subscriptions.choose(actor(member), frequency=Frequency.WEEKLY, axes={Axis.DENSITY: Delivery.DIGEST})
    assert subscriptions.choice_of(member.id).chosen_at == LONG_AGO
    subscriptions.choose(actor(member), frequency=Frequency.MONTHLY)
    assert subscriptions.choice_of(member.id).chosen_at > LONG_AGO


def test_what_one_may_not_read_is_refused_and_kept_once_it_was_chosen():
    gent, closed = make_space("Gent"), make_space("Genk", widest=Audience.SPACE)
    member, lotte = make_member(space=make_space("Aalst")), make_member("Lotte", space=gent)
    talk = make_thread(gent, lotte, audience=Audience.NETWORK)
    who = actor(member)
    chosen = {"spaces": {closed.id: Delivery.NOTHING}, "threads": {talk.id: Delivery.AT_ONCE}}
    subscriptions.choose(who, frequency=Frequency.WEEKLY, **chosen)
    closed.unlisted_at, talk.audience = LONG_AGO, Audience.SPACE
    db.session.flush()
    for field, wanted in chosen.items():
        with pytest.raises(Invalid) as refused:
            subscriptions.choose(who, frequency=Frequency.DAILY, **{field: wanted})
        assert refused.value.field == field
    assert subscriptions.choice_of(member.id).frequency == Frequency.WEEKLY
    # A page that no longer shows them cannot say anything of them.
    subscriptions.choose(who, frequency=Frequency.WEEKLY)
    kept = subscriptions.preferences_of(member.id)
    assert (dict(kept.spaces), dict(kept.threads)) == (chosen["spaces"], chosen["threads"])
    closed.unlisted_at, talk.audience = None, Audience.NETWORK
    db.session.flush()
    subscriptions.choose(who, frequency=Frequency.WEEKLY)
    assert subscriptions.preferences_of(member.id).spaces == {}


def test_stopping_works_twice_and_without_a_choice():
    member = make_member()
    subscriptions.stop(member.id)
    subscriptions.stop(member.id)
    assert subscriptions.choice_of(member.id).frequency == Frequency.NEVER


def test_stopping_somebody_who_is_gone_does_nothing():
    subscriptions.stop(999_999)


def test_only_her_own_spaces_are_offered():
    space = make_space()
    make_space("Gent")
    assert spaces.of_member(actor(make_member(space=space))) == [space]
