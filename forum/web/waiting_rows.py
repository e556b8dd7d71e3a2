"""What waits for a member at home, as rows in the order in which they are shown: of each kind the first few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from forum.domain.inbox.notices import Group
from forum.domain.inbox.waiting import FEW, Waiting

OWN_CAPACITIES = ("affirm", "refused")


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One row. `kind`: "told", a field of Waiting, "own_capacities", or "more" of the kind that `item` names."""

    kind: str
    item: Any


def of(told: Sequence[Group], waiting: Waiting) -> list[WaitingRow]:
    """Return the rows: what others told the member first, then what waits, in the order of its fields."""
    return [*(WaitingRow("told", group) for group in told), *_waiting(waiting)]


def _waiting(waiting: Waiting) -> Iterator[WaitingRow]:
    for kind in (each.name for each in fields(waiting)):
        value = getattr(waiting, kind)
        if not isinstance(value, list):
            yield from [WaitingRow(kind, value)] if value else []
            continue
        own = [each for each in value if kind == "capacities" and each.kind in OWN_CAPACITIES]
        others = [each for each in value if each not in own]
        yield from (WaitingRow(kind, each) for each in others[:FEW])
        if len(others) > FEW:
            yield WaitingRow("more", (kind, others[-1]))
        yield from (WaitingRow("own_capacities", each) for each in own)
