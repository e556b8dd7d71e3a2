"""The directory: who can be asked what, found by name, by what they do and by what they offer, narrowed by filters.

Filters of one kind add to each other, kinds narrow each other. Nobody is ordered by what they did.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from forum.domain.choices import Chosen, Counts
from forum.domain.people import capacities, directory_queries, found_by, offers
from forum.domain.people.bylines import Byline, byline
from forum.domain.people.bylines import held as held_of
from forum.domain.people.directory_queries import BETWEEN, MOST, OF_CAPACITY, WITHIN, Near
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
Marked = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Choice(Chosen):
    """A question, and the filters of the directory."""

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

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked and nothing chosen."""
        return not self.question and not self.values


KINDS = Choice.kinds()


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody in the directory: how they speak, which city that lights, and what they offer, with the hits in it."""

    byline: Byline
    city: str | None
    asks: tuple[Marked, ...]
    tags: tuple[Marked, ...]
    cursor: str


def people(reader: Actor, choice: Choice, *, cursor: str | None = None, limit: int = 20) -> Page[Found]:
    """Return whom the reader finds, who offers a word of the question first, each part by name (two queries at most).

    Without a question and filters: who belongs to a city or group of theirs, and who offered something lately.
    Invalid at `question`.
    """
    shape, values = _asked(reader, choice)
    at = _position(shape[0], values, cursor)
    rows: Sequence[Any] = ()
    for near in (Near.AMONG_NEXT, Near.WHOEVER) if choice.is_empty else (Near.NO,):
        if len(rows) <= limit:
            query = directory_queries.page(shape, near, at is not None, limit + 1)
            rows = select_rows(query, values | (at or {})).all()
    words, now = found_by.asked(choice.question), clock.now()
    found = [_found(row, words, now) for row in rows[:limit]]
    return Page(found, found[-1].cursor if len(rows) > limit else None)


def counts(reader: Actor, choice: Choice) -> Counts:
    """Return how many people each filter would leave (one query). Invalid at `question`."""
    shape, values = _asked(reader, choice)
    left: dict[str, list[Any]] = {"": [], **{kind: [] for kind in choice.values}}
    for row in select_rows(directory_queries.counted(shape), values):
        left[row.kind].append(row)
    found = Counts(total=min(len(left[""]), MOST))
    found.at_least = {kind for kind in ("", *KINDS) if len(left.get(kind, left[""])) > MOST}
    # Those of whom the same is known are looked at together.
    spoken = {kind: Counter(row.held for row in rows[:MOST] if row.held) for kind, rows in left.items()}
    for kind in OF_CAPACITY:
        found.by[kind] = _spoken(spoken.get(kind, spoken[""]), kind, choice)
    found.by["axis"] = _offered(left.get("axis", left[""])[:MOST])
    return found


def words_in_place(reader: Actor, choice: Choice, word: str, near: Sequence[str]) -> set[str]:
    """Return those of the words `near` by which the reader finds somebody in place of a word of it (one query)."""
    words = [word, *(other for other in found_by.asked(choice.question) if other != word)]
    values = _values(reader, choice, words) | {"near": list(near)}
    return set(select_rows(directory_queries.words_in_place(_shape(words, choice)), values).scalars())


def beginnings_in_place(reader: Actor, choice: Choice, word: str, near: Sequence[str]) -> set[str]:
    """Return those of `near` that begin a word by which the reader finds somebody in place of one (one query)."""
    words = [word, *(other for other in found_by.asked(choice.question) if other != word)]
    values = _values(reader, choice, words) | found_by.values_of_some(near)
    query = directory_queries.beginnings_in_place(_shape(words, choice), len(near))
    found = set(select_rows(query, values).scalars())
    return {each for each in near if any(found_by.is_found_by(own, each) for own in found)}


def _offered(rows: Sequence[Any]) -> Counter[str]:
    """How many people offer something of each axis."""
    found: Counter[str] = Counter()
    for axes, people in Counter(row.axes for row in rows if row.axes).items():
        for axis in axes.split(BETWEEN):
            found[axis] += people
    return found


def _spoken(held: Counter[str], kind: str, choice: Choice) -> Counter[str]:
    """How many people there are under each value of a kind: by a capacity that fits what else is chosen of it."""
    found: Counter[str] = Counter()
    order = list(OF_CAPACITY)
    place = order.index(kind)
    chosen = [(order.index(other), getattr(choice, other)) for other in order if other != kind]
    wanted = [(other, values) for other, values in chosen if values]
    for all_held, people in held.items():
        each = _capacities(all_held)
        for value in {one[place] for one in each if all(one[other] in values for other, values in wanted)}:
            found[value] += people
    found.pop("", None)
    return found


@lru_cache(4096)
def _capacities(held: str) -> tuple[tuple[str, ...], ...]:
    """What is known of each capacity that somebody holds, in the order of OF_CAPACITY."""
    return tuple(tuple(one.split(WITHIN)) for one in held.split(BETWEEN))


def _asked(reader: Actor, choice: Choice) -> tuple[directory_queries.Shape, dict[str, Any]]:
    words = found_by.asked(choice.question)
    if choice.question and not words:
        raise Invalid("question", _("Type at least two characters of a name, a function or a subject."))
    if len(choice.question) > LONGEST:
        raise Invalid("question", _("Ask it in at most %(limit)d characters.", limit=LONGEST))
    return _shape(words, choice), _values(reader, choice, words)


def _shape(words: Sequence[str], choice: Choice) -> directory_queries.Shape:
    return len(words), frozenset(choice.values)


def _values(reader: Actor, choice: Choice, words: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {**reader_values(reader), "day": days.today(), **found_by.values_of(words)}
    return values | {f"{kind}_values": list(chosen) for kind, chosen in choice.values.items()}


def _position(count: int, values: Mapping[str, Any], cursor: str | None) -> dict[str, Any] | None:
    """Where a page goes on: after somebody whom the reader finds; else it is the first."""
    if not cursor:
        return None
    row = select_rows(directory_queries.position(count), {**values, "handle": cursor}).one_or_none()
    return {"after_rank": row.rank, "after_key": row.sort_key, "after_id": row.id} if row else None


def _found(row: Any, words: Sequence[str], now: datetime) -> Found:
    held, offer = held_of(row), offers.of_row(row)
    return Found(
        byline(row.author_name, row.author_handle, held),
        capacities.lit(held, now) if held else None,
        tuple(marked(line, words) for line in offer.asks),
        tuple(marked(name, words) for name in offer.tags),
        row.author_handle,
    )


def marked(line: str, words: Sequence[str]) -> Marked:
    """Return a line in parts, each with whether it is a word that begins with one of `words`."""
    return tuple(
        (part, any(own.startswith(word) for own in found_by.words(part) for word in words))
        for part in _WORD.split(line)
        if part
    )
