"""One line a request: which page, its status, how long it took, how many queries. No text, no addresses, no persons.

Whatever else is logged becomes one line of JSON too, with the id of the request. Of an error it holds the kind and
the place and not the message, because a database quotes what people wrote in its messages. Only in development
errors are logged in full. The query of an address is logged nowhere.
"""

import json
import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, has_app_context, has_request_context, request
from sqlalchemy import Engine, event

from forum.infra import clock

log = logging.getLogger("leerkring.requests")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# The query of an address in a message, of a library perhaps: it names tags, drafts and where somebody was going.
QUERY = re.compile(r"(?<=[\w/.~%-])\?[^\s\"']+")
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA", "SET ", "NOTIFY")


@dataclass
class Statements:
    """The statements that were sent to the database."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.statements)


@dataclass
class _Tally:
    queries: int = 0


_counted: ContextVar[Statements | None] = ContextVar("counted", default=None)
_tally: ContextVar[_Tally | None] = ContextVar("tally", default=None)


@contextmanager
def count_queries() -> Iterator[Statements]:
    """Collect the statements of the block, except those that only begin and end transactions."""
    counted = Statements()
    token = _counted.set(counted)
    try:
        yield counted
    finally:
        _counted.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
    tally, counted = _tally.get(), _counted.get()
    if (tally is None and counted is None) or statement.startswith(NOT_COUNTED):
        return
    if tally is not None:
        tally.queries += 1
    if counted is not None:
        counted.statements.append(statement)


def init_app(app: Flask) -> None:
    """Give every request an id, and write its line at the end."""
    if not app.testing:
        _log_as_json(app)
    log.setLevel(logging.INFO)
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = uuid.uuid4().hex  # our own: an id sent by a client could name a person
    g.began = time.perf_counter()
    _tally.set(_Tally())


def spent() -> tuple[float, int]:
    """Return the seconds that this request took until now, and its queries."""
    tally, now = _tally.get(), time.perf_counter()
    return now - g.get("began", now), tally.queries if tally is not None else 0


def _end(response: Response) -> Response:
    number, (seconds, queries) = g.get("request_id", ""), spent()
    response.headers["X-Request-ID"] = number
    line = {
        "at": clock.now().isoformat(timespec="milliseconds"),
        "id": number,
        "method": request.method if request.method in METHODS else "other",
        "route": request.url_rule.rule if request.url_rule else None,  # the pattern: no ids, no tokens
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "queries": queries,
    }
    log.info(json.dumps(line))
    return response


def _log_as_json(app: Flask) -> None:
    if not log.handlers:
        lines = logging.StreamHandler(sys.stderr)
        lines.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(lines)
        log.propagate = False
    root = logging.getLogger()
    if not root.handlers:
        others = logging.StreamHandler(sys.stderr)
        if app.config["ENV_NAME"] == "development":
            others.setFormatter(PlainLines("%(levelname)s %(name)s: %(message)s"))
        else:
            others.setFormatter(JsonLines())
        root.addHandler(others)


def without_queries(line: str) -> str:
    """Return a line of a log without the queries of the addresses in it."""
    return QUERY.sub("?…", line)


class PlainLines(logging.Formatter):
    """A log record in full, for who develops."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the lines of an error."""
        return without_queries(super().format(record))


class JsonLines(logging.Formatter):
    """A log record as one line of JSON, whatever its message contains."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_queries(record.getMessage()),
        }
        if has_request_context() and has_app_context() and "request_id" in g:
            line["id"] = g.request_id
        if record.exc_info and record.exc_info[1] is not None:
            line |= _error(record.exc_info[1])
        return json.dumps(line)


def _error(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    fields: dict[str, Any] = {
        "error": type(error).__name__,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
    if error.__cause__ is not None:
        fields["cause"] = type(error.__cause__).__name__
    return fields
