"""What a kind of item has to answer, so that it can be handed over: one row of the list in `kinds.py`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select

from forum.policy.actions import Answer
from forum.policy.actors import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """One item as its reader may see it: a title, and the lesson to which it belongs."""

    title: str
    lesson_id: int | None = None
    until: date | None = None  # the day on which its term ends
    in_review: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: what it is called on the page and in the log, and four questions to the folder that knows it.

    `held` selects `holder_id`, `space_id`, `item_id` and `since_at` of everything that one person holds at a moment
    (a parameter in a cached statement): `since_at` is when it became what it is, and an offer of before was of
    something else. What the moderators of a space hold together is no item. `seen` returns those items that a
    reader may see, `answers` for each whether they may take it and if not, why, in words for both sides. `take` gives
    an item of the giver (the last argument) to the actor; NotFound, Forbidden, Conflict when it is theirs no more.
    """

    name: str
    label: Any
    in_log: Any  # as an object: "X took over from Y: a lesson."
    held: Callable[[Any], Select[*tuple[Any, ...]]]
    seen: Callable[[Actor, Collection[int]], dict[int, Item]]
    answers: Callable[[Actor, Collection[int]], dict[int, Answer]]
    take: Callable[[Actor, int, int], None]
    known_inside: bool = True  # the other moderators of the space know who holds it
    # Who offers it may know whether somebody can take it: else only who it is offered to is told, when they answer.
    known_to_giver: bool = True
