"""A thread is closed and reopened by the moderators of its space."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import locking
from forum.domain.threads import threads
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Role
from forum.policy.errors import Conflict, Forbidden
from tests.factories import actor, make_member, make_space, make_thread


def test_a_closed_thread_takes_no_words_until_it_is_reopened(gent, leen, moderator):
    thread = make_thread(gent, leen)
    locking.lock(actor(moderator), thread.id, reason="Done, a lesson is being made")
    with pytest.raises(Forbidden):
        threads.reply(actor(leen), thread.id, body="One more", idempotency_key="a")
    with pytest.raises(Conflict):
        locking.lock(actor(moderator), thread.id)
    assert [each.id for each in locking.closed_threads(actor(moderator), gent.id)] == [thread.id]
    locking.reopen(actor(moderator), thread.id)
    assert threads.reply(actor(leen), thread.id, body="One more", idempotency_key="a").number == 2
    with pytest.raises(Conflict):
        locking.reopen(actor(moderator), thread.id)


def test_only_a_moderator_of_the_space_closes_and_reopens(gent, leen, moderator):
    thread = make_thread(gent, leen)
    elsewhere = make_member("Els", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    for verb in (locking.lock, locking.reopen):
        for person in (leen, elsewhere):
            before = thread.locked_at
            with pytest.raises(Forbidden):
                verb(actor(person), thread.id)
            assert thread.locked_at == before
        verb(actor(moderator), thread.id)
    assert thread.locked_at is None


def test_closing_and_reopening_are_in_the_log_with_the_reason_that_was_given(gent, leen, moderator):
    thread = make_thread(gent, leen)
    locking.lock(actor(moderator), thread.id, reason="Done for now")
    locking.reopen(actor(moderator), thread.id)
    locking.lock(actor(moderator), thread.id)
    lines = db.session.scalars(select(ModerationAction).order_by(ModerationAction.id)).all()
    assert [(line.action, line.reason, line.thread_id) for line in lines] == [
        (Action.LOCK, "Done for now", thread.id),
        (Action.REOPEN, "", thread.id),
        (Action.LOCK, "", thread.id),
    ]
