"""An act that would give posts other readers, before anybody does it: from which place they go to which one."""

import enum
from dataclasses import dataclass, replace

from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.thread_readers import Place


class Kind(enum.StrEnum):
    """The acts that have a dry run."""

    MOVE = "move"
    NARROW = "narrow"
    WIDEN = "widen"
    SPLIT = "split"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Posts that go from one place to another: all that is said in a thread, or only those with these ids."""

    kind: Kind
    thread: Thread
    before: Place
    after: Place
    post_ids: tuple[int, ...] | None = None


def move(thread: Thread, space_id: int, audience: Audience) -> Regrouping:
    """Return the move of a thread to another space, for these readers there."""
    before = Place.of(thread)
    return Regrouping(Kind.MOVE, thread, before, replace(before, space_id=space_id, audience=audience))


def readers(thread: Thread, audience: Audience) -> Regrouping:
    """Return the change of who may read a thread where it stands."""
    before = Place.of(thread)
    kind = Kind.NARROW if audience.rank < before.audience.rank else Kind.WIDEN
    return Regrouping(kind, thread, before, replace(before, audience=audience))
