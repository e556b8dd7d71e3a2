"""A thread gets another space: the one core of a move, whoever does it, once it is known that they may."""

from collections.abc import Sequence

from forum.domain.threads import left_behind, post_store
from forum.infra import clock
from forum.infra.db import db
from forum.models.classification import Part, ThreadChange
from forum.models.spaces import Audience, Space
from forum.models.threads import Thread
from forum.policy.actors import Actor


def place(
    actor: Actor, thread: Thread, space: Space, *, audience: Audience, action_id: int | None = None
) -> Audience:
    """Give a locked thread its space and its readers there; return which ones it had.

    `action_id` is the line of the log about it. What is for the moderators of the space where it stood stays with them.
    """
    keep(actor, thread, [(Part.SPACE, str(thread.space_id), str(space.id))], action_id=action_id)
    left_behind.leave(thread)
    before, thread.space_id, thread.audience = Audience(thread.audience), space.id, audience
    post_store.begin_history_anew(thread)
    db.session.flush()
    return before


def keep(
    actor: Actor, thread: Thread, changes: Sequence[tuple[Part, str, str]], *, action_id: int | None = None
) -> None:
    """Keep what changed; `thread` still stands where it stood before."""
    now = clock.now()
    db.session.add_all(
        ThreadChange(
            thread_id=thread.id,
            editor_id=actor.id,
            space_id=thread.space_id,
            action_id=action_id,
            part=part,
            before=before,
            after=after,
            changed_at=now,
        )
        for part, before, after in changes
        if before != after
    )
    db.session.flush()
