"""Who may report a post, settle what others reported, object to a hidden post, and decide on that."""

from dataclasses import dataclass

from forum.infra.i18n import _
from forum.models.threads import Post
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor


@dataclass(frozen=True, slots=True)
class SettlerFacts:
    """What somebody is to a post that others reported, or of which the author objects.

    `is_deputy`: of its space, of which the only moderator wrote the post, or has to leave it to somebody else.
    `alone`: all that is open they reported themselves. `another`: somebody else moderates the space
    who did not write it.
    """

    is_deputy: bool = False
    alone: bool = False
    another: bool = False


def may_report_post(actor: Actor | None, post: Post) -> Answer:
    """Report a post to the moderators: whoever reads it, also without an account, but its author."""
    if actor is not None and actor.id == post.author_id:
        return deny(_("This is your own post: you can change it or take it back."))
    if post.hidden_at is not None or post.deleted_at is not None:
        return deny(_("This post is hidden or was taken back already."))
    return YES


def may_settle(actor: Actor | None, post: Post, space_id: int, facts: SettlerFacts) -> Answer:
    """Settle what was reported of a post: a moderator of its space, or its deputy, but never its author.

    Nor who alone reported it, where another moderator can.
    """
    answer = may_moderate(actor, space_id)
    if not answer and not facts.is_deputy:
        return answer
    if actor is not None and actor.id == post.author_id:
        return deny(_("This is your own post: somebody else looks after it."))
    if facts.alone and facts.another:
        return deny(_("You reported this post yourself: another moderator of this space settles it."))
    return YES


def may_object(actor: Actor | None, post: Post, *, is_made: bool) -> Answer:
    """Object to a hidden post: its author, once for each time that it is hidden (`is_made`: they did)."""
    if actor is None or actor.id != post.author_id:
        return deny(_("Only its author can object."))
    if post.hidden_at is None or post.deleted_at is not None or post.hidden_by_id == actor.id:
        return deny(_("This post is not hidden."))
    return deny(_("You objected already. You hear what comes of it.")) if is_made else YES


def may_decide_objection(actor: Actor | None, post: Post, space_id: int, facts: SettlerFacts) -> Answer:
    """Decide on an objection: a moderator of the space who did not hide the post, or its deputy; never its author."""
    answer = may_moderate(actor, space_id)
    if not answer and not facts.is_deputy:
        return answer
    if actor is not None and actor.id == post.author_id:
        return deny(_("This is your own post: somebody else looks after it."))
    if actor is not None and actor.id == post.hidden_by_id:
        return deny(_("You hid this post yourself: somebody else looks at the objection."))
    return YES
