"""One line a request: which page, how it went, how long, how many queries. No words, no addresses, no persons."""

import json
import logging
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import Engine, event

log = logging.getLogger("leerkring.requests")


@dataclass
class Seen:
    """The statements that went to the database."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.statements)


_seen: ContextVar[Seen | None] = ContextVar("seen", default=None)


@contextmanager
def count_queries() -> Iterator[Seen]:
    """Count the statements of the block, savepoints left out."""
    seen = Seen()
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
    if statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
        return
    seen = _seen.get()
    if seen is not None:
        seen.statements.append(statement)
    if _asked():
        g.queries = g.get("queries", 0) + 1


def _asked() -> bool:
    try:
        return bool(request)
    except RuntimeError:
        return False


def init_app(app: Flask) -> None:
    """Give every request a number and write its line at the end."""
    if not log.handlers and not app.testing:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(logging.INFO)

    @app.before_request
    def begin() -> None:
        g.request_id = uuid.uuid4().hex
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        number = g.get("request_id", "")
        response.headers["X-Request-ID"] = number
        line = {
            "id": number,
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            "queries": g.get("queries", 0),
        }
        log.info(json.dumps(line))
        return response
