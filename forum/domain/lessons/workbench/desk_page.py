"""The desk of who curates or reviews: every queue, what cannot wait on top, and what others of them work on."""

from dataclasses import dataclass, replace
from typing import Any

from forum.domain.lessons.workbench import desk
from forum.domain.lessons.workbench.desk import DraftCard
from forum.domain.lessons.workbench.queues.registry import OF_REVIEWERS, QUEUES, Queue
from forum.domain.lessons.workbench.queues.window import MANY, Found, Window
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

GROWS = "ripe"  # what can grow waits for nobody


@dataclass(frozen=True, slots=True)
class Pile:
    """A queue with the items of it that are shown."""

    queue: Queue
    found: Found

    @property
    def is_drawn(self) -> bool:
        """Whether anything of it stands below the first."""
        return bool(self.found.items)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the desk of one member."""

    piles: list[Pile]
    first_queue: str  # of what cannot wait; empty: all of it can
    first: Any
    chosen: Pile | None  # all of one queue, a page of it
    others: list[DraftCard]  # what others of their spaces have in hand

    @property
    def count(self) -> int:
        """How many things wait, at least."""
        return sum(pile.found.least for pile in self.piles)

    @property
    def is_counted(self) -> bool:
        """Whether there are no more than that."""
        return all(pile.found.count is not None for pile in self.piles)

    @property
    def this_week(self) -> int:
        """How many of them have a date this week."""
        return sum(pile.found.this_week for pile in self.piles)

    @property
    def only_grows(self) -> bool:
        """Whether nothing waits but what can grow."""
        return not any(pile.found.least for pile in self.piles if pile.queue.name != GROWS)

    @property
    def ripe(self) -> int:
        """How many threads are ripe for a lesson."""
        return sum(pile.found.least for pile in self.piles if pile.queue.name == GROWS)


def of(actor: Actor, name: str | None = None, after: str | None = None) -> Desk:
    """Return the desk, with all of the queue `name` if it is given (as many queries however much there is).

    NotFound for who neither moderates nor reviews anything, and for a name of no queue.
    """
    works = actor.moderates or bool(actor.network_roles)
    queues = QUEUES if works else OF_REVIEWERS
    piles = [Pile(queue, queue.of(actor, Window())) for queue in queues]
    if not works and not any(pile.found.items for pile in piles):
        raise NotFound
    chosen = None
    if name is not None:
        queue = next((one for one in queues if one.name == name), None)
        if queue is None:
            raise NotFound
        chosen = Pile(queue, queue.of(actor, Window(MANY, after)))
    place = next(((at, one.found.items[0]) for at, one in enumerate(piles) if _presses(one)), None)
    first_queue, first = "", None
    if place is not None and chosen is None:
        at, first = place
        first_queue, found = piles[at].queue.name, piles[at].found
        piles[at] = Pile(piles[at].queue, replace(found, items=found.items[1:]))
    return Desk(piles, first_queue, first, chosen, desk.in_other_hands(actor) if works else [])


def _presses(pile: Pile) -> bool:
    return bool(pile.found.items) and bool(pile.found.items[0].presses)
