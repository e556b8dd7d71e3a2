"""By which of several reasons something that is told reaches a mailbox, and how: pure, without a database."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from forum.domain.mailing import notice_choices
from forum.domain.mailing.kind import Kind
from forum.domain.mailing.kinds import KINDS
from forum.models.following import FollowLevel
from forum.models.subscriptions import Delivery

CHANGED = "post.edited"  # the event by which a new text of a post is told
# Of each kind, the strongest first.
ORDER: Mapping[str, int] = {name: number for number, name in enumerate(KINDS)}


class Way(NamedTuple):
    """How it comes, and as which kind: the strongest that is not stopped, or the strongest where all are.

    Without a reason it comes as none.
    """

    kind: str
    delivery: Delivery

    @property
    def is_at_once(self) -> bool:
        """Whether a mail of its own carries it."""
        return self.delivery == Delivery.AT_ONCE


def of_post(
    kind: str, *, changed: bool, answers: bool, level: FollowLevel | None, subscribed: Delivery | None
) -> tuple[str, ...]:
    """Return every reason to tell somebody of a post, the strongest first, of which `kind` is the one that is kept.

    `changed`: a new text of it was told, for what is new in it alone. `answers`: it is in a thread of theirs. `level`:
    what they follow of it by now, by the thread or else its space. None of them where they were told because they
    followed it, and chose since to hear less of it.
    """
    if changed:
        return (kind,)
    follows = level == FollowLevel.ALL or (level is None and subscribed == Delivery.AT_ONCE)
    weaker = (name for name, holds in (("answer", answers), ("followed", follows)) if holds)
    if kind == "followed" and level not in (None, FollowLevel.ALL):
        return ()
    return kind, *(name for name in weaker if ORDER[name] > ORDER[kind])


def way(reasons: Iterable[str], choices: Mapping[str, Delivery], subscribed: Delivery | None = None) -> Way:
    """Return how what has these reasons, the strongest first, reaches whoever chose that by stop.

    `subscribed` is what their own subscriptions say of the thread. It holds for posts that they follow; of what is
    addressed to them it only silences or hastens: a thread in the digest leaves a mention what they chose for mentions.
    A reason that somebody stopped stays stopped, and leaves it to the next.
    """
    kinds = [KINDS[name] for name in reasons]
    for kind in kinds:
        chosen = _chosen(kind, choices)
        if chosen != Delivery.NOTHING:
            if subscribed is None or (kind.to_me and subscribed == Delivery.DIGEST):
                return Way(kind.name, chosen)
            return Way(kind.name, subscribed)
    return Way(kinds[0].name if kinds else "", Delivery.NOTHING)


def _chosen(kind: Kind, choices: Mapping[str, Delivery]) -> Delivery:
    return kind.default if kind.stop is None else notice_choices.delivery(choices, kind.stop, kind.default)
