"""Who may take words away for everybody: delete a post, leave words out of one, give a thread another title."""

from forum.infra.i18n import _
from forum.models.threads import Post, Thread
from forum.policy.actions import YES, Answer, deny, may_moderate
from forum.policy.actors import Actor


def may_leave_out(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Leave words out of a post that stands: moderators of the thread's space, but not of their own."""
    answer = may_moderate(actor, thread.space_id)
    if answer and actor is not None and post.author_id == actor.id:
        return deny(_("This is your own post: you can change it."))
    gone = post.hidden_at or post.deleted_at
    return answer and (deny(_("This post is already hidden or taken back.")) if gone else YES)


def may_delete_post(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Delete a post for everybody: moderators of the thread's space, but not their own; a hidden one too."""
    answer = may_moderate(actor, thread.space_id)
    if answer and actor is not None and post.author_id == actor.id:
        return deny(_("You can take your own post back."))
    gone = post.sealed_at or post.deleted_at
    return answer and (deny(_("This post is already deleted or taken back.")) if gone else YES)


def may_retitle(actor: Actor | None, thread: Thread) -> Answer:
    """Give a thread another title: moderators of its space, but not of their own, which they edit."""
    answer = may_moderate(actor, thread.space_id)
    if answer and actor is not None and thread.author_id == actor.id:
        return deny(_("This is your own thread: you can edit the opening post."))
    gone = thread.hidden_at or thread.withdrawn_at or not thread.title
    return answer and (deny(_("The opening post is hidden or was taken back.")) if gone else YES)


def may_object_to_leaving_out(actor: Actor | None, post: Post, *, is_final: bool, is_made: bool) -> Answer:
    """Object to words left out: the author of the post, once, when nobody can undo it any more (`is_final`)."""
    if actor is None or actor.id != post.author_id:
        return deny(_("Only its author can object."))
    if post.sealed_at is not None or post.deleted_at is not None or not is_final:
        return deny(_("There is nothing to object to."))
    return deny(_("You objected already. You hear what comes of it.")) if is_made else YES


def may_decide_on_leaving_out(
    actor: Actor | None, post: Post, thread: Thread, *, left_out_by: int | None, is_deputy: bool
) -> Answer:
    """Decide on such an objection: a moderator of the space who did not leave the words out, or its deputy.

    Never the author of the post.
    """
    answer = may_moderate(actor, thread.space_id)
    if not answer and not is_deputy:
        return answer
    if actor is not None and actor.id == post.author_id:
        return deny(_("This is your own post: somebody else looks after it."))
    if actor is not None and actor.id == left_out_by:
        return deny(_("You left the words out yourself: somebody else looks at the objection."))
    return YES
