"""An author moves their own thread, in which nobody else took part: after a dry run, as it was shown."""

from forum.domain.held_posts import moving_in
from forum.domain.regrouping import dry_run, moving, refusals
from forum.domain.regrouping.dry_run import DryRun
from forum.domain.regrouping.moving import Chosen
from forum.domain.threads import classification, post_store
from forum.models.threads import Thread
from forum.policy.actors import Actor


def asked(actor: Actor, thread_id: int, chosen: Chosen) -> DryRun:
    """Return what a move would do, before it, or why it cannot be done now; errors as of `move`."""
    thread = classification.to_move(actor, thread_id)
    regrouping = moving.checked(actor, thread, chosen)
    return dry_run.of(actor, regrouping, refusals.of_own_move(actor, regrouping))


def move(actor: Actor, thread_id: int, chosen: Chosen, *, seen: str | None) -> Thread:
    """Move one's own thread; there already, nothing happens. `seen` is the digest of the dry run.

    NotFound, Forbidden, Invalid at `audience`, Conflict where something keeps it there or changed since, TooOften.
    """
    thread = post_store.locked_thread(actor, thread_id)
    classification.to_move(actor, thread_id)
    if (thread.space_id, thread.audience) == (chosen.space_id, chosen.audience):  # the same press, sent twice
        return thread
    regrouping = moving.checked(actor, thread, chosen)
    refusals.require(refusals.of_own_move(actor, regrouping))
    dry_run.require_same(dry_run.of(actor, regrouping), seen)
    return moving_in.move(actor, thread_id, chosen.space_id, audience=regrouping.after.audience)
