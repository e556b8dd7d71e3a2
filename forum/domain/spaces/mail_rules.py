"""What of a space may stand in mails: chosen by its moderators, asked by `mailing.mail_policy` for every mail."""

from forum.domain.audit import log as audit_log
from forum.infra.db import db
from forum.models.moderation import Action
from forum.models.spaces import MailPolicy, Space
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible


def chosen(actor: Actor, space_id: int) -> MailPolicy | None:
    """Return what the moderators of a space chose, None for as usual; for them alone: NotFound, Forbidden."""
    return _moderated(actor, space_id).mail_policy


def choose(actor: Actor, space_id: int, policy: MailPolicy | None) -> None:
    """Choose how much of the space may stand in mails, None for as usual; the log says so. NotFound, Forbidden.

    Choosing again what was chosen before takes it back.
    """
    space = _moderated(actor, space_id, lock=True)
    before = space.mail_policy
    if policy == before:
        return
    space.mail_policy = policy
    db.session.flush()
    codes = " ".join(audit_log.USUAL if one is None else one.value for one in (before, policy))
    audit_log.record(actor, Action.MAIL_POLICY, space_id=space.id, reason=codes)


def _moderated(actor: Actor, space_id: int, *, lock: bool = False) -> Space:
    space: Space = get_visible(Space, actor, space_id, lock=lock)
    require(may_moderate(actor, space.id))
    return space
