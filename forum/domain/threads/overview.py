"""All threads that somebody may read, across spaces: narrowed by filters, with what each filter would leave.

Filters of one kind add to each other, kinds narrow each other. Which lessons lead to a thread is handed in: lessons
stand above threads.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar

from forum.domain.choices import Chosen, Counts
from forum.domain.threads import lists, overview_queries
from forum.domain.threads.list_queries import KEYS
from forum.domain.threads.overview_queries import MOST, OR_NONE, SINGLE, STATES
from forum.infra.columns import count_codes
from forum.infra.paging import Page, keyset
from forum.infra.statements import select_rows
from forum.models.cities import BY_CODE
from forum.models.themes import NO_AXIS, Axis, Need
from forum.policy import readers
from forum.policy.actors import Actor

KNOWN: Mapping[str, frozenset[str]] = {
    "need": frozenset(Need),
    "axis": frozenset({*Axis, NO_AXIS}),
    "city": frozenset(BY_CODE),
    "state": frozenset(STATES),
    "voices": frozenset({"field"}),
    "lesson": frozenset({"with", "without"}),
}
LONGEST = 60  # of a tag or a space as typed in an address
MANY = 8  # tags or spaces: each stands in the address of every other filter
Lessons = overview_queries.Lessons
Columns = Mapping[str, tuple[Any, ...]]  # of the threads that are counted, by name


@dataclass(frozen=True, slots=True)
class Choice(Chosen):
    """The filters of `/threads`."""

    SINGLE: ClassVar[AbstractSet[str]] = SINGLE
    need: tuple[str, ...] = ()
    axis: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    space: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    lesson: tuple[str, ...] = ()

    @classmethod
    def of(cls, wanted: Callable[[str], Sequence[str]], *, signed_in: bool) -> "Choice":
        """Return the choice of an address; `wanted` returns the values of a kind. What is not known is left out."""
        chosen: dict[str, tuple[str, ...]] = {}
        for kind in KINDS:
            known = KNOWN.get(kind)
            values = (
                value
                for value in dict.fromkeys(wanted(kind))
                if 0 < len(value) <= LONGEST and (known is None or value in known)
            )
            allowed = (value for value in values if signed_in or kind != "state" or value == "unanswered")
            chosen[kind] = tuple(islice(allowed, 1 if kind in SINGLE else MANY if known is None else None))
        return cls(**chosen)


KINDS = Choice.kinds()


@dataclass(slots=True)
class ThreadCounts(Counts):
    """How many threads there are, of the newest MOST. `without`: how many without the chosen values of a kind."""

    without: dict[str, int] = field(default_factory=dict)
    spaces: dict[str, str] = field(default_factory=dict)  # names by slug
    tags: dict[str, str] = field(default_factory=dict)  # as the newest thread with it spells each, by slug
    without_lesson: frozenset[int] = frozenset()  # ids of threads that were found to have none


def page(
    reader: Actor | None,
    choice: Choice,
    lessons: Lessons,
    *,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[lists.ThreadCard]:
    """Return threads that the reader may see and that the choice leaves, the latest post first (one query)."""
    query = overview_queries.cards(reader is not None, _shape(choice), lessons)
    values = {**readers.reader_values(reader), **_parameters(choice)}
    rows, following = keyset(query, keys=KEYS, cursor=cursor, limit=limit, values=values)
    return Page(lists.cards_of(rows), following)


def counts(reader: Actor | None, choice: Choice, lessons: Lessons) -> ThreadCounts:
    """Return what each filter would leave: a query, and one more for each kind of which something is chosen."""
    found = ThreadCounts()
    chosen = frozenset(choice.values)
    number, columns = _newest(reader, choice, frozenset(KINDS) - chosen, lessons)
    found.total = min(number, MOST)
    if number > MOST:
        found.at_least.add("")
    for kind in KINDS:
        left, own = number, columns
        if kind in chosen:
            left, own = _newest(reader, choice.without(kind), frozenset({kind}), lessons)
            found.without[kind] = left
        if left > MOST:
            found.at_least.add(kind)
        if kind == "tag":
            found.by[kind], found.tags = _tags(own["tags"])
            continue
        found.by[kind] = _counted(kind, min(left, MOST), own)
        if kind == "space":
            found.spaces = dict(zip(own["space_slug"], own["space_name"], strict=True))
        if kind == "lesson":
            made = zip(own["id"], own["has_lesson"], strict=True)
            found.without_lesson = frozenset(number for number, has in made if not has)
    return found


def _newest(
    reader: Actor | None, choice: Choice, kinds: frozenset[str], lessons: Lessons
) -> tuple[int, Columns]:
    """How many of the newest threads a choice leaves, and of MOST of them each column that counts `kinds`."""
    query = overview_queries.counted(reader is not None, _shape(choice), kinds, lessons)
    result = select_rows(query, {**readers.reader_values(reader), **_parameters(choice)})
    names, rows = tuple(result.keys()), result.all()
    return len(rows), dict(
        zip(names, zip(*rows[:MOST], strict=True) if rows else [()] * len(names), strict=True)
    )


def _counted(kind: str, number: int, columns: Columns) -> Counter[str]:
    """How many of so many threads each value of a kind leaves; "" of a state or of voices is all of them.

    Whole columns are counted at once, which takes a tenth of the time that looking at each thread does.
    """
    if kind == "need":
        return Counter(columns["need"])
    if kind == "axis":
        without = columns["without_axis"].count(True)
        return Counter(filter(None, columns["axis"])) + Counter({NO_AXIS: without})
    if kind == "city":
        return count_codes(columns["cities"])
    if kind == "space":
        return Counter(columns["space_slug"])
    if kind == "lesson":
        made = columns["has_lesson"].count(True)
        return Counter({"with": made, "without": number - made})
    flags = STATES if kind == "state" else ("field",)
    return Counter({"": number} | {flag: columns[flag].count(True) for flag in flags if flag in columns})


def _tags(of_threads: Iterable[str | None]) -> tuple[Counter[str], dict[str, str]]:
    """How many threads have each tag, the newest thread first, and how that one spells it; both by slug."""
    found, names = Counter[str](), dict[str, str]()
    for lines, threads in Counter(filter(None, of_threads)).items():
        for line in lines.split("\n"):
            slug, _space, name = line.partition(" ")
            found[slug] += threads
            names.setdefault(slug, name)
    return found, names


def _shape(choice: Choice) -> overview_queries.Shape:
    """What a statement depends on: the kinds that are chosen, and of those with one value which."""
    return frozenset((kind, _of_shape(kind, values)) for kind, values in choice.values.items())


def _of_shape(kind: str, values: tuple[str, ...]) -> str:
    if kind == "axis" and NO_AXIS in values:
        return OR_NONE if len(values) > 1 else NO_AXIS
    return values[0] if kind in SINGLE else ""


def _parameters(choice: Choice) -> dict[str, Any]:
    return {
        f"{kind}_values": [value for value in values if value != NO_AXIS or kind != "axis"]
        for kind, values in choice.values.items()
        if kind not in SINGLE
    }
