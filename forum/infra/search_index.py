"""The index of words in the database: keys that our code made, with the same hits on SQLite and on PostgreSQL.

A table that is indexed has columns of `terms`, the keys of a text in order, and of `parts`, those of the parts of its
compounds. SQLite keeps an FTS5 table beside it by triggers, PostgreSQL a generated column with a GIN index.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from forum.infra.db import Base, db
from forum.infra.in_lists import List
from forum.infra.search_questions import (
    AllOf,
    AnyOf,
    Key,
    Node,
    Phrase,
    Without,
    as_fts5,
    as_tsquery,
    check,
    has_phrase,
)
from forum.infra.statements import planned_by_index, planned_each_time, select_rows

TERMS, PARTS = "terms", "parts"
LEXEMES = "lexemes"  # the generated column of PostgreSQL
FEW = 1_000  # rows that are looked up by their ids
MOST_SHAPES = 64  # of statements that are kept
FTS = "_fts"  # what the FTS5 table of a table is called by, after its name


def matches(model: type[Base], query: Node) -> Select[tuple[int]]:
    """Return a query for the ids, as `id`, of the rows of an indexed table that match; ValueError if it asks nothing.

    In no order: whoever wants the newest sorts by `id`.
    """
    check(query)
    if db.engine.dialect.name == "sqlite":
        return _ids(model, bindparam(None, as_fts5(query, _terms(model)), String))
    indexed: Any = model.__table__
    (key,) = indexed.primary_key.columns
    terms = [indexed.columns[name] for name in _terms(model)]
    return select(key.label("id")).where(_for_postgresql(query, terms))


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
    """Return the ids of the rows that have each of these, in no order (one query).

    Where there are more than FEW there are none, or of who wants them the newest. With ids, what else is asked of rows
    can be statements that are planned once. `by_index`: of phrases, and of many words of which any may be there,
    PostgreSQL thinks that they are in most rows, and would read all; the newest of those it does not find.
    """
    if not wanted:
        return {}
    is_sqlite = db.engine.dialect.name == "sqlite"
    values: dict[str, str] = {}
    statement: Executable
    has_newest = is_sqlite or not by_index
    if not is_sqlite and any(has_phrase(each.node) for each in wanted.values()):
        statement = _listed([each.query for each in wanted.values()])
    else:
        for number, each in enumerate(wanted.values()):
            check(each.node)
            asked = as_fts5(each.node, _terms(each.model)) if is_sqlite else as_tsquery(each.node)
            values[f"asked_{number}"] = asked
        tables = ((each.model, each.through, each.newest and has_newest) for each in wanted.values())
        statement = _few(tuple(tables))
    with planned_by_index() if by_index else planned_each_time():
        found = {at: json.loads(ids) if is_sqlite else ids for at, ids in select_rows(statement, values)}
    numbered = zip(wanted.items(), (found[at] or [] for at in range(len(wanted))), strict=True)
    return {
        name: Ids(ids if len(ids) <= FEW or (each.newest and has_newest) else (), more=len(ids) > FEW)
        for (name, each), ids in numbered
    }


@lru_cache(MOST_SHAPES)
def _few(tables: tuple[tuple[type[Base], tuple[Any, Any] | None, bool], ...]) -> Executable:
    """The statement of `few`; what is asked of each table is a parameter of it, `asked_0` and so on."""
    queries = []
    for number, (model, through, newest) in enumerate(tables):
        # On PostgreSQL written into the statement when it is run, as in `_lexemes`.
        is_written = db.engine.dialect.name == "postgresql"
        asked = bindparam(f"asked_{number}", type_=String, literal_execute=is_written)
        query = _through(_ids(model, asked), through)
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


def _ids(model: type[Base], asked: BindParameter[str]) -> Select[tuple[int]]:
    """The ids of the rows of a table that have what is asked in the language of the index, which has no phrases."""
    indexed: Any = model.__table__
    (key,) = indexed.primary_key.columns
    if db.engine.dialect.name == "postgresql":
        return select(key.label("id")).where(column(LEXEMES).bool_op("@@")(cast(asked, TSQUERY)))
    name = indexed.name + FTS
    found: Any = table(name, column("rowid"), column(name))
    return select(found.c.rowid.label("id")).where(found.c[name].match(asked))


def _terms(model: type[Base]) -> list[str]:
    """The names of the columns that have the keys of whole texts."""
    return [each.name for each in model.__table__.columns if each.name.endswith(TERMS)]


def present(models: Sequence[type[Base]], keys: Collection[str]) -> set[str]:
    """Return those of the keys that stand in any row of these indexed tables (one query).

    Each is looked up by itself: of many at once PostgreSQL thinks that they are in most rows, and reads all.
    """
    each = _each_key()
    query = select(each.c.value.label("key")).where(or_(*(_stands_in(model, each) for model in models)))
    with planned_by_index():
        return set(select_rows(query, {"keys": list(keys)}).scalars())


def _each_key() -> Any:
    keys = bindparam("keys", type_=List(String()))
    if db.engine.dialect.name == "sqlite":
        return func.json_each(keys).table_valued("value", name="each_key")
    return func.unnest(keys).table_valued("value").render_derived("each_key")


def _stands_in(model: type[Base], each: Any) -> Any:
    indexed: Any = model.__table__
    if db.engine.dialect.name == "sqlite":
        name = indexed.name + FTS
        found = table(name, column("rowid"), column(name))
        return exists(
            select(found.c.rowid).where(found.c[name].match(literal('"').concat(each.c.value).concat('"')))
        )
    asked = cast(literal("'").concat(each.c.value).concat("'"), TSQUERY)
    has = literal_column(f"{indexed.name}.{LEXEMES}").bool_op("@@")(asked)
    return select(true()).select_from(indexed).where(has).limit(1).scalar_subquery().is_not(None)


def is_of_engine(name: str) -> bool:
    """Return whether a table of SQLite is an FTS5 table or one in which it keeps what it knows."""
    return any(name.endswith(FTS + ending) for ending in ("", "_data", "_idx", "_docsize", "_config"))


def is_in_models(_row: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Return whether a table, column or index of the database has to be in the models: what indexes words is not."""
    named = name or ""
    return not (reflected and (named == LEXEMES or named.endswith(f"_{LEXEMES}") or is_of_engine(named)))


def _for_postgresql(node: Node, terms: list[ColumnElement[str]]) -> ColumnElement[bool]:
    """One question to the index for all that has no phrase in it; of a phrase it finds the rows with all its keys."""
    if not has_phrase(node):
        return _lexemes(as_tsquery(node))
    match node:
        case Phrase(keys):
            words = " {} ".format(" ".join(keys))
            follow = [func.strpos(" " + each + " ", words) > 0 for each in terms]
            return and_(_lexemes(as_tsquery(AllOf(tuple(map(Key, keys))))), or_(*follow))
        case AllOf(nodes):
            return and_(*(_for_postgresql(each, terms) for each in nodes))
        case AnyOf(nodes):
            return or_(*(_for_postgresql(each, terms) for each in nodes))
        case Without(first, excluded):
            return and_(_for_postgresql(first, terms), not_(_for_postgresql(excluded, terms)))
    raise AssertionError(node)


def _lexemes(query: str) -> ColumnElement[bool]:
    # Written into the statement when it is run: PostgreSQL plans it for how rare these very words are.
    asked: Any = bindparam(None, query, String, literal_execute=True)
    return column(LEXEMES).bool_op("@@")(cast(asked, TSQUERY))
