"""Who will read something, in a sentence and with a number, before it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from forum.domain.spaces.spaces import SpaceFacts
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _, ngettext
from forum.models.spaces import Audience
from forum.policy.visibility import count_readers

# A page that is read often may show a number that is a few minutes old; the page on which one chooses never does.
MAX_AGE = timedelta(minutes=5)
_counted: WeakKeyDictionary[Any, dict[tuple[int, Audience], tuple[datetime, int]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class AudienceOption:
    """An audience: its code, a sentence, and how many members it has."""

    audience: Audience
    who: str
    count: str
    readers: str  # within a sentence: "the whole network: 512 members"


def option(space_id: int, space_name: str, audience: Audience, *, fresh: bool = False) -> AudienceOption:
    """Return who reads a thread of that audience in that space; `fresh`: counted now, not a few minutes ago."""
    number = _number(space_id, audience, fresh)
    members = ngettext("%(num)d member", "%(num)d members", number)
    if audience == Audience.PUBLIC:
        who = _("Everybody can read this, also without an account")
        everybody = _("%(members)s, and every visitor", members=members)
        return AudienceOption(audience, who, everybody, _("everybody: %(members)s", members=everybody))
    if audience == Audience.NETWORK:
        readers = _("the whole network: %(members)s", members=members)
        return AudienceOption(audience, _("Everyone in the network can read this"), members, readers)
    readers = _("only people who belong there: %(members)s", members=members)
    who = _("Only people who belong to %(space)s can read this", space=space_name)
    return AudienceOption(audience, who, members, readers)


def options(space: SpaceFacts) -> list[AudienceOption]:
    """Return the audiences that a space allows, from few readers to many, counted at this moment."""
    allowed = [audience for audience in Audience if audience.rank <= space.widest_audience.rank]
    return [option(space.id, space.name, audience, fresh=True) for audience in allowed]


def _number(space_id: int, audience: Audience, fresh: bool) -> int:
    counts = _counted.setdefault(db.engine, {})
    counted = counts.get((space_id, audience))
    now = clock.now()
    if counted is None or fresh or not timedelta(0) <= now - counted[0] < MAX_AGE:
        counted = counts[(space_id, audience)] = (now, count_readers(space_id, audience))
    return counted[1]
