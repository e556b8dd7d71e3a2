"""The database handle, its naming rules, its column types, and whose turn it is to write."""

import enum
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Enum, MetaData, create_engine, text
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Relationship, relationship
from sqlalchemy.types import TypeDecorator

from forum.infra import column_indexes, connections, private_files
from forum.infra.compiled_cache import CompiledCache
from forum.infra.turns import Turns

column_indexes.fill_at_once()
log = logging.getLogger(__name__)
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC on both databases; ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table shares."""

    metadata = MetaData(naming_convention=NAMING)


Base.registry.update_type_annotation_map({datetime: Moment})


class Closed(SQLAlchemyError):
    """The database failed in this request already, and is asked nothing more."""


class _Session(Session):
    """Asks nothing of a database that failed in this request."""

    def get_bind(self, *args: Any, **options: Any) -> Any:
        """Return where to ask; Closed after `close`."""
        if _closed.get():
            raise Closed
        return super().get_bind(*args, **options)


db = SQLAlchemy(
    model_class=Base,
    session_options={
        "class_": _Session,
        # create_savepoint lets a test wrap a whole request, commits included, in one transaction that is thrown away.
        "join_transaction_mode": "create_savepoint",
        "expire_on_commit": False,
    },
)
if TYPE_CHECKING:  # Flask-SQLAlchemy makes the class at run time, where a type checker cannot see it
    Model = Base
else:
    Model = db.Model
migrate = Migrate()

_closed: ContextVar[bool] = ContextVar("closed", default=False)
# Who writes at once in one web process, how many wait, and for how many seconds; SQLite has one writer at a time.
WRITERS, WAITING_WRITERS, WRITER_PATIENCE = connections.CONNECTIONS // 2, 64, 5.0


def init_app(app: Flask) -> None:
    """Bind database and migrations to the application."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    is_sqlite, path = url.get_backend_name() == "sqlite", connections.sqlite_file(url)
    options = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    options.setdefault("hide_parameters", True)  # they are what people wrote, and an error is logged
    options.setdefault("execution_options", {})["compiled_cache"] = CompiledCache()
    connections.choose(url, options)
    if path is not None and (sentence := private_files.unwritable(path)):
        log.error(sentence)
    app.extensions["turns"] = Turns(1 if is_sqlite else WRITERS, WAITING_WRITERS, WRITER_PATIENCE)
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS"], render_as_batch=True, compare_type=True)


@contextmanager
def elsewhere(url: URL) -> Iterator[None]:
    """Let the application ask another database for the length of the block: for a command, which nobody runs beside."""
    engines: Any = db.engines
    before, address = db.engine, current_app.config["SQLALCHEMY_DATABASE_URI"]
    db.session.remove()
    engines[None] = create_engine(url, hide_parameters=True)
    current_app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
    try:
        yield
    finally:
        db.session.remove()
        db.engine.dispose()
        engines[None], current_app.config["SQLALCHEMY_DATABASE_URI"] = before, address


def let_go() -> None:
    """Give the connection back before something that takes long; what was read stays. Only while nothing is written."""
    if connections.is_reading():
        db.session.commit()


def set_closed(closed: bool) -> None:
    """Ask nothing more in this context, Closed for who tries; or end that."""
    _closed.set(closed)


def is_closed() -> bool:
    """Return whether the database is asked nothing more in this context."""
    return _closed.get()


def choice(values: type[enum.StrEnum], *, name: str | None = None, checked: bool = True) -> Enum:
    """Return the column type of a closed set of codes, held by a CHECK (`name`, where a table uses one set twice).

    Not `checked`: of a log that is only added to, which no later migration rewrites for one more kind.
    """
    return Enum(
        values,
        native_enum=False,
        create_constraint=checked,
        length=24,
        name=name or values.__name__.lower(),
        values_callable=lambda kind: [item.value for item in kind],
    )


def where(condition: str) -> dict[str, Any]:
    """Return the options of an index that holds only the rows of `condition`, for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def related(*args: Any, **options: Any) -> Relationship[Any]:
    """Return a relationship that raises unless the query loaded it: no hidden query, and no row around the rule."""
    return relationship(*args, lazy="raise", **options)
