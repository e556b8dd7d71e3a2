"""A thread is closed and reopened by the moderators of its space."""

import pytest

from forum.domain.moderation import locking
from forum.domain.threads import threads
from forum.models.spaces import Role
from forum.policy.errors import Conflict, Forbidden
from tests.factories import actor, make_member, make_space, make_thread


@pytest.fixture
def gent():
    return make_space("Gent", city="gent")


@pytest.fixture
def leen(gent):
    return make_member("Leen", space=gent)


@pytest.fixture
def mo(gent):
    return make_member("Mo", space=gent, role=Role.MODERATOR)


def test_a_closed_thread_takes_no_words_until_it_is_reopened(gent, leen, mo):
    thread = make_thread(gent, leen)
    locking.lock(actor(mo), thread.id, reason="Done, a lesson is being made")
    with pytest.raises(Forbidden):
        threads.reply(actor(leen), thread.id, body="One more", idempotency_key="a")
    with pytest.raises(Conflict):
        locking.lock(actor(mo), thread.id)
    assert [talk.id for talk in locking.closed_threads(actor(mo), gent.id)] == [thread.id]
    locking.reopen(actor(mo), thread.id)
    assert threads.reply(actor(leen), thread.id, body="One more", idempotency_key="a").number == 2
    with pytest.raises(Conflict):
        locking.reopen(actor(mo), thread.id)
