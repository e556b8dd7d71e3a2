"""Filters of long lists as links: each keeps what else is chosen, and one that is chosen takes itself away."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import request

from forum.domain.choices import Chosen, Counts
from forum.domain.themes.labels import AXES, NEEDS
from forum.web.http import language

NAMES = ("need", "axis", "tag")
PANEL = "filters"  # says that the panel of filters was left open (`components/filter_link.html`)
LONGEST, MOST_SAID = 60, 5  # letters of a filter that is not known, and how many of those are named
Values = Mapping[str, str | None]  # of each kind the one value that is chosen, if any


@dataclass(frozen=True, slots=True)
class Filter:
    """One value of a kind: its link chooses it, or where it is chosen takes it away; none where nothing is left."""

    code: str
    text: str
    href: str | None
    current: bool
    count: str


class FilterPanel(ABC):
    """The filters beside a list. Two with the same numbers are equal, and their links are built when they are drawn.

    So a page of which nothing changed takes them from a fragment (`web/fragments.py`) without building a link.
    """

    def __init__(self, choice: Chosen, counts: Counts, *names: Mapping[str, str]) -> None:
        """`names`: of values whose names are found with the numbers."""
        self._drawn = (
            choice,
            frozenset(counts.at_least),
            tuple(tuple(counts.by[kind].items()) for kind in self.drawn),
            tuple(tuple(each.items()) for each in names),
        )

    @property
    @abstractmethod
    def drawn(self) -> Iterable[str]:
        """The kinds of filters that are drawn."""

    @abstractmethod
    def of(self, kind: str) -> list[Filter]:
        """Return the values of a kind in the order in which they stand."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._drawn == other._drawn

    def __hash__(self) -> int:
        return hash(self._drawn)


def with_values(address: str, kind: str, values: Sequence[str]) -> str:
    """Return the address of a list without a kind of filter, with these values of it.

    For a page with a link for each value: what all those have in common is built once.
    """
    if not values:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode([(kind, value) for value in values])}"


def left_out(selected: Mapping[str, Collection[str]], also: Collection[str]) -> list[str]:
    """Return what stands in the address of this request as a filter and is none, or was not taken: "axis=nonsense".

    `selected`: of each kind the values that were taken; `also`: what else the list knows.
    """
    known = {*also, language.ARGUMENT, PANEL}
    asked = [(name, value) for name, value in request.args.items(multi=True) if name not in known and value]
    found = dict.fromkeys(f"{name}={value}" for name, value in asked if value not in selected.get(name, ()))
    return [text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in islice(found, MOST_SAID)]


def chosen() -> dict[str, str]:
    """Return the filters in the address of this request, known values only; a tag may be anything."""
    known: dict[str, Iterable[str] | None] = {"need": NEEDS, "axis": AXES, "tag": None}
    requested = {name: request.args.get(name, "")[:60] for name in NAMES}
    return {
        name: value
        for name, value in requested.items()
        if value and ((values := known[name]) is None or value in values)
    }


def of_kind(
    kind: str,
    names: Mapping[Any, Any],
    selected: Values,
    address: Callable[..., str],
    counts: Mapping[str, int] | None = None,
) -> list[Filter]:
    """Return the values of a kind of which one is chosen at most; with `counts` only those that leave something.

    `address` returns that of the list with such filters.
    """
    anywhere = address(**{name: value for name, value in selected.items() if name != kind})
    found = []
    for code, text in ((str(each), str(name)) for each, name in names.items()):
        current, count = selected.get(kind) == code, "" if counts is None else str(counts[code])
        if current or count != "0":
            href = with_values(anywhere, kind, () if current else (code,))
            found.append(Filter(code, text, href, current, count))
    return found


def of_several(
    kind: str, texts: Mapping[str, str], choice: Chosen, counts: Counts, anywhere: str
) -> list[Filter]:
    """Return these values of a kind of which several may be chosen, each with what it leaves; "" stands for none.

    `anywhere` is the address of the list without that kind.
    """
    selected, more = getattr(choice, kind), "+" if kind in counts.at_least else ""
    found = []
    for value, text in texts.items():
        current, number = value in selected if value else not selected, counts.by[kind][value]
        to = choice.with_toggled(kind, value) if value else ()
        href = with_values(anywhere, kind, to) if current or number else None
        found.append(Filter(value, text, href, current, f"{number}{more}"))
    return found


def most_first(filters: Iterable[Filter], numbers: Mapping[str, int]) -> list[Filter]:
    """Return filters by how many they leave; what is chosen stands first."""
    return sorted(filters, key=lambda one: (not one.current, -numbers[one.code], one.text))


def of_choice(filters: Mapping[str, Iterable[Filter]]) -> list[Filter]:
    """Return those of these filters, by kind, that are chosen."""
    return [each for values in filters.values() for each in values if each.current]
