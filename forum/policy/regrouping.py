"""Who may give a thread other readers in the name of its space."""

from forum.infra.i18n import _, lazy
from forum.models.threads import Thread
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor

ARCHIVED = lazy("This thread is in the archive. Take it out of the archive first.")


def may_regroup(actor: Actor | None, thread: Thread) -> Answer:
    """Give a thread another place or more readers, whoever wrote in it: moderators of the space where it stands."""
    answer = may_moderate(actor, thread.space_id)
    if not answer:
        return answer
    if thread.hidden_at is not None or thread.withdrawn_at is not None:
        return deny(_("The opening post is hidden or was taken back. You can no longer change this."))
    return deny(str(ARCHIVED)) if thread.archived_at is not None else YES


def may_archive(actor: Actor | None, thread: Thread) -> Answer:
    """Put a thread in the archive of its space: moderators of it, while its opening post can be read."""
    answer = may_moderate(actor, thread.space_id)
    gone = thread.hidden_at is not None or thread.withdrawn_at is not None or not thread.title
    return answer and (deny(_("The opening post is hidden or was taken back.")) if gone else answer)
