"""The index of words in the database: keys that our code made, with the same hits on SQLite and on PostgreSQL.

A table that is indexed has columns of `terms`, the keys of a text in order, and of `parts`, those of the parts of its
compounds. SQLite keeps an FTS5 table beside it by triggers, PostgreSQL a generated column with a GIN index.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
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
from forum.infra.statements import planned_by_index, planned_each_time, select_rows

TERMS, PARTS = "terms", "parts"
LEXEMES = "lexemes"  # the generated column of PostgreSQL
FEW = 1_000  # rows that are looked up by their ids
FTS = "_fts"  # what the FTS5 table of a table is called by, after its name


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one word, as a word or as the part of one."""

    key: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the key of a word begins with, as a word or as the part of one."""

    letters: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Keys of words that follow each other in one column."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everything that is asked for is there."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of them is there."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The first is there, and the second is not."""

    node: "Node"
    excluded: "Node"


Node = Key | Beginning | Phrase | AllOf | AnyOf | Without


def matches(model: type[Base], query: Node) -> Select[tuple[int]]:
    """Return a query for the ids, as `id`, of the rows of an indexed table that match; ValueError if it asks nothing.

    In no order: whoever wants the newest sorts by `id`.
    """
    _check(query)
    indexed: Any = model.__table__
    (key,) = indexed.primary_key.columns
    if db.engine.dialect.name == "sqlite":
        name = indexed.name + FTS
        found: Any = table(name, column("rowid"), column(name))
        asked = _as_fts5(query, [each.name for each in indexed.columns if each.name.endswith(TERMS)])
        return select(found.c.rowid.label("id")).where(found.c[name].match(bindparam(None, asked, String)))
    terms = [each for each in indexed.columns if each.name.endswith(TERMS)]
    return select(key.label("id")).where(_for_postgresql(query, terms))


def few(queries: Mapping[str, Select[tuple[int]]], *, by_index: bool) -> dict[str, list[int] | None]:
    """Return the ids that each of these queries finds, in no order; None for one that finds more than FEW (one query).

    So what else is asked of them can be statements that are planned once. `by_index`: of phrases, and of many words of
    which any may be there, PostgreSQL thinks that they are in most rows, and would read all.
    """
    if not queries:
        return {}
    is_sqlite = db.engine.dialect.name == "sqlite"
    parts = [query.limit(FEW + 1).subquery() for query in queries.values()]
    # One row for each: thousands of rows of one number would cost more than finding them.
    listed = func.json_group_array if is_sqlite else func.array_agg
    each = [select(literal_column(str(at)).label("at"), listed(*part.c)) for at, part in enumerate(parts)]
    with planned_by_index() if by_index else planned_each_time():
        found = {at: json.loads(ids) if is_sqlite else ids for at, ids in select_rows(union_all(*each), {})}
    numbered = zip(queries, (found[at] or [] for at in range(len(parts))), strict=True)
    return {name: None if len(ids) > FEW else ids for name, ids in numbered}


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


def _check(node: Node) -> None:
    """Keys are letters and digits: nothing that anybody types is a sign of a query language."""
    keys: tuple[str, ...] | None = None
    match node:
        case Key(key) | Beginning(key):
            keys = (key,)
        case Phrase(several):
            keys = several
    if keys is not None and not (keys and all(key.isalnum() for key in keys)):
        raise ValueError("a key is made of letters and digits")
    if isinstance(node, AllOf | AnyOf) and not node.nodes:
        raise ValueError("a query asks for something")
    for each in _below(node):
        _check(each)


def _below(node: Node) -> Iterator[Node]:
    if isinstance(node, AllOf | AnyOf):
        yield from node.nodes
    elif isinstance(node, Without):
        yield from (node.node, node.excluded)


def _as_fts5(node: Node, terms: list[str]) -> str:
    match node:
        case Key(key):
            return f'"{key}"'
        case Beginning(letters):
            return f'"{letters}"*'
        case Phrase(keys):
            return f'({{{" ".join(terms)}}} : "{" ".join(keys)}")'
        case AllOf(nodes):
            return "({})".format(" AND ".join(_as_fts5(each, terms) for each in nodes))
        case AnyOf(nodes):
            return "({})".format(" OR ".join(_as_fts5(each, terms) for each in nodes))
        case Without(first, excluded):
            return f"({_as_fts5(first, terms)} NOT {_as_fts5(excluded, terms)})"


def _for_postgresql(node: Node, terms: list[ColumnElement[str]]) -> ColumnElement[bool]:
    """One question to the index for all that has no phrase in it; of a phrase it finds the rows with all its keys."""
    if not _has_phrase(node):
        return _lexemes(_as_tsquery(node))
    match node:
        case Phrase(keys):
            words = " {} ".format(" ".join(keys))
            follow = [func.strpos(" " + each + " ", words) > 0 for each in terms]
            return and_(_lexemes(_as_tsquery(AllOf(tuple(map(Key, keys))))), or_(*follow))
        case AllOf(nodes):
            return and_(*(_for_postgresql(each, terms) for each in nodes))
        case AnyOf(nodes):
            return or_(*(_for_postgresql(each, terms) for each in nodes))
        case Without(first, excluded):
            return and_(_for_postgresql(first, terms), not_(_for_postgresql(excluded, terms)))
    raise AssertionError(node)


def _has_phrase(node: Node) -> bool:
    return isinstance(node, Phrase) or any(_has_phrase(each) for each in _below(node))


def _lexemes(query: str) -> ColumnElement[bool]:
    # Written into the statement when it is run: PostgreSQL plans it for how rare these very words are.
    asked: Any = bindparam(None, query, String, literal_execute=True)
    return column(LEXEMES).bool_op("@@")(cast(asked, TSQUERY))


def _as_tsquery(node: Node) -> str:
    match node:
        case Key(key):
            return f"'{key}'"
        case Beginning(letters):
            return f"'{letters}':*"
        case AllOf(nodes):
            return "({})".format(" & ".join(map(_as_tsquery, nodes)))
        case AnyOf(nodes):
            return "({})".format(" | ".join(map(_as_tsquery, nodes)))
        case Without(first, excluded):
            return f"({_as_tsquery(first)} & !{_as_tsquery(excluded)})"
    raise AssertionError(node)
