"""Ids of what the index of words finds, looked up before anything else is asked of these rows."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Executable, Integer, Select, String, bindparam, func, literal_column, select, union_all

from forum.infra.db import Base, db
from forum.infra.in_lists import in_list
from forum.infra.search_index import asked_in, id_of, matches, matching
from forum.infra.search_questions import Node, check, has_phrase, loosened
from forum.infra.statements import planned_by_index, planned_each_time, select_rows

FEW = 1_000  # rows that are looked up by their ids
# Among so many of the newest rows PostgreSQL looks for the newest that have something: it finds none in order by its
# index of words, and reading on from the newest would read whole tables for what is rare.
WINDOW = 40_000
MOST_SHAPES = 64  # of statements that are kept


class Ids(NamedTuple):
    """Ids of rows; whether there are more of them."""

    ids: Sequence[int]
    more: bool


UNKNOWN = Ids((), more=True)


class Wanted(NamedTuple):
    """What rows of an indexed table have.

    `through`: a column to return, and one that has the ids of these rows. `newest`: where there are many, the newest.
    """

    model: type[Base]
    node: Node
    through: tuple[Any, Any] | None = None
    newest: bool = False

    @property
    def query(self) -> Select[tuple[int]]:
        """The query for what is returned of these rows, as `id`."""
        return _through(matches(self.model, self.node), self.through)


def few(wanted: Mapping[str, Wanted], *, by_index: bool) -> dict[str, Ids]:
    """Return the ids of the rows that have each of these, in no order (one query; on PostgreSQL more for the newest).

    Where there are more than FEW there are none, or of who wants them the newest. With ids, what else is asked of rows
    can be statements that are planned once. `by_index`: of many words of which any may be there, PostgreSQL thinks that
    they are in most rows, and would read all; as it does of phrases.
    """
    in_order = db.engine.dialect.name == "sqlite"
    phrases = () if in_order else [name for name, each in wanted.items() if has_phrase(each.node)]
    apart = {name: _of_phrase(wanted[name]) for name in phrases if wanted[name].newest and not by_index}
    if apart:
        return apart | few({name: each for name, each in wanted.items() if name not in apart}, by_index=False)
    if not wanted:
        return {}
    if phrases:
        statement, values = _listed([each.query for each in wanted.values()]), {}
    else:
        for each in wanted.values():
            check(each.node)
        values = {f"asked_{at}": asked_in(each.model, each.node) for at, each in enumerate(wanted.values())}
        statement = _few(
            tuple((each.model, each.through, each.newest and in_order) for each in wanted.values())
        )
    with planned_by_index() if by_index or phrases else planned_each_time():
        rows = select_rows(statement, values).all()
    found: dict[str, Ids] = {}
    ids_at = {at: json.loads(ids) if in_order else ids for at, ids in rows}
    for at, (name, each) in enumerate(wanted.items()):
        ids = ids_at[at] or []
        found[name] = Ids(ids, more=False) if len(ids) <= FEW else UNKNOWN
        if each.newest and len(ids) > FEW:
            found[name] = Ids(ids if in_order else _newest(each), more=True)
    return found


def _of_phrase(wanted: Wanted) -> Ids:
    """The rows on PostgreSQL that have what may be a phrase; the index knows its words (two or three queries)."""
    loose = Wanted(wanted.model, loosened(wanted.node))
    with planned_each_time():
        ids = select_rows(loose.query.limit(FEW + 1), {}).scalars().all()
        if len(ids) <= FEW:
            query = wanted.query.where(in_list(id_of(wanted.model), "ids"))
            return Ids(select_rows(query, {"ids": ids}).scalars().all(), more=False)
    return Ids(_newest(wanted), more=True)


def _newest(wanted: Wanted) -> Sequence[int]:
    """The newest rows on PostgreSQL, as far as they are among the newest of all (two queries)."""
    key = id_of(wanted.model)
    last = select_rows(select(func.max(key)), {}).scalar() or 0
    query = wanted.query.where(key > bindparam("after", type_=Integer)).order_by(key.desc()).limit(FEW + 1)
    with planned_each_time():
        return select_rows(query, {"after": last - WINDOW}).scalars().all()


@lru_cache(MOST_SHAPES)
def _few(tables: tuple[tuple[type[Base], tuple[Any, Any] | None, bool], ...]) -> Executable:
    """The statement of `few`; what is asked of each table is a parameter of it, `asked_0` and so on."""
    queries = []
    for number, (model, through, newest) in enumerate(tables):
        # PostgreSQL plans the statement for how rare these very words are.
        is_written = db.engine.dialect.name == "postgresql"
        asked = bindparam(f"asked_{number}", type_=String, literal_execute=is_written)
        query = _through(matching(model, asked), through)
        queries.append(query.order_by(query.selected_columns[0].desc()) if newest else query)
    return _listed(queries)


def _through(ids: Select[tuple[int]], columns: tuple[Any, Any] | None) -> Select[tuple[int]]:
    if columns is None:
        return ids
    returned, key = columns
    return select(returned.label("id")).where(key.in_(ids))


def _listed(queries: Sequence[Select[tuple[int]]]) -> Executable:
    """One row for each query, with its place and its ids: thousands of rows of one number would cost more."""
    listed = func.json_group_array if db.engine.dialect.name == "sqlite" else func.array_agg
    parts = [query.limit(FEW + 1).subquery() for query in queries]
    return union_all(
        *(select(literal_column(str(at)).label("at"), listed(*part.c)) for at, part in enumerate(parts))
    )
