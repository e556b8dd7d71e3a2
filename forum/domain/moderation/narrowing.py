"""Change who may read a thread. Published lessons keep what they quote: each excerpt has its right since its seal."""

from forum.domain.audit import log as audit_log
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.moderation import Action
from forum.models.spaces import Audience, Space
from forum.models.threads import Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden, Invalid


def set_audience(actor: Actor, thread_id: int, *, audience: Audience) -> Thread:
    """Let fewer members read a thread, as its moderator; or more, as its author while nobody else has posted in it.

    NotFound, Forbidden, Invalid at `audience`.
    """
    thread = post_store.locked_thread(actor, thread_id)
    audience = Audience(audience)
    if audience == thread.audience:
        return thread
    only_author = thread.author_id == actor.id and not post_store.others_wrote(thread)
    if audience.rank < thread.audience.rank:
        if not only_author:
            require(may_moderate(actor, thread.space_id))
        action = Action.NARROW
    else:
        if thread.author_id != actor.id:
            raise Forbidden(_("Only the person who started this thread can let more people read it."))
        if not only_author:
            raise Forbidden(
                _(
                    "Others wrote here for the people who could read it then, so you cannot let more people read it."
                )
            )
        if audience.rank > db.session.get_one(Space, thread.space_id).widest_audience.rank:
            raise Invalid("audience", _("Threads in this space cannot have that many readers."))
        action = Action.WIDEN
    thread.audience = audience
    audit_log.record(actor, action, thread=thread)
    return thread
