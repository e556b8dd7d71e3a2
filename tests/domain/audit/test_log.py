"""The moderation log: who reads it, page by page, and that it only grows."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from forum.domain.audit import log as audit_log
from forum.domain.moderation import locking
from forum.infra.db import db
from forum.models.moderation import ModerationAction
from forum.policy.errors import Forbidden
from tests.factories import actor, make_thread


def test_the_log_is_for_moderators_and_pages_by_key(gent, leen, moderator):
    thread = make_thread(gent, leen)
    for _turn in range(2):
        locking.lock(actor(moderator), thread.id)
        locking.reopen(actor(moderator), thread.id)
    first = audit_log.page(actor(moderator), gent.id, limit=3)
    rest = audit_log.page(actor(moderator), gent.id, limit=3, cursor=first.next_cursor)
    assert [line.action for line in first.rows + rest.rows] == ["reopen", "lock"] * 2
    assert first.rows[0].actor_name == "Wouter"
    assert first.rows[0].thread_title == thread.title
    with pytest.raises(Forbidden):
        audit_log.page(actor(leen), gent.id)


@pytest.mark.parametrize("statement", [
    update(ModerationAction).values(reason="another"),
    delete(ModerationAction),
], ids=["change", "remove"])  # fmt: skip
def test_the_database_refuses_to_rewrite_the_log(gent, leen, moderator, statement):
    locking.lock(actor(moderator), make_thread(gent, leen).id)
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(statement)
