"""How a post in a thread reaches a member's mailbox when they chose several things: pure, without a database."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.subscriptions import STRONGEST, Delivery
from forum.models.themes import Axis


class Rule(enum.StrEnum):
    """By what a thread stands in a digest or comes at once."""

    THREAD = "thread"
    FOLLOWED = "followed"  # they follow every post of it, and chose that
    WROTE = "wrote"  # they follow it because they wrote in it
    SPACE = "space"
    AXIS = "axis"
    TAG = "tag"
    SPACE_FOLLOWED = "space_followed"  # they follow every post of its space
    ANSWERS = "answers"  # it is theirs, and others wrote in it
    MENTION = "mention"
    OWN_SPACE = "own_space"  # they belong to its space and chose nothing about it
    ELSEWHERE = "elsewhere"  # what they chose for all other spaces


class Reason(NamedTuple):
    """A rule, and the id or axis that it is about; None for all other spaces."""

    rule: Rule
    about: int | Axis | None


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """What of a thread the choices of members are about."""

    id: int
    space_id: int
    axis: Axis | None
    tag_ids: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told of a thread, as far as they did not stop its mails, besides what they subscribed to."""

    thread: Rule | None = None  # FOLLOWED or WROTE
    space: bool = False  # every post of its space
    addressed: Rule | None = None  # ANSWERS or MENTION

    def goes_first(self, around: Delivery | None) -> bool:
        """Return whether the thread is followed in spite of what subscriptions around it say.

        Only who chose to follow it wants it where they want nothing else.
        """
        return self.thread == Rule.FOLLOWED or (self.thread is not None and around != Delivery.NOTHING)

    def but_addressed(self) -> "Told":
        """Return the same for somebody whom nothing in it is addressed to."""
        return Told(self.thread, self.space)


NOTHING_MORE = Told()
# What subscriptions say of the space of a thread, of its theme, and of each of its tags.
_Said = tuple[Delivery | None, ...]


def chosen(preferences: DigestPreferences, thread: ThreadFacts, *, follows: bool = False) -> Delivery | None:
    """Return what the member's own subscriptions say of a thread; None when none of them is about it.

    That of the thread goes before all others. Among those of its space, axis and tags NOTHING wins, then AT_ONCE; but
    who chose to follow every post of the thread (`follows`) wants it where they want nothing else.
    """
    own = preferences.threads.get(thread.id)
    if own is not None:
        return own
    around = _around(preferences, thread)
    return None if follows and around == Delivery.NOTHING else around


def _around(preferences: DigestPreferences, thread: ThreadFacts) -> Delivery | None:
    return _strongest(_said(preferences, thread))


def _said(preferences: DigestPreferences, thread: ThreadFacts) -> _Said:
    tags = [preferences.tags.get(tag_id) for tag_id in thread.tag_ids]
    of_axis = preferences.axes.get(thread.axis) if thread.axis else None
    return preferences.spaces.get(thread.space_id), of_axis, *tags


def _strongest(said: _Said) -> Delivery | None:
    return next((delivery for delivery in STRONGEST if delivery in said), None)


def default(preferences: DigestPreferences, *, own_space: bool) -> Delivery:
    """Return what holds for a thread that no subscription is about: the digest for the member's own spaces."""
    return Delivery.DIGEST if own_space else preferences.elsewhere


def delivery(
    preferences: DigestPreferences, thread: ThreadFacts, *, own_space: bool, told: Told = NOTHING_MORE
) -> Delivery:
    """Return how posts of a thread reach the mailbox of somebody who belongs to its space or does not.

    The subscription of the thread goes first, then following it, then the subscriptions around it, then following its
    space and being addressed, then the default. A muted thread is not asked about.
    """
    own = preferences.threads.get(thread.id)
    if own is not None:
        return own
    around = _around(preferences, thread)
    if told.goes_first(around):
        return Delivery.DIGEST
    if around is not None:
        return around
    return Delivery.DIGEST if told.space or told.addressed else default(preferences, own_space=own_space)


def reasons(
    preferences: DigestPreferences, thread: ThreadFacts, *, own_space: bool, told: Told = NOTHING_MORE
) -> list[Reason]:
    """Return every rule by which `delivery` says what it says, the most particular first.

    Where it is one, the thread is told otherwise as soon as that is chosen otherwise. That something in it is addressed
    to them is one only where there is no other.
    """
    is_own = thread.id in preferences.threads
    is_named = is_own or told.thread is not None or told.addressed is not None
    return list(
        _reasons(
            # Only reasons that name it differ from thread to thread.
            ThreadFacts(thread.id if is_named else 0, thread.space_id, thread.axis, tuple(thread.tag_ids)),
            _said(preferences, thread),
            default(preferences, own_space=own_space),
            told,
            is_own=is_own,
            own_space=own_space,
        )
    )


@lru_cache(maxsize=4096)
def _reasons(
    thread: ThreadFacts, said: _Said, usual: Delivery, told: Told, *, is_own: bool, own_space: bool
) -> tuple[Reason, ...]:
    """Kept, as most members chose the same about most threads."""
    if is_own:
        return (Reason(Rule.THREAD, thread.id),)
    around = _strongest(said)
    found = [Reason(told.thread, thread.id)] if told.thread and told.goes_first(around) else []
    outcome = around or usual
    by_default = (Reason(Rule.OWN_SPACE, thread.space_id) if own_space else Reason(Rule.ELSEWHERE, None),)
    by = _by(thread, said, outcome, by_default if usual == outcome else ())
    if outcome != Delivery.NOTHING:
        found += by
    if told.space and around != Delivery.NOTHING:
        found.append(Reason(Rule.SPACE_FOLLOWED, thread.space_id))
    if told.addressed and not found and around is None:
        found.append(Reason(told.addressed, thread.id))
    return tuple(found or by)


def _by(thread: ThreadFacts, said: _Said, outcome: Delivery, by_default: tuple[Reason, ...]) -> list[Reason]:
    """By which subscriptions, or by which default, a thread has this outcome."""
    of_space, of_axis, *of_tags = said
    tags = zip(thread.tag_ids, of_tags, strict=True)
    found = [Reason(Rule.TAG, tag_id) for tag_id, delivery in tags if delivery == outcome]
    if of_axis == outcome:
        found.append(Reason(Rule.AXIS, thread.axis))
    if of_space is None:
        found += by_default
    elif of_space == outcome:
        found.append(Reason(Rule.SPACE, thread.space_id))
    return found
