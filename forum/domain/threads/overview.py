"""All threads that somebody may read, across spaces, narrowed by filters.

Filters of one kind add to each other, kinds narrow each other. Which lessons lead to a thread is handed in: lessons
stand above threads.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar

from forum.domain.choices import Chosen
from forum.domain.threads import latest_words, lists, mentions, overview_queries
from forum.domain.threads.latest_words import LatestWords
from forum.domain.threads.list_queries import KEYS
from forum.domain.threads.overview_queries import OR_NONE, SINGLE, STATES
from forum.infra.paging import Page, keyset
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

    @property
    def shape(self) -> overview_queries.Shape:
        """What a statement depends on: the kinds that are chosen, and of those with one value which."""
        return frozenset((kind, _of_shape(kind, values)) for kind, values in self.values.items())

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The values of such a statement, by the names of its parameters."""
        return {
            f"{kind}_values": [value for value in values if value != NO_AXIS or kind != "axis"]
            for kind, values in self.values.items()
            if kind not in SINGLE
        }


KINDS = Choice.kinds()


@dataclass
class ThreadPage(Page[lists.ThreadCard]):
    """Threads of a page, with the newest words in each that has a reply, by its id."""

    words: dict[int, LatestWords] = field(default_factory=dict)


def page(
    reader: Actor | None,
    choice: Choice,
    lessons: Lessons,
    *,
    cursor: str | None = None,
    limit: int = 20,
) -> ThreadPage:
    """Return threads that the reader may see and that the choice leaves, the latest post first.

    One query, and one more where any has an @.
    """
    query = overview_queries.chosen(reader is not None, choice.shape, lessons)
    around = overview_queries.for_visitors if reader is None else overview_queries.for_members
    values = {**readers.reader_values(reader), **choice.parameters}
    rows, following = keyset(query, keys=KEYS, cursor=cursor, limit=limit, values=values, around=around)
    said = mentions.in_plain({**lists.summaries(rows), **latest_words.plain(rows)})
    words = {row.id: latest_words.of_row(row, said) for row in rows if row.reply_id is not None}
    return ThreadPage(lists.cards_of(rows, said), following, words)


def _of_shape(kind: str, values: tuple[str, ...]) -> str:
    if kind == "axis" and NO_AXIS in values:
        return OR_NONE if len(values) > 1 else NO_AXIS
    return values[0] if kind in SINGLE else ""
