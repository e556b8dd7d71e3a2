"""How many lessons there are under what is not counted when one is published: how certain, for whom, where applied.

Of the latest MOST: a library that grows must not make its page slower. Whoever reads a lesson reads where it was
applied, also of a masked one, which stands under no city for where it comes from.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from forum.domain.choices import Counts
from forum.domain.lessons import adoptions, library, origin
from forum.domain.lessons.library_choice import KNOWN, LATELY, Choice, key_of
from forum.infra.columns import code, codes, read_codes
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.policy import readers
from forum.policy.actors import Actor

MOST = 500
MOST_ADDRESSEES = 20  # those of most lessons


class _Lesson(NamedTuple):
    """What a lesson stands under: values by which it is found, of addressees their keys."""

    confidence: frozenset[str]
    applied: frozenset[str]
    addressee: frozenset[str]


def add(
    reader: Actor | None, choice: Choice, found: Counts, among: Sequence[int] | None = None
) -> dict[str, str]:
    """Count the values of LATELY with what is chosen of the other kinds; return how addressees are spelt, by key.

    One query. Kinds of which there may be more are in `found.at_least`. `among`: versions of lessons that were found
    before; only these are counted.
    """
    query = _latest(reader is not None, choice.of_these(KNOWN), among is not None)
    values = {**readers.reader_values(reader), **({} if among is None else {"versions": among})}
    rows = select_rows(query, values).all()
    if len(rows) > MOST:
        found.at_least.update(LATELY)
    spelt: dict[str, str] = {}
    for name in (name for row in rows[:MOST] for name in read_codes(row.addressees)):
        spelt.setdefault(key_of(name), name)
    chosen = {kind: key_of(value) for kind, (value,) in choice.of_these(LATELY).values.items()}
    lessons = [_read(row) for row in rows[:MOST]]
    for kind in LATELY:
        others = {other: value for other, value in chosen.items() if other != kind}
        found.by[kind] = Counter(value for one in _under(lessons, others) for value in getattr(one, kind))
    return spelt


def most_of(counted: Counter[str], chosen: str | None) -> list[str]:
    """Return the keys of the addressees of most lessons, and of the one that is chosen."""
    most = sorted(counted, key=lambda key: (-counted[key], key))
    return [key for key in most if key in most[:MOST_ADDRESSEES] or key == chosen]


def _under(lessons: Iterable[_Lesson], chosen: dict[str, str]) -> Iterable[_Lesson]:
    return (one for one in lessons if all(value in getattr(one, kind) for kind, value in chosen.items()))


def _read(row: Any) -> _Lesson:
    return _Lesson(
        frozenset((row.confidence,)),
        frozenset(city for city, _outcome in adoptions.pairs(row.reports)),
        frozenset(key_of(name) for name in read_codes(row.addressees)),
    )


@cached
def _latest(signed_in: bool, choice: Choice, among: bool) -> Select[Any]:
    """The latest lessons that the other kinds leave, with what they are counted by."""
    changed, number = origin.LATEST
    columns = (code(LessonVersion.confidence), codes(LessonVersion.addressees), adoptions.written(Lesson.id))
    query = library.narrowed(select(*columns).select_from(Lesson), signed_in, choice)
    query = query.where(library.AMONG) if among else query
    return query.order_by(changed.desc(), number.desc()).limit(MOST + 1)
