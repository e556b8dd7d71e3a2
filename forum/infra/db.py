"""The database handle, its naming rules, its column types, and the settings of SQLite and PostgreSQL connections."""

import enum
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Engine, Enum, MetaData, event, text
from sqlalchemy.engine import URL, Connection, Dialect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Relationship, relationship
from sqlalchemy.types import TypeDecorator

from forum.infra import private_files
from forum.infra.compiled_cache import CompiledCache
from forum.infra.turns import Turns

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

# True: a transaction on SQLite takes the write lock at its start, so that it never fails halfway with "locked".
# Pages that only read switch it off; any number of them run beside one writer.
_writes: ContextVar[bool] = ContextVar("writes", default=True)
# Seconds that a statement waits for others who write. None: as long as it takes on PostgreSQL, PATIENCE on SQLite.
_patience: ContextVar[float | None] = ContextVar("patience", default=None)
_closed: ContextVar[bool] = ContextVar("closed", default=False)
PATIENCE = 10.0
CONNECTIONS = 20  # of one process: far fewer than its threads, which compute more than they ask
POOL_PATIENCE = 3.0  # seconds until a request without a connection says so
CONNECT_PATIENCE = 3  # seconds until PostgreSQL counts as away
# Who writes at once in one web process, how many wait, and for how many seconds; SQLite has one writer at a time.
WRITERS, WAITING_WRITERS, WRITER_PATIENCE = CONNECTIONS // 2, 64, 5.0


def init_app(app: Flask) -> None:
    """Bind database and migrations to the application."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    is_sqlite, path = url.get_backend_name() == "sqlite", sqlite_file(url)
    options = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    options.setdefault("hide_parameters", True)  # they are what people wrote, and an error is logged
    options.setdefault("execution_options", {})["compiled_cache"] = CompiledCache()
    if path is not None or not is_sqlite:
        # The connection that was used last comes first: its statements are prepared.
        pool = {
            "pool_size": CONNECTIONS,
            "max_overflow": 0,
            "pool_timeout": POOL_PATIENCE,
            "pool_use_lifo": True,
        }
        options |= {**pool, **options}
    if not is_sqlite:
        options.setdefault(
            "pool_pre_ping", True
        )  # what a restart of the server cut is made anew before it is used
        if "connect_timeout" not in url.query:
            options.setdefault("connect_args", {}).setdefault("connect_timeout", CONNECT_PATIENCE)
    if path is not None and (sentence := private_files.unwritable(path)):
        log.error(sentence)
    app.extensions["turns"] = Turns(1 if is_sqlite else WRITERS, WAITING_WRITERS, WRITER_PATIENCE)
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS"], render_as_batch=True, compare_type=True)


def sqlite_file(url: URL) -> Path | None:
    """Return where an SQLite database lies; None for another kind, and for one in memory."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    return Path(name) if name and name != ":memory:" and not name.startswith("file:") else None


@contextmanager
def reading() -> Iterator[None]:
    """Promise that the block only reads: on SQLite it then takes no write lock, on PostgreSQL no transaction."""
    token = _writes.set(False)
    try:
        yield
    finally:
        _writes.reset(token)


def set_reading(only_reads: bool) -> None:
    """Make the same promise for the rest of this context, or end it; the web floor makes it for every GET."""
    _writes.set(not only_reads)


def let_go() -> None:
    """Give the connection back before something that takes long; what was read stays. Only while nothing is written."""
    if not _writes.get():
        db.session.commit()


def set_patience(seconds: float | None) -> None:
    """Let each statement of this context wait so long for others who write; None for as long as a worker does."""
    _patience.set(seconds)


def set_closed(closed: bool) -> None:
    """Ask nothing more in this context, Closed for who tries; or end that."""
    _closed.set(closed)


def choice(values: type[enum.StrEnum], *, name: str | None = None) -> Enum:
    """Return the column type of a closed set of codes, held by a CHECK (`name`, where a table uses one set twice)."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
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


POSTGRESQL = (
    # As PostgreSQL's manual advises where rows come from memory or a solid disk: at its default of 4.0 twenty rows by
    # their key are read by scanning whole tables.
    "random_page_cost = 1.1",
    # Compiling a query costs more than any of ours takes, and so do processes that help with it.
    "jit = off",
    "max_parallel_workers_per_gather = 0",
)
# For pages. By itself PostgreSQL plans some statements anew at each run, where it hopes that knowing the values makes a
# better plan; in a large forum that takes ten times as long as the run. For what writes, and the worker, it chooses.
PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"
PLAN_AS_USUAL = "SET LOCAL plan_cache_mode = auto"


@event.listens_for(Engine, "do_connect")
def _keep_private(dialect: Dialect, record: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    path = sqlite_file(URL.create(dialect.name, database=str(arguments[0]) if arguments else None))
    if path is not None:
        try:
            private_files.make_database(path)
        except private_files.Unwritable:
            pass  # it can still be read, or SQLite says why not


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        _prepare_sqlite(connection)
    else:
        _prepare_postgresql(connection)


def _prepare_postgresql(connection: Any) -> None:
    connection.autocommit = True
    for setting in POSTGRESQL:
        connection.execute(f"SET {setting}")
    connection.autocommit = False


def _prepare_sqlite(connection: Any) -> None:
    connection.isolation_level = None  # _begin sends BEGIN itself, see below
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the last commits at a power cut
        "foreign_keys=ON",
        "cache_size=-20000",
        "mmap_size=134217728",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _begin_sqlite(connection)
    elif not _writes.get():
        # Each query of PostgreSQL sees what was committed before it, in a transaction or not: a page that only
        # reads saves two round trips to the server.
        _set_autocommit(connection, enabled=True)
        if not connection.info.get(PLAN_ONCE):
            connection.exec_driver_sql(PLAN_ONCE)
            connection.info[PLAN_ONCE] = True
    else:
        patience = _patience.get()
        settings = [PLAN_AS_USUAL] if connection.info.get(PLAN_ONCE) else []
        if patience is not None:
            settings.append(f"SET LOCAL lock_timeout = {_milliseconds(patience)}")
        if settings:
            connection.exec_driver_sql("; ".join(settings))


def _begin_sqlite(connection: Connection) -> None:
    patience = _patience.get() if _writes.get() else None
    wanted = _milliseconds(PATIENCE if patience is None else patience)
    if connection.info.get("busy_timeout") != wanted:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {wanted}")
        connection.info["busy_timeout"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # to PostgreSQL, 0 means forever


@event.listens_for(Engine, "rollback")
@event.listens_for(Engine, "commit")
def _end(connection: Connection) -> None:
    # A connection that was lost has nothing left to set, and the next one begins anew.
    if connection.dialect.name != "sqlite" and not connection.invalidated:
        _set_autocommit(connection, enabled=False)


def _set_autocommit(connection: Connection, *, enabled: bool) -> None:
    driver: Any = connection.connection.driver_connection
    # The setting of a connection that is lost can neither be read nor changed. Whoever uses it next learns that it
    # is lost, in SQLAlchemy's own way.
    if driver is not None and not driver.closed and driver.autocommit is not enabled:
        driver.autocommit = enabled
