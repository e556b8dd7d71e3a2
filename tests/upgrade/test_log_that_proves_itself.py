"""0057 moves reasons beside the log and back, says as what each acted; chains can be made of old lines."""

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select, text

from forum.domain.audit import chains, reasons
from forum.domain.audit import log as audit_log
from forum.domain.doctor import audit
from forum.domain.maintenance import triggers
from forum.domain.moderation import hiding, locking
from forum.domain.people import accounts
from forum.domain.spaces import mail_rules
from forum.domain.threads import classification
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.classification import ThreadChange
from forum.models.moderation import Action, ActionLink, ActionReason, ModerationAction
from forum.models.spaces import Audience, MailPolicy, Role
from migrations import log_lines
from tests import other_readers
from tests.conftest import POSTGRES
from tests.factories import actor, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.live
OF_BEFORE = text("SELECT id, action, reason FROM moderation_action ORDER BY id")
TODAY = text(
    "SELECT a.id, a.action, a.role, a.code, COALESCE(r.words, '') AS words, a.reason_digest, r.salt, p.number AS post,"
    " a.post_number FROM moderation_action a LEFT JOIN action_reason r ON r.action_id = a.id"
    " LEFT JOIN post p ON p.id = a.post_id ORDER BY a.id"
)


def asked(statement):
    found = db.session.execute(statement).all()
    db.session.remove()
    return found


def test_reasons_codes_and_roles_come_through_down_and_up(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        wouter = make_member("Wouter", space=gent, role=Role.MODERATOR)
        leen, ada = make_member("Leen", space=gent), make_member("Ada", network_role=NetworkRole.ADMIN)
        thread = make_thread(gent, leen, audience=Audience.SPACE)
        post = make_post(thread, leen)
        hiding.hide(actor(wouter), post.id, reason="Een ‘adres’ → weg; ünïcode 🙂")
        other_readers.set_audience(
            actor(leen), make_thread(gent, leen, audience=Audience.SPACE).id, audience=Audience.NETWORK
        )
        locking.lock(actor(wouter), thread.id)
        mail_rules.choose(actor(wouter), gent.id, MailPolicy.LINK)
        accounts.suspend(actor(ada), leen.id, reason="Gone")
        erased = locking.lock(actor(wouter), make_thread(gent, wouter).id, reason="About Leen")
        assert erased.locked_at is not None
        db.session.commit()
        before = asked(TODAY)
        chains.link()
        db.session.commit()
        audit_log.record(None, Action.LOCK, thread=thread)  # of nobody: it goes on the way back
        db.session.commit()
        for _round in range(2):
            downgrade(revision="0056")
            assert [tuple(row)[1:] for row in asked(OF_BEFORE)] == [
                ("hide", "Een ‘adres’ → weg; ünïcode 🙂"), ("widen", ""), ("lock", ""), ("mail_policy", "usual link"),
                ("suspend", "Gone"), ("lock", "About Leen"),
            ]  # fmt: skip
            upgrade()
            after = asked(TODAY)
            same = [
                (row.id, row.action, row.role, row.code, row.words, row.post, row.post_number)
                for row in after
            ]
            assert same == [(*row[:5], row.post, row.post_number) for row in before]
            assert [row.role for row in after] == [
                "moderator", "author", "moderator", "moderator", "administrator", "moderator",
            ]  # fmt: skip
            for row in after:
                assert (row.reason_digest or "") == (
                    reasons.digest_of(row.words, row.salt) if row.words else ""
                )
            assert chains.link() == len(after)
            db.session.commit()
            assert [*audit.chains_of_log(), *audit.reasons_in_log(), *audit.unlinked()] == []
            db.session.remove()


def test_lines_of_kinds_that_came_later_go_on_the_way_back_and_the_rest_can_be_linked_anew(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        wouter = make_member("Wouter", space=gent, role=Role.MODERATOR)
        thread = make_thread(gent, wouter)
        classification.classify(actor(wouter), thread.id, need=thread.need, axis=thread.axis, tags=["fiets"])
        leen = make_member("Leen", space=gent)
        other = make_thread(gent, leen)
        classification.classify(actor(wouter), other.id, need=other.need, axis=other.axis, tags=["fiets"])
        locking.lock(actor(wouter), thread.id, reason="Done")
        hiding.hide(actor(wouter), make_post(other, leen).id, reason="Names somebody")
        chains.link()
        db.session.commit()
        for kinds, left in ((("suspend",), (3, 3)), (("lock", "classify"), (1, 0))):
            with Operations.context(MigrationContext.configure(db.session.connection())):
                log_lines.forget(*kinds)
            db.session.commit()
            counts = (select(func.count()).select_from(model) for model in (ModerationAction, ActionLink))
            assert tuple(db.session.scalar(count) for count in counts) == left
        assert db.session.scalars(select(ActionReason.words)).all() == ["Names somebody"]
        assert db.session.scalars(select(ThreadChange.action_id)).all() in ([None], [None, None])
        assert chains.link() == 1
        db.session.commit()
        at_work = set(db.session.scalars(text(triggers.at_work(is_sqlite=not POSTGRES))))
        assert at_work == set(triggers.ours("postgresql" if POSTGRES else "sqlite"))
        db.session.remove()
