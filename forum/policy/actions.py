"""Who may do what with one row that the actor may see. A "no" carries the sentence that the page shows."""

from dataclasses import dataclass

from forum.infra.i18n import _
from forum.models.accounts import NetworkRole
from forum.models.spaces import Role, Space
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden
from forum.policy.measures import refusal, refusal_unseen


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


def signed_in(actor: Actor | None) -> Answer:
    """Take part at all: whoever signed in, and was let in by a moderator."""
    if actor is None:
        return deny(_("Sign in to do this."))
    if actor.approved_at is None:
        return deny(_("A moderator still has to let you in."))
    return YES


def takes_part(actor: Actor | None, space_id: int) -> Answer:
    """Take part in a space: whoever signed in and was let in, and may write there now (no moderator muted them)."""
    answer = signed_in(actor)
    if actor is None or not answer:
        return answer
    return deny(why) if (why := refusal(actor, space_id)) else YES


def may_moderate(actor: Actor | None, space_id: int) -> Answer:
    """Moderate one space: its moderators only."""
    if actor is not None and actor.roles.get(space_id) == Role.MODERATOR:
        return YES
    return deny(_("Only a moderator of this space can do this."))


def may_pin_notes(actor: Actor | None, space_id: int) -> Answer:
    """Pin notes to the page of a space, change, order and remove them: its moderators only."""
    if may_moderate(actor, space_id):
        return YES
    return deny(_("Only a moderator of this space can pin notes to its page."))


def may_administer(actor: Actor | None) -> Answer:
    """Change what the whole network shares: accounts, labels. Its administrators only."""
    if actor is not None and NetworkRole.ADMIN in actor.network_roles:
        return YES
    return deny(_("Only an administrator of the network can do this."))


def may_edit_network(actor: Actor | None) -> Answer:
    """Tend what the whole network shares, its tags and what people miss: editors of the network only."""
    if actor is not None and NetworkRole.EDITOR in actor.network_roles:
        return YES
    return deny(_("Only an editor of the network can do this."))


def may_start(actor: Actor | None, space: Space) -> Answer:
    """Start a thread: everyone who belongs to the space, guests included."""
    answer = takes_part(actor, space.id)
    if actor is None or not answer:
        return answer
    return YES if space.id in actor.roles else deny(_("You do not belong to this space."))


def may_reply(actor: Actor | None, thread: Thread) -> Answer:
    """Reply: everyone who may read the thread and takes part in the network, unless it is locked or archived."""
    gone = _("The opening post is hidden or was taken back. You can no longer reply.")
    return _may_write_in(actor, thread, gone=gone)


def may_respond(actor: Actor | None, thread: Thread) -> Answer:
    """Respond with one press to a story: everyone who may reply to it, but for its author."""
    gone = _("The opening post is hidden or was taken back. You can no longer respond.")
    answer = _may_write_in(actor, thread, gone=gone)
    if actor is None or not answer:
        return answer
    if actor.id == thread.author_id:
        return deny(_("This is your own story."))
    return YES if thread.title else deny(gone)


def may_nominate(actor: Actor | None, thread: Thread) -> Answer:
    """Say that there is a lesson in a thread: members of the network who may reply in it."""
    gone = _("The opening post is hidden or was taken back. You can no longer say this of it.")
    answer = _may_write_in(actor, thread, gone=gone)
    if actor is None or not answer:
        return answer
    if not actor.is_full:
        return deny(_("Only members of the network can say that there is a lesson in a thread."))
    return YES if thread.title else deny(gone)


def may_summarise(actor: Actor | None, thread: Thread, *, asked: bool) -> Answer:
    """Write where a thread stands: moderators of its space, and whom they asked while they may reply."""
    answer = signed_in(actor)
    if not answer:
        return answer
    if thread.hidden_at is not None or thread.withdrawn_at is not None:
        return deny(_("The opening post is hidden or was taken back. You can no longer change this."))
    if may_moderate(actor, thread.space_id):
        return YES
    if not asked:
        return deny(_("Only the moderators of this space, and whom they ask, can write this."))
    if actor is not None and (why := refusal_unseen(actor, thread.space_id)):
        return deny(why)
    return may_reply(actor, thread)


