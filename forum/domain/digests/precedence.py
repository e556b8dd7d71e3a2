"""How a post in a thread reaches a member's mailbox when they chose several things: pure, without a database."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from forum.domain.digests.subscriptions import DigestPreferences
from forum.models.subscriptions import Delivery
from forum.models.themes import Axis


class Rule(enum.StrEnum):
    """By what a thread stands in a digest or comes at once."""

    THREAD = "thread"
    SPACE = "space"
    AXIS = "axis"
    TAG = "tag"
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
    axis: Axis
    tag_ids: Collection[int] = ()


def chosen(preferences: DigestPreferences, thread: ThreadFacts) -> Delivery | None:
    """Return what the member's own subscriptions say of a thread; None when none of them is about it.

    That of the thread goes before all others. Among those of its space, axis and tags NOTHING wins, then AT_ONCE.
    """
    own = preferences.threads.get(thread.id)
    if own is not None:
        return own
    said = [preferences.spaces.get(thread.space_id), preferences.axes.get(thread.axis)]
    said += [preferences.tags.get(tag_id) for tag_id in thread.tag_ids]
    for delivery in (Delivery.NOTHING, Delivery.AT_ONCE, Delivery.DIGEST):
        if delivery in said:
            return delivery
    return None


def default(preferences: DigestPreferences, *, own_space: bool) -> Delivery:
    """Return what holds for a thread that no subscription is about: the digest for the member's own spaces."""
    return Delivery.DIGEST if own_space else preferences.elsewhere


def delivery(preferences: DigestPreferences, thread: ThreadFacts, *, own_space: bool) -> Delivery:
    """Return how posts of a thread reach the mailbox, for somebody who belongs to its space or does not."""
    return chosen(preferences, thread) or default(preferences, own_space=own_space)


def reasons(preferences: DigestPreferences, thread: ThreadFacts, *, own_space: bool) -> list[Reason]:
    """Return every rule by which `delivery` says what it says, the most particular first.

    Where it is one, the thread is told otherwise as soon as that is chosen otherwise.
    """
    outcome = delivery(preferences, thread, own_space=own_space)
    if thread.id in preferences.threads:
        return [Reason(Rule.THREAD, thread.id)]
    found = [Reason(Rule.TAG, tag_id) for tag_id in thread.tag_ids if preferences.tags.get(tag_id) == outcome]
    if preferences.axes.get(thread.axis) == outcome:
        found.append(Reason(Rule.AXIS, thread.axis))
    if thread.space_id in preferences.spaces:
        if preferences.spaces[thread.space_id] == outcome:
            found.append(Reason(Rule.SPACE, thread.space_id))
    elif default(preferences, own_space=own_space) == outcome:
        found.append(Reason(Rule.OWN_SPACE, thread.space_id) if own_space else Reason(Rule.ELSEWHERE, None))
    return found
