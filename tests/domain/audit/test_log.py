"""The moderation log: who reads it, page by page, as what somebody acted, why, and that it only grows."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from forum.domain.audit import kinds, reasons
from forum.domain.audit import log as audit_log
from forum.domain.moderation import hiding, locking
from forum.domain.people import accounts
from forum.domain.spaces import mail_rules
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.moderation import Action, ActionReason, ActorRole, ModerationAction
from forum.models.spaces import Audience, MailPolicy
from forum.models.threads import Post
from forum.policy.errors import Forbidden
from tests import other_readers
from tests.factories import actor, make_member, make_post, make_thread


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
    update(ModerationAction).values(reason_digest="another"),
    delete(ModerationAction),
], ids=["change", "remove"])  # fmt: skip
def test_the_database_refuses_to_rewrite_the_log(gent, leen, moderator, statement):
    locking.lock(actor(moderator), make_thread(gent, leen).id)
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(statement)


def test_a_line_says_as_what_somebody_acted(gent, leen, moderator):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    locking.lock(actor(moderator), thread.id)
    locking.reopen(actor(moderator), thread.id)
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    own = make_thread(gent, moderator, audience=Audience.SPACE)
    other_readers.set_audience(actor(moderator), own.id, audience=Audience.NETWORK)
    admin = make_member("Ada", network_role=NetworkRole.ADMIN)
    editor = make_member("Ed", network_role=NetworkRole.EDITOR)
    accounts.suspend(actor(admin), leen.id, reason="Not who they say.")
    audit_log.record(actor(editor), Action.CAHIER, reason="made 1")
    audit_log.record(None, Action.HIDE, thread=thread, post_number=1)
    found = db.session.scalars(db.select(ModerationAction).order_by(ModerationAction.id)).all()
    assert [(line.action, line.role) for line in found] == [
        (Action.LOCK, ActorRole.MODERATOR),
        (Action.REOPEN, ActorRole.MODERATOR),
        (Action.WIDEN, ActorRole.AUTHOR),
        (Action.WIDEN, ActorRole.AUTHOR),  # of their own thread, although they moderate there
        (Action.SUSPEND, ActorRole.ADMINISTRATOR),
        (Action.CAHIER, ActorRole.EDITOR),
        (Action.HIDE, ActorRole.FORUM),
    ]
    assert found[-1].post_id == db.session.scalar(db.select(db.func.min(Post.id)))
    lines = audit_log.page(actor(moderator), gent.id).rows
    assert [line.actor_name for line in lines[:2]] == ["Het forum", "Wouter"]


def test_words_of_a_reason_stand_apart_and_can_only_be_emptied(gent, leen, moderator):
    thread = make_thread(gent, leen)
    post = make_post(thread, leen, "He lives in the Veldstraat.")
    hiding.hide(actor(moderator), post.id, reason="An address")
    locking.lock(actor(moderator), thread.id, reason="Done")
    locking.lock(actor(moderator), make_thread(gent, leen).id)
    mail_rules.choose(actor(moderator), gent.id, MailPolicy.LINK)
    hidden, locked, without, coded = db.session.scalars(
        db.select(ModerationAction).order_by(ModerationAction.id)
    )
    kept = {one.action_id: one for one in db.session.scalars(db.select(ActionReason))}
    assert {number: one.words for number, one in kept.items()} == {hidden.id: "An address", locked.id: "Done"}
    assert (
        hidden.reason_digest == reasons.digest_of("An address", kept[hidden.id].salt) != locked.reason_digest
    )
    assert (without.reason_digest, without.code) == ("", "")
    assert (coded.code, coded.reason_digest) == ("usual link", "")
    assert [line.reason for line in (hidden, locked, without, coded)] == [
        "An address",
        "Done",
        "",
        "usual link",
    ]
    for statement in (
        update(ActionReason).values(words="Another"),
        update(ActionReason).values(words=""),
        delete(ActionReason),
    ):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(statement)
    reasons.erase(leen.id)  # of whom only the post was hidden
    db.session.expire_all()
    assert {one.action_id: one.words + one.salt for one in kept.values()} == {
        hidden.id: "", locked.id: kept[locked.id].words + kept[locked.id].salt,
    }  # fmt: skip
    assert [line.reason for line in audit_log.page(actor(moderator), gent.id).rows[1:]] == ["", "Done", ""]
    reasons.erase(moderator.id)
    db.session.expire_all()
    assert {one.words + one.salt for one in kept.values()} == {""}


def test_each_kind_says_what_it_is_and_who_reads_of_it():
    assert set(kinds.KINDS) == set(Action)
    assert set(kinds.DOERS) == set(kinds.ROLES) == set(ActorRole)
    about_people = {
        Action.ROLE, Action.REMOVE, Action.SUSPEND, Action.READMIT, Action.CONFIRM_CAPACITY,
        Action.REFUSE_CAPACITY, Action.END_CAPACITY, Action.HAND_OVER,
    }  # fmt: skip
    assert not about_people & (kinds.FOR_MEMBERS | kinds.FOR_AUTHORS)
