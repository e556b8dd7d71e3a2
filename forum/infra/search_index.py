"""The index of words in the database: keys that our code made, with the same hits on SQLite and on PostgreSQL.

A table that is indexed has columns of `terms`, the keys of a text in order, and of `parts`, those of the parts of its
compounds. SQLite keeps an FTS5 table beside it by triggers, PostgreSQL a generated column with a GIN index.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    Subquery,
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
)
from sqlalchemy.dialects.postgresql import TSQUERY

from forum.infra.db import Base, db
from forum.infra.in_lists import List
from forum.infra.search_questions import (
    AllOf,
    AnyOf,
    Node,
    Phrase,
    Without,
    as_fts5,
    as_tsquery,
    check,
    has_phrase,
    loosened,
)
from forum.infra.statements import planned_by_index, select_rows

TERMS, PARTS = "terms", "parts"
LEXEMES = "lexemes"  # the generated column of PostgreSQL
_LEXEMES: ColumnElement[Any] = column(LEXEMES)
FTS = "_fts"  # what the FTS5 table of a table is called by, after its name


def matches(model: type[Base], query: Node) -> Select[tuple[int]]:
    """Return a query for the ids, as `id`, of the rows of an indexed table that match; ValueError if it asks nothing.

    In no order: whoever wants the newest sorts by `id`.
    """
    check(query)
    if db.engine.dialect.name == "sqlite":
        return matching(model, bindparam(None, asked_in(model, query), String))
    terms: list[Any] = [model.__table__.columns[name] for name in _terms(model)]
    return select(id_of(model).label("id")).where(_for_postgresql(query, terms))


def row_matches(model: type[Base], key: Any, query: Node) -> ColumnElement[bool]:
    """Return whether the row of an indexed table that a statement joins matches; `key` is the id that it is joined by.

    On PostgreSQL that row itself is asked: what a statement reads anyway need not be found once more.
    """
    check(query)
    if db.engine.dialect.name == "sqlite":
        found: ColumnElement[bool] = key.in_(matches(model, query))
        return found
    indexed: Any = model.__table__
    terms: list[Any] = [indexed.columns[name] for name in _terms(model)]
    return _for_postgresql(query, terms, literal_column(f"{indexed.name}.{LEXEMES}"))


def matches_among_newest(model: type[Base], query: Node, number: int) -> Select[tuple[int]]:
    """Return a query for PostgreSQL: the ids of those of so many of the newest rows that match, the newest first.

    It reads these rows one by one, and stops at a limit.
    """
    newest = newest_rows(model, number)
    key = newest.c[id_of(model).name].label("id")
    matching_ = _for_postgresql(query, [newest.c[name] for name in _terms(model)])
    return select(key).where(matching_).order_by(key.desc())


def newest_rows(model: type[Base], number: int) -> Subquery:
    """Return so many of the newest rows of an indexed table of PostgreSQL, whose lexemes may be asked."""
    key, names = id_of(model), _terms(model)
    columns = [key, *(model.__table__.columns[name] for name in names), literal_column(LEXEMES)]
    return select(*columns).order_by(key.desc()).limit(number).subquery()


def matching(model: type[Base], asked: BindParameter[str]) -> Select[tuple[int]]:
    """Return a query for the ids, as `id`, of the rows that have what is asked as `asked_in` returns it."""
    if db.engine.dialect.name == "postgresql":
        return select(id_of(model).label("id")).where(has(asked))
    rowid, words = _fts5(model)
    return select(rowid.label("id")).where(words.match(asked))


def has(asked: BindParameter[str], lexemes: ColumnElement[Any] = _LEXEMES) -> ColumnElement[bool]:
    """Return whether a row of PostgreSQL has what is asked, as `asked_in` returns it."""
    return lexemes.bool_op("@@")(cast(asked, TSQUERY))


def id_of(model: type[Base]) -> Any:
    """Return the column with the ids of an indexed table."""
    indexed: Any = model.__table__
    (key,) = indexed.primary_key.columns
    return key


def asked_in(model: type[Base], query: Node) -> str:
    """Return a question in the language of the index; on PostgreSQL one without phrases."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    return as_fts5(query, _terms(model)) if is_sqlite else as_tsquery(query)


def _fts5(model: type[Base]) -> tuple[Any, Any]:
    """The ids in the FTS5 table of an indexed table, and what its words are asked by."""
    indexed: Any = model.__table__
    name = indexed.name + FTS
    found = table(name, column("rowid"), column(name))
    return found.c.rowid, found.c[name]


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
        rowid, words = _fts5(model)
        return exists(select(rowid).where(words.match(literal('"').concat(each.c.value).concat('"'))))
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


def _for_postgresql(
    node: Node, terms: list[ColumnElement[str]], lexemes: ColumnElement[Any] = _LEXEMES
) -> ColumnElement[bool]:
    """One question to the index for all that has no phrase in it; of a phrase it finds the rows with all its keys."""
    if not has_phrase(node):
        return has(_written(as_tsquery(node)), lexemes)
    match node:
        case Phrase(keys):
            words = " {} ".format(" ".join(keys))
            follow = [func.strpos(" " + each + " ", words) > 0 for each in terms]
            return and_(has(_written(as_tsquery(loosened(node))), lexemes), or_(*follow))
        case AllOf(nodes):
            return and_(*(_for_postgresql(each, terms, lexemes) for each in nodes))
        case AnyOf(nodes):
            return or_(*(_for_postgresql(each, terms, lexemes) for each in nodes))
        case Without(first, excluded):
            kept, left_out = (_for_postgresql(each, terms, lexemes) for each in (first, excluded))
            return and_(kept, not_(left_out))
    raise AssertionError(node)


def _written(query: str) -> BindParameter[str]:
    # Written into the statement when it is run: PostgreSQL plans it for how rare these very words are.
    return bindparam(None, query, String, literal_execute=True)
