"""What a member chose for her digest, and what she did not choose."""

import pytest

from forum.domain.digests import subscriptions
from forum.domain.spaces import spaces
from forum.infra import clock
from forum.infra.db import db
from forum.models.subscriptions import Delivery, Frequency, Subscription
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
        actor(member), frequency=Frequency.DAILY, space_ids=[space.id, other.id], axes=[Axis.DENSITY]
    )
    subscriptions.choose(actor(member), frequency=Frequency.WEEKLY, space_ids=[other.id], axes=[])
    wishes = subscriptions.preferences_of(member.id)
    assert (wishes.frequency, dict(wishes.spaces), dict(wishes.axes)) == (
        Frequency.WEEKLY,
        {other.id: Delivery.DIGEST},
        {},
    )


def test_what_many_chose_is_read_in_as_few_queries_as_for_one(count_queries):
    space = make_space()
    people = [make_member(space=space) for _ in range(6)]
    thread = make_thread(space, people[0])
    for member in people[:4]:
        subscriptions.choose(actor(member), frequency=Frequency.DAILY, axes=[Axis.DENSITY])
    db.session.add(Subscription(member_id=people[5].id, thread_id=thread.id, delivery=Delivery.AT_ONCE))
    db.session.flush()
    with count_queries() as one:
        assert subscriptions.preferences_of_many([people[0].id]).keys() == {people[0].id}
    with count_queries() as many:
        chose = subscriptions.preferences_of_many([member.id for member in people])
    assert one.count == many.count == 2
    assert chose[people[3].id].frequency == Frequency.DAILY
    assert chose[people[3].id].axes[Axis.DENSITY] == Delivery.DIGEST
    assert chose[people[3].id].axes[Axis.STRATEGY] == Delivery.NOTHING
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
    subscriptions.choose(actor(member), frequency=Frequency.WEEKLY, axes=[Axis.DENSITY])
    assert subscriptions.choice_of(member.id).chosen_at == LONG_AGO
    subscriptions.choose(actor(member), frequency=Frequency.MONTHLY)
    assert subscriptions.choice_of(member.id).chosen_at > LONG_AGO


def test_a_space_of_others_is_refused():
    member, closed = make_member(space=make_space()), make_space("Aalst")
    with pytest.raises(Invalid) as refused:
        subscriptions.choose(actor(member), frequency=Frequency.WEEKLY, space_ids=[closed.id])
    assert refused.value.field == "spaces"
    assert subscriptions.choice_of(member.id) is None


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
