"""What of a space may stand in mails: chosen by its moderators, asked by `mailing.mail_policy` for every mail."""

from forum.infra.db import db
from forum.models.spaces import MailPolicy, Space
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible


def chosen(actor: Actor, space_id: int) -> MailPolicy | None:
    """Return what the moderators of a space chose, None for as usual; for them alone: NotFound, Forbidden."""
    return _moderated(actor, space_id).mail_policy


def choose(actor: Actor, space_id: int, policy: MailPolicy | None) -> None:
    """Choose how much of the space may stand in mails, None for as usual; NotFound, Forbidden."""
    space = _moderated(actor, space_id)
    space.mail_policy = MailPolicy(policy) if policy is not None else None
    db.session.flush()


def _moderated(actor: Actor, space_id: int) -> Space:
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    return space
