"""How many threads each filter of the list of all threads would leave, counted by the database in one row.

Of the newest MOST: a list that grows must not make its page slower.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Select, String, func, literal, not_, select
from sqlalchemy import cast as as_type

from forum.domain.choices import Counts
from forum.domain.themes.tags import spelling
from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.overview import KINDS, Choice
from forum.domain.threads.overview_queries import STATES, Lessons, Shape, conditions, states
from forum.infra.columns import code, codes, count_codes
from forum.infra.in_lists import in_rows
from forum.infra.statements import cached, select_rows
from forum.models.cities import BY_CODE
from forum.models.spaces import Space
from forum.models.themes import NO_AXIS, Axis, Need, Tag, ThreadTag
from forum.models.threads import Thread
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.readers import reader_param
from forum.policy.visibility import Reader

MOST = 500


@dataclass(slots=True)
class ThreadCounts(Counts):
    """How many threads there are, of the newest MOST. `without`: how many without the chosen values of a kind."""

    without: dict[str, int] = field(default_factory=dict)
    spaces: dict[str, str] = field(default_factory=dict)  # names by slug
    tags: dict[str, str] = field(default_factory=dict)  # as the newest thread with it spells each, by slug
    without_lesson: frozenset[int] = frozenset()  # ids of threads that were found to have none


def of(reader: Actor | None, choice: Choice, lessons: Lessons) -> ThreadCounts:
    """Return what each filter would leave: a query, and one more for each kind of which something is chosen."""
    found = ThreadCounts()
    chosen = frozenset(choice.values)
    everywhere = _sums_of(reader, choice, frozenset(KINDS) - chosen, lessons)
    found.total = everywhere.counted
    if everywhere.number > MOST:
        found.at_least.add("")
    for kind in KINDS:
        sums = everywhere
        if kind in chosen:
            sums = _sums_of(reader, choice.without(kind), frozenset({kind}), lessons)
            found.without[kind] = sums.number
        if sums.number > MOST:
            found.at_least.add(kind)
        found.by[kind] = _READ[kind](sums, found)
    return found


def _sums_of(reader: Actor | None, choice: Choice, kinds: frozenset[str], lessons: Lessons) -> Any:
    """The row of sums of the threads that a choice leaves, under these kinds."""
    query = _sums(reader is not None, choice.shape, kinds, lessons, MOST)
    return select_rows(query, {**readers.reader_values(reader), **choice.parameters}).one()


@cached
def _sums(signed_in: bool, shape: Shape, kinds: frozenset[str], lessons: Lessons, most: int) -> Select[Any]:
    """A filter is asked only for the choice without its own values: nothing else is read of the threads."""
    reader = reader_param(signed_in)
    moment, number = KEYS
    latest: Any = (moment.desc(), number.desc())
    columns: Any = (column for kind in sorted(kinds) for column in _columns(kind, reader))
    newest: Any = (
        select(Thread.id, func.row_number().over(order_by=latest).label("place"), *columns)
        .where(*conditions(reader, shape, lessons))
        .order_by(*latest)
        .limit(most + 1)
        .cte("newest")
    )
    shown = select(*newest.c).where(newest.c.place <= most).cte("shown")
    made = lessons.with_lesson(reader, select(shown.c.id))
    sums = (column for kind in sorted(kinds) for column in _sums_under(kind, shown.c, made))
    all_of_them = select(func.count()).select_from(newest).scalar_subquery().label("number")
    counted = func.count().label("counted")
    return cast(Select[Any], select(all_of_them, counted, *sums).select_from(shown))


def _columns(kind: str, reader: Reader | None) -> tuple[Any, ...]:
    """What is read of each thread to count the values of a kind."""
    columns: dict[str, tuple[Any, ...]] = {
        "need": (code(Thread.need),),
        "axis": (code(Thread.axis), FILTERS["without_axis"].label("without_axis")),
        "tag": ((Thread.title != "").label("titled"),),
        "city": (codes(Thread.cities),),
        "space": (Thread.space_id,),
        "voices": (Thread.told_by_field,),
    }
    if kind == "state":
        return tuple(condition.label(name) for name, condition in states(reader).items())
    return columns.get(kind, ())


def _sums_under(kind: str, newest: Any, made: Select[Any]) -> tuple[Any, ...]:
    """What is counted of the newest threads for a kind; codes are joined to one text, which Python counts faster."""
    if kind == "need":
        return (_joined(_quoted(newest.need)).label("need"),)
    if kind == "axis":
        return _joined(_quoted(newest.axis)).label("axis"), _number(newest.without_axis).label("without_axis")
    if kind == "city":
        return (_joined(newest.cities).label("cities"),)
    if kind == "state":
        return tuple(_number(newest[name]).label(name) for name in STATES if name in newest)
    if kind == "voices":
        return (_number(newest.told_by_field).label("told_by_field"),)
    if kind == "lesson":
        id_ = func.aggregate_strings(as_type(newest.id, String), " ")
        return (id_.filter(not_(newest.id.in_(made))).label("without_lesson"),)
    return ((_spaces(newest) if kind == "space" else _tags(newest)).label(f"{kind}s"),)


def _spaces(newest: Any) -> Any:
    """A line for each space: its slug, how many threads it has, and its name."""
    each = (
        select(newest.space_id, func.count().label("threads"))
        .group_by(newest.space_id)
        .subquery("threads_of_space")
    )
    return _lines(Space.slug, each.c.threads, Space.name, of=each, join=(Space, Space.id == each.c.space_id))


def _tags(newest: Any) -> Any:
    """A line for each spelling of a tag: its slug, the newest thread that has it so, how many do, and the spelling."""
    among = in_rows(ThreadTag.thread_id, select(newest.id))
    each = (
        select(
            ThreadTag.tag_id,
            ThreadTag.name,
            func.min(newest.place).label("first"),
            func.count().label("threads"),
        )
        .join_from(ThreadTag, newest.id.table, newest.id == ThreadTag.thread_id)
        .where(among, newest.titled)
        .group_by(ThreadTag.tag_id, ThreadTag.name)
        .subquery("threads_of_tag")
    )
    name = spelling(each.c.name)
    return _lines(Tag.slug, each.c.first, each.c.threads, name, of=each, join=(Tag, Tag.id == each.c.tag_id))


def _lines(*columns: Any, of: Any, join: tuple[Any, Any]) -> Any:
    """A text of the rows of a subquery, a line for each, with a space between the columns; the last may hold spaces."""
    line: Any = columns[0]
    for column in columns[1:]:
        line = line + " " + as_type(column, String)
    return select(func.aggregate_strings(line, "\n")).join_from(of, *join).scalar_subquery()


def _joined(column: Any) -> Any:
    return func.aggregate_strings(column, "")


def _quoted(column: Any) -> Any:
    """A code as `codes` has it."""
    return literal('"') + column + literal('"')


def _number(condition: Any) -> Any:
    return func.count().filter(condition)


def _of_needs(sums: Any, _found: ThreadCounts) -> Counter[str]:
    return count_codes(sums.need, Need)


def _of_axes(sums: Any, _found: ThreadCounts) -> Counter[str]:
    return count_codes(sums.axis, Axis) + Counter({NO_AXIS: sums.without_axis})


def _of_cities(sums: Any, _found: ThreadCounts) -> Counter[str]:
    return count_codes(sums.cities, BY_CODE)


def _of_states(sums: Any, _found: ThreadCounts) -> Counter[str]:
    """ "" is all of them."""
    numbers = sums._mapping
    return Counter({"": sums.counted} | {name: numbers[name] for name in STATES if name in numbers})


def _of_voices(sums: Any, _found: ThreadCounts) -> Counter[str]:
    """ "" is everybody."""
    return Counter({"": sums.counted, "field": sums.told_by_field})


def _of_lessons(sums: Any, found: ThreadCounts) -> Counter[str]:
    found.without_lesson = frozenset(map(int, (sums.without_lesson or "").split()))
    without = len(found.without_lesson)
    return Counter({"with": sums.counted - without, "without": without})


def _of_spaces(sums: Any, found: ThreadCounts) -> Counter[str]:
    counted = Counter[str]()
    for slug, threads, name in _read(sums.spaces, columns=3):
        counted[slug] = int(threads)
        found.spaces[slug] = name
    return counted


def _of_tags(sums: Any, found: ThreadCounts) -> Counter[str]:
    counted = Counter[str]()
    for slug, _first, threads, name in sorted(_read(sums.tags, columns=4), key=lambda line: int(line[1])):
        counted[slug] += int(threads)
        found.tags.setdefault(slug, name)
    return counted


def _read(lines: str | None, columns: int) -> Iterable[list[str]]:
    return (line.split(" ", columns - 1) for line in lines.split("\n")) if lines else ()


_READ: dict[str, Callable[[Any, ThreadCounts], Counter[str]]] = {
    "need": _of_needs,
    "axis": _of_axes,
    "tag": _of_tags,
    "city": _of_cities,
    "space": _of_spaces,
    "state": _of_states,
    "voices": _of_voices,
    "lesson": _of_lessons,
}
