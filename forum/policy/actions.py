"""Who may do what with one row that the actor may see. A "no" carries the sentence that the page shows."""

from dataclasses import dataclass

from forum.infra.i18n import _
from forum.models.accounts import NetworkRole
from forum.models.lessons import Lesson, LessonState
from forum.models.spaces import Audience, Role, Space
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, or no with a reason; true or false in a condition."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Answer(True)


def deny(reason: str) -> Answer:
    """Return a refusal with the sentence that the page shows."""
    return Answer(False, reason)


def require(answer: Answer) -> None:
    """Raise Forbidden, with the reason, unless the answer is yes."""
    if not answer:
        raise Forbidden(answer.reason)


def _signed_in(actor: Actor | None) -> Answer:
    if actor is None:
        return deny(_("Sign in to do this."))
    if actor.approved_at is None:
        return deny(_("A moderator still has to let you in."))
    return YES


def may_moderate(actor: Actor | None, space_id: int) -> Answer:
    """Moderate one space: its moderators only."""
    if actor is not None and actor.roles.get(space_id) == Role.MODERATOR:
        return YES
    return deny(_("Only a moderator of this space can do this."))


def may_administer(actor: Actor | None) -> Answer:
    """Change what the whole network shares: accounts, labels. Its administrators only."""
    if actor is not None and NetworkRole.ADMIN in actor.network_roles:
        return YES
    return deny(_("Only an administrator of the network can do this."))


def may_start(actor: Actor | None, space: Space) -> Answer:
    """Start a thread: everyone who belongs to the space, guests included."""
    answer = _signed_in(actor)
    if actor is None or not answer:
        return answer
    return YES if space.id in actor.roles else deny(_("You do not belong to this space."))


def may_reply(actor: Actor | None, thread: Thread) -> Answer:
    """Reply: everyone who may read the thread and takes part in the network, unless it is locked."""
    gone = _("The opening post is hidden or was taken back. You can no longer reply.")
    return _may_write_in(actor, thread, gone=gone)


def _may_write_in(actor: Actor | None, thread: Thread, *, gone: str) -> Answer:
    answer = _signed_in(actor)
    if not answer:
        return answer
    if thread.locked_at is not None:
        return deny(_("A moderator has closed this thread."))
    if thread.hidden_at is not None or thread.withdrawn_at is not None:
        return deny(gone)
    return YES


def may_edit(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Change one's own post while it stands and the thread is open."""
    if actor is None or post.author_id != actor.id:
        return deny(_("Only its author can change a post."))
    if post.hidden_at is not None:
        return deny(_("A moderator has hidden this post."))
    if post.deleted_at is not None:
        return deny(_("You took this post back."))
    if thread.locked_at is not None:
        return deny(_("A moderator has closed this thread."))
    return YES


def may_delete(actor: Actor | None, post: Post) -> Answer:
    """Withdraw one's own post, also when the thread is locked."""
    if actor is None or post.author_id != actor.id:
        return deny(_("Only its author can take a post back."))
    return deny(_("You took this post back.")) if post.deleted_at is not None else YES


def may_put_back(actor: Actor | None, post: Post) -> Answer:
    """Show one's own withdrawn post again, unless a moderator hid it."""
    if actor is None or post.author_id != actor.id:
        return deny(_("Only its author can put a post back."))
    if post.hidden_at is not None:
        return deny(_("A moderator has hidden this post."))
    return YES if post.deleted_at is not None else deny(_("This post was not taken back."))


def may_hide(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Hide a post that stands: moderators of the thread's space."""
    answer = may_moderate(actor, thread.space_id)
    if not answer:
        return answer
    return deny(_("This post is already hidden or taken back.")) if post.hidden_at or post.deleted_at else YES


def may_restore(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Show a hidden post again: moderators of the thread's space."""
    answer = may_moderate(actor, thread.space_id)
    if not answer:
        return answer
    return YES if post.hidden_at is not None else deny(_("This post is not hidden."))


def may_classify(actor: Actor | None, thread: Thread) -> Answer:
    """Change need, axis and tags: its author while they may reply, and moderators of its space."""
    gone = _("The opening post is hidden or was taken back. You can no longer change this.")
    if not may_moderate(actor, thread.space_id):
        if actor is None or thread.author_id != actor.id:
            return deny(_("Only the author of this thread or a moderator of this space can change this."))
        answer = _may_write_in(actor, thread, gone=gone)
        if not answer:
            return answer
    # The tags belong to the opening post: once its author took it back, nobody reads or changes them.
    return YES if thread.title else deny(gone)


def may_move(actor: Actor | None, thread: Thread, *, others_wrote: bool) -> Answer:
    """Move a thread to another space: its author, while they may reply and nobody else has posted in it."""
    if actor is None or thread.author_id != actor.id:
        return deny(_("Only the author of this thread can move it."))
    gone = _("The opening post is hidden or was taken back. You can no longer change this.")
    answer = _may_write_in(actor, thread, gone=gone)
    if not answer:
        return answer
    if others_wrote:
        return deny(_("Others have posted here for the people of this space, so the thread stays here."))
    return YES


def may_curate(actor: Actor | None, thread: Thread) -> Answer:
    """Make a lesson from a thread: moderators of its space."""
    return may_moderate(actor, thread.space_id)


def may_edit_draft(actor: Actor | None, lesson: Lesson) -> Answer:
    """Write in a draft: moderators of the lesson's space, while it is not in review and nobody is asked about it."""
    answer = may_moderate(actor, lesson.space_id)
    if not answer:
        return answer
    if lesson.round_id is not None:
        return deny(_("The authors of its excerpts are being asked for permission: its text stays as it is."))
    if lesson.state == LessonState.IN_REVIEW:
        return deny(_("This version is being reviewed."))
    return YES if lesson.working_id is not None else deny(_("There is no draft to work on."))


def may_review(
    actor: Actor | None, lesson: Lesson, *, own_cities: set[str], origin_cities: set[str]
) -> Answer:
    """Publish or return a version: never its curator, from elsewhere once it leaves its space.

    `own_cities` are the cities the actor speaks for today, `origin_cities` those of the lesson's space and curator.
    """
    answer = _signed_in(actor)
    if actor is None or not answer:
        return answer
    if lesson.state != LessonState.IN_REVIEW:
        return deny(_("This lesson is not waiting for a review."))
    if actor.id == lesson.curator_id:
        return deny(_("You made this lesson yourself: somebody else has to publish it."))
    if lesson.audience == Audience.SPACE:
        return may_moderate(actor, lesson.space_id)
    if not (actor.moderates or actor.network_roles):
        return deny(_("Only a moderator can publish a lesson."))
    if lesson.audience == Audience.PUBLIC and NetworkRole.EDITOR not in actor.network_roles:
        return deny(_("A lesson for everybody is published by an editor of the network."))
    if own_cities & origin_cities:
        return deny(_("A lesson that leaves its space is published by somebody from another city."))
    return YES
