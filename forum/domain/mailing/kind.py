"""One kind of what members are told: a row of the table in `kinds.py`."""

from dataclasses import dataclass
from typing import Any

from forum.models.mail import Lane
from forum.models.subscriptions import Delivery


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is told.

    `stop` None: it cannot be stopped. `undo`: it waits until the act can no longer be undone. `to_me`: addressed to one
    member. `personal`: told to who muted the thread or the space, too. `letters`: the mails of its own that carry it;
    without one it goes with the mail `notices`. Without events it comes by the calendar.
    """

    name: str
    label: Any
    events: tuple[str, ...]
    who: Any
    stop: str | None = None
    default: Delivery = Delivery.AT_ONCE
    letters: tuple[str, ...] = ()
    lane: Lane = Lane.NOTICE
    undo: bool = False
    in_house: bool = True
    to_me: bool = True
    personal: bool = True
