"""Who will read something, in a sentence and with a number, before it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _, ngettext
from forum.models.spaces import Audience, Space
from forum.policy.visibility import count_readers

# A page that is read often may say a number that is a few minutes old; the page that asks whom to write for never does.
KEPT = timedelta(minutes=5)
_counted: WeakKeyDictionary[Any, dict[tuple[int, Audience], tuple[datetime, int]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class AudienceOption:
    """A circle of readers: its code, the sentence, and how many they are."""

    audience: Audience
    who: str
    count: str


def option(space_id: int, space_name: str, width: Audience, *, fresh: bool = False) -> AudienceOption:
    """Who reads a talk of that width in that space."""
    number = _number(space_id, width, fresh)
    members = ngettext("%(num)d member", "%(num)d members", number)
    if width == Audience.PUBLIC:
        who = _("Everybody can read this, also without an account")
        return AudienceOption(width, who, _("%(members)s, and every visitor", members=members))
    if width == Audience.NETWORK:
        return AudienceOption(width, _("Everyone in the network can read this"), members)
    return AudienceOption(
        width, _("Only people who belong to %(space)s can read this", space=space_name), members
    )


def options(space: Space) -> list[AudienceOption]:
    """The circles that a space allows, from few to many, counted at this moment."""
    widths = [width for width in Audience if width.rank <= space.widest_audience.rank]
    return [option(space.id, space.name, width, fresh=True) for width in widths]


def _number(space_id: int, width: Audience, fresh: bool) -> int:
    kept = _counted.setdefault(db.engine, {})
    found = kept.get((space_id, width))
    now = clock.now()
    if found is None or fresh or not timedelta(0) <= now - found[0] < KEPT:
        found = kept[(space_id, width)] = (now, count_readers(space_id, width))
    return found[1]
