"""What the log says of a whole thread goes with the account of whoever began it, as what it says of a post."""

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.audit import own, reasons
from forum.domain.audit.kinds import EXPLAINED
from forum.infra.db import db
from forum.models.moderation import ActionReason, ModerationAction
from tests.factories import actor, make_member, make_thread

pytestmark = pytest.mark.both_databases
WHY = "Her brother drinks."
TO_AUTHORS = sorted(EXPLAINED)


@pytest.mark.parametrize("action", TO_AUTHORS, ids=lambda action: action.value)
def test_the_reason_that_the_author_of_a_thread_reads_is_emptied_with_their_account(
    gent, leen, moderator, action
):
    noor = make_member("Noor", space=gent)
    for author in (leen, noor):
        audit_log.record(actor(moderator), action, thread=make_thread(gent, author), reason=WHY)
    assert [line.reason for line in own.page(actor(leen)).rows] == [WHY]
    reasons.erase(leen.id)
    db.session.expire_all()
    query = select(ActionReason.words, ActionReason.salt != "").order_by(ActionReason.action_id)
    assert [tuple(row) for row in db.session.execute(query)] == [("", False), (WHY, True)]
    digests = db.session.scalars(select(ModerationAction.reason_digest)).all()
    assert [bool(digest) for digest in digests] == [True, True], "the lines stay"
    assert [line.reason for line in own.page(actor(noor)).rows] == [WHY]
