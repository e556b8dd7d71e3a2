"""Ids of what the index of words finds, looked up before anything else is asked of these rows."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from forum.infra.db import Base, db
from forum.infra.in_lists import in_list
from forum.infra.search_index import (
    asked_in,
    has,
    id_of,
    matches,
    matches_among_newest,
    matching,
    newest_rows,
)
from forum.infra.search_questions import Node, asks_together, check, has_phrase, loosened
from forum.infra.statements import planned_by_index, planned_each_time, select_rows

FEW = 1_000  # rows that are looked up by their ids
# Among so many of the newest rows PostgreSQL looks for the newest that have something: it finds none in order by its
# index of words, and reading on from the newest would read whole tables for what is rare.
WINDOW = 40_000
PROBED = 8_000  # of these are looked at first, where several words are wanted
MOST_SHAPES = 64  # of statements that are kept


class Ids(NamedTuple):
    """Ids of rows; whether there are more of them."""

    ids: Sequence[int]
    more: bool


UNKNOWN = Ids((), more=True)


class Wanted(NamedTuple):
    """What rows of an indexed table have.

    `through`: a column to return, and one that has the ids of these rows. `newest`: where there are many, the newest.
    `most`: how many are returned at most, by themselves FEW.
    """

    model: type[Base]
    node: Node
    through: tuple[Any, Any] | None = None
    newest: bool = False
    most: int | None = None

    @property
    def limit(self) -> int:
        """How many are returned at most."""
        return FEW if self.most is None else self.most

    @property
    def query(self) -> Select[tuple[int]]:
        """The query for what is returned of these rows, as `id`."""
        return _through(matches(self.model, self.node), self.through)


def few(wanted: Mapping[str, Wanted], *, by_index: bool) -> dict[str, Ids]:
    """Return the ids of the rows that have each of these, in no order.

    Where there are more than wanted there are none, or of who wants them the newest. With ids, what else is asked of
    rows can be statements that are planned once. One query; on PostgreSQL one more where there is a phrase, and one or
    two for each of which the newest are wanted. `by_index`: of many words of which any may be there, PostgreSQL thinks
    that they are in most rows, and would read all; as it does of phrases.
    """
    for each in wanted.values():
        if each.newest and (each.through or each.most):
            raise ValueError("FEW of the newest are returned, and by their own ids")
        check(each.node)
    if not wanted:
        return {}
    found = _at_once(wanted, by_index=by_index)
    if db.engine.dialect.name == "sqlite":
        return found
    phrases = {name: each for name, each in wanted.items() if has_phrase(each.node)}
    found |= _with_phrases(
        {name: each for name, each in phrases.items() if not (each.newest and found[name].more)}, found
    )
    newest = [name for name, each in wanted.items() if each.newest and found[name].more]
    return found | {name: Ids(_newest(wanted[name]), more=True) for name in newest}


def _at_once(wanted: Mapping[str, Wanted], *, by_index: bool) -> dict[str, Ids]:
    """The rows of each, by one statement; on PostgreSQL, which keeps no places, a phrase is all of its words."""
    in_order = db.engine.dialect.name == "sqlite"
    nodes = [each.node if in_order else loosened(each.node) for each in wanted.values()]
    asked = list(zip(wanted.values(), nodes, strict=True))
    values = {f"asked_{at}": asked_in(each.model, node) for at, (each, node) in enumerate(asked)}
    parts = (
        _Part(each.model, each.through, each.limit, each.newest and (in_order or asks_together(node)))
        for each, node in asked
    )
    with planned_by_index() if by_index else planned_each_time():
        found = _read(wanted, select_rows(_few(tuple(parts)), values).all())
    return {
        name: Ids(ids, more=len(ids) > wanted[name].limit)
        if ids is not None and (len(ids) <= wanted[name].limit or (wanted[name].newest and in_order))
        else UNKNOWN
        for name, ids in found.items()
    }


def _with_phrases(wanted: Mapping[str, Wanted], loose: Mapping[str, Ids]) -> dict[str, Ids]:
    """The rows on PostgreSQL that have the very phrases: of those with their words, where these are few (one query)."""
    if not wanted:
        return {}
    queries, values = [], {}
    for at, (name, each) in enumerate(wanted.items()):
        query = each.query
        if not loose[name].more:
            returned = each.through[0] if each.through else id_of(each.model)
            query, values[f"ids_{at}"] = query.where(in_list(returned, f"ids_{at}")), list(loose[name].ids)
        queries.append(_listed(at, query, each.limit))
    with planned_by_index():
        found = _read(wanted, select_rows(union_all(*queries), values).all())
    return {
        name: Ids(ids, more=False) if ids is not None and len(ids) <= wanted[name].limit else UNKNOWN
        for name, ids in found.items()
    }


def _read(wanted: Mapping[str, Wanted], rows: Sequence[Any]) -> dict[str, Sequence[int] | None]:
    """The ids of each, from rows as `_listed` returns them; none for what many have."""
    ids_at = {at: json.loads(ids) if isinstance(ids, str) else ids for at, ids in rows}
    return {name: ids_at[at] for at, name in enumerate(wanted)}


def _newest(wanted: Wanted) -> Sequence[int]:
    """The newest rows on PostgreSQL, as far as they are among the newest of all (one query, or two).

    How many have one word it knows, and finds them in the faster way; how many have several it guesses too low.
    """
    if asks_together(wanted.node):
        newest = matches_among_newest(wanted.model, wanted.node, WINDOW).limit(FEW + 1)
        with planned_each_time():
            return select_rows(newest, {}).scalars().all()
    key = id_of(wanted.model)
    last = select_rows(select(func.max(key)), {}).scalar() or 0
    query = wanted.query.where(key > bindparam("after", type_=Integer)).order_by(key.desc()).limit(FEW + 1)
    with planned_each_time():
        return select_rows(query, {"after": last - WINDOW}).scalars().all()


class _Part(NamedTuple):
    """What is looked up in one table, how many at most; whether the newest are wanted of what many have."""

    model: type[Base]
    through: tuple[Any, Any] | None
    limit: int
    newest: bool


@lru_cache(MOST_SHAPES)
def _few(parts: tuple[_Part, ...]) -> Executable:
    """The statement of `_at_once`; what is asked of each table is a parameter of it, `asked_0` and so on."""
    queries = []
    is_postgresql = db.engine.dialect.name == "postgresql"
    for at, part in enumerate(parts):
        # PostgreSQL plans the statement for how rare these very words are.
        asked = bindparam(f"asked_{at}", type_=String, literal_execute=is_postgresql)
        query = _through(matching(part.model, asked), part.through)
        if part.newest and not is_postgresql:
            query = query.order_by(query.selected_columns[0].desc())
        many = _have_many(part.model, asked) if part.newest and is_postgresql else None
        queries.append(_listed(at, query, part.limit, many))
    return union_all(*queries)


def _have_many(model: type[Base], asked: BindParameter[str]) -> ColumnElement[bool]:
    """Whether more than FEW of the newest rows alone have it.

    Where several words are wanted PostgreSQL goes through all rows that have one to find the few that it expects. That
    as many would be found further on is not taken for granted: it would make a search for what stands in a hundred
    closed texts slower than one for what nobody wrote.
    """
    rows = newest_rows(model, PROBED)
    found = select(literal_column("1")).select_from(rows).where(has(asked)).limit(FEW + 1).subquery()
    return select(func.count()).select_from(found).scalar_subquery() > FEW


def _through(ids: Select[tuple[int]], columns: tuple[Any, Any] | None) -> Select[tuple[int]]:
    if columns is None:
        return ids
    returned, key = columns
    return select(returned.label("id")).where(key.in_(ids))


def _listed(
    at: int, query: Select[tuple[int]], limit: int, many: ColumnElement[bool] | None = None
) -> Select[Any]:
    """One row with a place and the ids: thousands of rows of one number would cost more. No ids where `many` holds."""
    part = query.limit(limit + 1).subquery()
    if db.engine.dialect.name == "sqlite":
        return select(literal_column(str(at)).label("at"), func.json_group_array(*part.c).label("ids"))
    ids: Any = func.coalesce(func.array_agg(*part.c), cast([], ARRAY(Integer)))
    if many is not None:
        ids = case((many, null()), else_=select(ids).scalar_subquery())
    return select(literal_column(str(at)).label("at"), ids.label("ids"))