def closed(thread: Thread) -> str:
    """Return why nobody writes in a thread: it is archived, or a moderator closed it; "" where it is open."""
    if thread.archived_at is not None:
        return _("This thread is in the archive: it has come to an end.")
    return _("A moderator has closed this thread.") if thread.locked_at is not None else ""


def _may_write_in(actor: Actor | None, thread: Thread, *, gone: str) -> Answer:
    answer = takes_part(actor, thread.space_id)
    if not answer:
        return answer
    if why := closed(thread):
        return deny(why)
    if thread.hidden_at is not None or thread.withdrawn_at is not None:
        return deny(gone)
    return YES


def may_edit(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Change one's own post while it stands and the thread is open."""
    if actor is None or post.author_id != actor.id:
        return deny(_("Only its author can change a post."))
    if post.hidden_at is not None:
        return deny(_("This post is hidden."))
    if post.deleted_at is not None:
        return deny(_("You took this post back."))
    if why := closed(thread):
        return deny(why)
    return takes_part(actor, thread.space_id)


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
        return deny(_("This post is hidden."))
    return YES if post.deleted_at is not None else deny(_("This post was not taken back."))


def may_hide(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Hide a post that stands: moderators of the thread's space, but not their own."""
    answer = may_moderate(actor, thread.space_id)
    if answer and actor is not None and post.author_id == actor.id:
        return deny(_("You can take your own post back."))
    gone = post.hidden_at or post.deleted_at
    return answer and (deny(_("This post is already hidden or taken back.")) if gone else YES)


def may_restore(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Show a hidden post again: moderators of the thread's space, but not their own that somebody else hid."""
    answer = may_moderate(actor, thread.space_id)
    if answer and actor is not None and post.author_id == actor.id != post.hidden_by_id:
        return deny(_("This is your own post: somebody else looks after it."))
    gone = post.hidden_at is None or post.sealed_at is not None
    return answer and (YES if not gone else deny(_("This post is not hidden.")))


def may_hide_revision(actor: Actor | None, post: Post, thread: Thread) -> Answer:
    """Take an earlier text of a post out of its history: its author, and moderators of the thread's space."""
    if actor is not None and post.author_id == actor.id:
        return signed_in(actor)
    gone = post.hidden_at is not None or post.deleted_at is not None
    answer = deny(_("This post is already hidden or taken back.")) if gone else YES
    return may_moderate(actor, thread.space_id) and answer


def may_classify(actor: Actor | None, thread: Thread) -> Answer:
    """Change need, axis and tags: its author while they may reply, and moderators of its space."""
    gone = _("The opening post is hidden or was taken back. You can no longer change this.")
    if not may_moderate(actor, thread.space_id):
        if actor is None or thread.author_id != actor.id:
            return deny(_("Only the author of this thread or a moderator of this space can change this."))
        answer = _may_write_in(actor, thread, gone=gone)
        if not answer:
            return answer
        if why := refusal_unseen(actor, thread.space_id):  # tags are words that all read at once
            return deny(why)
    # The tags belong to the opening post: once its author took it back, nobody reads or changes them.
    return YES if thread.title else deny(gone)


def may_move(actor: Actor | None, thread: Thread, *, others_wrote: bool) -> Answer:
    """Move a thread to another space: its author, while they may reply and nobody else took part in it."""
    if actor is None or thread.author_id != actor.id:
        return deny(_("Only the author of this thread can move it."))
    gone = _("The opening post is hidden or was taken back. You can no longer change this.")
    answer = _may_write_in(actor, thread, gone=gone)
    if not answer:
        return answer
    if others_wrote:
        return deny(_("Others took part here for the people of this space, so the thread stays here."))
    return YES


def may_curate(actor: Actor | None, thread: Thread) -> Answer:
    """Make a lesson from a thread: moderators of its space."""
    return may_moderate(actor, thread.space_id)
