"""Lines of the moderation log stay, with what points at them, when it gets more kinds of lines (0016 to 0031).

On the way through 0018 a notification of a kind that the code of before does not know is not taken for another.
"""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from forum.domain.audit import log as audit_log
from forum.domain.moderation import locking
from forum.domain.spaces import mail_rules, notes
from forum.domain.threads import classification
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.classification import ThreadChange
from forum.models.moderation import Action, ModerationAction
from forum.models.notifications import Notification
from forum.models.spaces import MailPolicy, Role
from tests.domain.digests.test_digests import make_lesson
from tests.factories import actor, make_member, make_space, make_thread
from tests.notices import tell

pytestmark = pytest.mark.live
LINES = select(ModerationAction.id, ModerationAction.action, ModerationAction.reason).order_by(
    ModerationAction.id
)
POINTED = select(ThreadChange.id, ThreadChange.action_id).order_by(ThreadChange.id)


def test_lines_and_what_points_at_them_stay_on_the_way_down_and_up(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        wouter = make_member("Wouter", space=gent, role=Role.MODERATOR)
        thread = make_thread(gent, make_member("Leen", space=gent))
        classification.classify(actor(wouter), thread.id, need=thread.need, axis=thread.axis, tags=["fiets"])
        locking.lock(actor(wouter), thread.id)
        before = db.session.execute(LINES).all()
        pointed = db.session.execute(POINTED).all()
        assert len(before) == 2
        removed = audit_log.record(
            actor(wouter), Action.REMOVE, space_id=gent.id, subject_id=wouter.id, reason="Left."
        ).id
        assert any(row.action_id for row in pointed)
        mail_rules.choose(actor(wouter), gent.id, MailPolicy.LINK)
        audit_log.record(actor(wouter), Action.CONFIRM_CAPACITY, space_id=gent.id, subject_id=wouter.id)
        audit_log.record(
            actor(wouter), Action.HAND_OVER, space_id=gent.id, subject_id=wouter.id, reason="lesson"
        )
        notes.write(actor(wouter), gent.id, title="How we work", body="We meet on Monday.")
        lesson = make_lesson(gent, wouter)
        for kind in ("cited", "returned"):
            tell(wouter, kind, lesson_id=lesson.id)
        db.session.commit()
        db.session.remove()
        downgrade(revision="0015")
        upgrade()
        # A removal is the kind that it was before 0017.
        before += [(removed, Action.ROLE, "Left."), (removed + 1, Action.MAIL_POLICY, "usual link")]
        assert db.session.execute(LINES).all() == before, (
            "of kinds that the code of before does not know is no line left"
        )
        assert db.session.execute(POINTED).all() == pointed
        assert db.session.scalars(select(Notification.kind)).all() == ["cited"]
        member = db.session.scalars(select(Member.id).where(Member.name == "Wouter")).one()
        with pytest.raises(DatabaseError):
            db.session.execute(update(ModerationAction).values(actor_id=member))
        db.session.rollback()
