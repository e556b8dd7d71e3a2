"""The axis of a lesson whose thread has none yet: who begins the lesson chooses it, for both."""

from forum.domain.lessons import fields
from forum.domain.themes import tags
from forum.domain.threads import classification
from forum.infra.i18n import _
from forum.models.themes import Axis
from forum.models.threads import Thread
from forum.policy.actions import may_classify, may_curate, require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import get_visible


def asked_about(actor: Actor, thread_id: int) -> Thread:
    """Return the thread, for who may make a lesson from it; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_curate(actor, thread))
    return thread


def choose(actor: Actor, thread: Thread, axis: str | None) -> Axis:
    """Return the axis that was chosen, which the thread has from now on as well; Invalid at `axis`, TooOften.

    A thread without its opening words stays as it is: nobody says any more what it is about.
    """
    if not axis:
        raise Invalid("axis", _("Choose a theme."))
    chosen: Axis = fields.clean({"axis": axis})["axis"]
    if may_classify(actor, thread):
        names = [tag.name for tag in tags.of_thread(thread.id)]
        classification.classify(actor, thread.id, need=thread.need, axis=chosen, tags=names)
    return chosen
