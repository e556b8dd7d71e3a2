"""The directory: who can be asked what, found by name, by what they do and by what they offer, narrowed by filters.

Filters of one kind add to each other, kinds narrow each other. Nobody is ordered by what they did.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from forum.domain.people import capacities, directory_queries, found_by, offers
from forum.domain.people.bylines import Byline, byline
from forum.domain.people.directory_queries import MOST, OF_CAPACITY
from forum.domain.people.offers import Offer
from forum.infra import clock, days, text
from forum.infra.i18n import _
from forum.infra.paging import Page
from forum.infra.statements import select_rows
from forum.models.accounts import Body, Level
from forum.models.cities import BY_CODE
from forum.models.themes import Axis
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.readers import reader_values

LONGEST = 80  # of a question
KNOWN: Mapping[str, Collection[str]] = {
    "axis": frozenset(Axis),
    "level": frozenset(Level),
    "body": frozenset(Body),
    "city": frozenset(BY_CODE),
}
_WORD = re.compile(r"(\w+)")
Marked = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question, and the chosen values of each kind of filter in the order in which they were chosen."""

    question: str = ""
    axis: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    city: tuple[str, ...] = ()

    @classmethod
    def of(cls, question: str, wanted: Callable[[str], Sequence[str]]) -> "Choice":
        """Return the choice of an address; `wanted` returns the values of a kind. What is not known is left out."""
        chosen = {
            kind: tuple(value for value in dict.fromkeys(wanted(kind)) if value in known)
            for kind, known in KNOWN.items()
        }
        return cls(text.one_line(question), **chosen)

    def toggled(self, kind: str, value: str) -> "Choice":
        """Return the choice with that value taken out, or where it is not chosen added."""
        values: tuple[str, ...] = getattr(self, kind)
        kept = tuple(each for each in values if each != value)
        changed: dict[str, Any] = {kind: kept if value in values else (*values, value)}
        return replace(self, **changed)

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The kinds of which something is chosen, with the chosen values."""
        return {kind: values for kind in KINDS if (values := getattr(self, kind))}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked and nothing chosen."""
        return not self.question and not self.values


KINDS = tuple(each.name for each in fields(Choice) if each.name != "question")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody in the directory: how they speak, which city that lights, and what they offer, with the hits in it."""

    byline: Byline
    city: str | None
    asks: list[Marked]
    tags: list[Marked]
    cursor: str


@dataclass(slots=True)
class Counts:
    """How many people there are, and how many each value would leave with the question and the other kinds.

    `at_least`: the kinds of which only the first MOST people are counted; so is the total where "" is among them.
    """

    total: int = 0
    by: dict[str, Counter[str]] = field(default_factory=dict)
    at_least: set[str] = field(default_factory=set)


def people(reader: Actor, choice: Choice, *, cursor: str | None = None, limit: int = 20) -> Page[Found]:
    """Return whom the reader finds, who offers a word of the question first, each part by name (three queries).

    Without a question and filters: who belongs to a city or group of theirs, and who offered something lately.
    Invalid at `question`.
    """
    shape, values = _asked(reader, choice)
    at = _position(shape[0], values, cursor)
    query = directory_queries.page(shape, choice.is_empty, at is not None, limit + 1)
    rows = select_rows(query, values | (at or {})).all()
    found = _rows(rows[:limit], found_by.asked(choice.question))
    return Page(found, found[-1].cursor if len(rows) > limit else None)


def counts(reader: Actor, choice: Choice) -> Counts:
    """Return how many people each filter would leave (three queries). Invalid at `question`."""
    shape, values = _asked(reader, choice)
    left: dict[str, list[int]] = {"": [], **{kind: [] for kind in choice.values}}
    for row in select_rows(directory_queries.counted(shape), values):
        left[row.kind].append(row.id)
    found = Counts(total=min(len(left[""]), MOST))
    found.at_least = {kind for kind in ("", *KINDS) if len(left.get(kind, left[""])) > MOST}
    ids = {member_id for each in left.values() for member_id in each}
    held, axes = _facts(ids)
    for kind in KINDS:
        among = left.get(kind, left[""])[:MOST]
        if kind == "axis":
            found.by[kind] = Counter(value for member_id in among for value in axes.get(member_id, ()))
        else:
            found.by[kind] = Counter(
                value for member_id in among for value in _spoken(held.get(member_id, ()), kind, choice)
            )
    return found


def _asked(reader: Actor, choice: Choice) -> tuple[directory_queries.Shape, dict[str, Any]]:
    words = found_by.asked(choice.question)
    if choice.question and not words:
        raise Invalid("question", _("Type at least two characters of a name, a function or a subject."))
    if len(choice.question) > LONGEST:
        raise Invalid("question", _("Ask it in at most %(limit)d characters.", limit=LONGEST))
    values: dict[str, Any] = {**reader_values(reader), "day": days.today(), **found_by.values_of(words)}
    values |= {f"{kind}_values": list(chosen) for kind, chosen in choice.values.items()}
    return (len(words), frozenset(choice.values)), values


def _position(count: int, values: Mapping[str, Any], cursor: str | None) -> dict[str, Any] | None:
    """Where a page goes on: after somebody whom the reader finds; else it is the first."""
    if not cursor:
        return None
    row = select_rows(directory_queries.position(count), {**values, "handle": cursor}).one_or_none()
    return {"after_rank": row.rank, "after_key": row.sort_key, "after_id": row.id} if row else None


def _rows(rows: Sequence[Any], words: Sequence[str]) -> list[Found]:
    ids = [row.id for row in rows]
    held = capacities.current_of(ids) if ids else {}
    said, now = offers.of_members(ids), clock.now()
    found = []
    for row in rows:
        capacity, offer = held.get(row.id), said.get(row.id, Offer())
        found.append(
            Found(
                byline(row.name, row.handle, capacity),
                capacities.lit(capacity, now) if capacity else None,
                [marked(line, words) for line in offer.asks],
                [marked(name, words) for name in offer.tags],
                row.handle,
            )
        )
    return found


def marked(line: str, words: Sequence[str]) -> Marked:
    """Return a line in parts, each with whether it is a word that begins with one of `words`."""
    return [
        (part, any(own.startswith(word) for own in found_by.words(part) for word in words))
        for part in _WORD.split(line)
        if part
    ]


def _facts(ids: Collection[int]) -> tuple[dict[int, list[Any]], dict[int, list[str]]]:
    held: dict[int, list[Any]] = {}
    axes: dict[int, list[str]] = {}
    if ids:
        values: dict[str, Any] = {"member_ids": list(ids)}
        for row in select_rows(directory_queries.spoken(), {**values, "day": days.today()}):
            held.setdefault(row.member_id, []).append(row)
        for row in select_rows(directory_queries.themes(), values):
            axes.setdefault(row.member_id, []).append(row.axis.value)
    return held, axes


def _spoken(held: Sequence[Any], kind: str, choice: Choice) -> set[str]:
    """Under which values of a kind somebody is counted: those of a capacity that fits what else is chosen."""
    others = {other: getattr(choice, other) for other in OF_CAPACITY if other != kind}
    fitting = (
        row
        for row in held
        if all(not values or getattr(row, other) in values for other, values in others.items())
    )
    return {getattr(row, kind) for row in fitting} - {None}
