"""Statements that are built once and run many times, with only what differs filled in."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import BindParameter, Connection, CursorResult, Executable, event, literal_column
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.sql.elements import ClauseList, ColumnElement, Grouping
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse

from forum.infra import connections
from forum.infra.db import db

P = ParamSpec("P")
S = TypeVar("S", bound=ExternallyTraversible)
PERSONAL = "this_reader"  # the name of a parameter with the id of one reader, which may not be written out
CONNECTION = "connection"  # of the transaction of a session, in its `info`
MOST = 256  # for each function: as many combinations of its arguments
# Codes of our own, and what parts them; everything else stays a parameter.
_PLAIN = re.compile(r'[\w%":,\n\t-]*', re.ASCII)
_ANY_DATABASE = DefaultDialect()


def cached(build: Callable[P, S]) -> Callable[P, S]:
    """Cache the statements that `build` returns, by its arguments: building one costs more than running it.

    What differs from reader to reader is a parameter with a name; ValueError where a statement has the id of one reader
    in it. The constants of the code (states, roles, limits, and filters, which are known codes) are written out in the
    statement: running it has less to fill in, and PostgreSQL, which plans it once, knows how many rows they fit.
    """

    def built(*arguments: P.args, **named: P.kwargs) -> S:
        return _constants_written_out(build(*arguments, **named))

    return cast(Callable[P, S], lru_cache(MOST)(built))


def select_rows(statement: Executable, values: dict[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that selects columns, not objects, within the transaction of the session.

    It goes past the session's bookkeeping of objects, which costs a third of such a query and has nothing to do here.
    Nothing is flushed first: for pages that read.
    """
    connection: Connection = db.session().info.get(CONNECTION) or db.session.connection()
    return connection.execute(statement, values)


def planned_each_time() -> AbstractContextManager[None]:
    """Let the database plan the statements of the block for their own values: see `connections.planned`."""
    return connections.planned(db.session.connection(), connections.PLAN_EACH_TIME)


def planned_by_index() -> AbstractContextManager[None]:
    """Let the database find the rows of the block by an index wherever there is one: see `connections.planned`."""
    return connections.planned(db.session.connection(), connections.PLAN_BY_INDEX)


def change_rows(statement: Executable, values: dict[str, Any]) -> int:
    """Run a statement that changes rows; return how many it changed.

    Past the session's bookkeeping of objects, as `select_rows`: those that it holds are left as they are.
    """
    connection: Connection = db.session().info.get(CONNECTION) or db.session.connection()
    return connection.execute(statement, values).rowcount


@event.listens_for(Session, "after_begin")
def _remember(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Asking the session for its connection costs a fifth of a small query, and a page has eight."""
    session.info[CONNECTION] = connection


@event.listens_for(Session, "after_soft_rollback")
def _forget_after_failure(session: Session, _transaction: SessionTransaction) -> None:
    """After a flush that failed the session itself says that it must be rolled back."""
    session.info.pop(CONNECTION, None)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(CONNECTION, None)


def _constants_written_out(statement: S) -> S:
    return cast(S, replacement_traverse(statement, {}, _written_out))


def _written_out(element: Any, **_options: Any) -> ColumnElement[Any] | None:
    if not isinstance(element, BindParameter):
        return None
    if PERSONAL in element.key:
        raise ValueError("a cached statement is for every reader: give it a parameter for the reader")
    if element.required or element.value is None:
        return None
    values = element.value if element.expanding else [element.value]
    if not values or not all(_is_constant(value) for value in values):
        return None
    write = element.type.literal_processor(_ANY_DATABASE)
    if write is None:
        return None
    written: list[ColumnElement[Any]] = [literal_column(write(value), element.type) for value in values]
    return Grouping(ClauseList(*written)) if element.expanding else written[0]


def _is_constant(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and _PLAIN.fullmatch(value) is not None)
