"""What waits for a member at home, as rows in the order in which they are shown: of each kind the first few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from forum.domain.inbox.notices import Group
from forum.domain.inbox.waiting import FEW, Waiting


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One row. `kind`: "told", a field of Waiting, or "more" of the kind that `item` names."""

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
        first = value if kind == "own_capacities" else value[:FEW]
        yield from (WaitingRow(kind, each) for each in first)
        if len(value) > len(first):
            yield WaitingRow("more", (kind, value[-1]))
