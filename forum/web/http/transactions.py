"""The end of every request: one commit for a successful answer, a rollback for any other."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from forum.infra.db import db, set_reading
from forum.web.http.prefetch import is_ahead

log = logging.getLogger(__name__)
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Register at the start and the end of every request."""
    app.before_request(_begin_reading)
    app.after_request(_finish)
    app.teardown_request(_reset)


def afterwards(verb: Callable[[], object]) -> None:
    """Run a small write (a read mark, a last-seen time) after a page that somebody looks at; failing harms nothing."""
    g.setdefault("afterwards", []).append(verb)


def abandon() -> None:
    """Give up what this request asked of the database, also where the database is what failed."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()


def begin_writing() -> None:
    """End what was looked up so far: from here on the request may change things, and on SQLite holds the write lock.

    Only from the first query on: what a view does before it asks the database keeps nobody waiting.
    """
    if request.method not in READING:
        db.session.commit()
        set_reading(False)


@contextmanager
def looking_up() -> Iterator[None]:
    """Look something up in a request that changes things, and hold no lock after it.

    After an error the request goes on reading: what follows is a page that says so.
    """
    db.session.commit()
    set_reading(True)
    yield
    begin_writing()


def only_look() -> None:
    """Change nothing after all, as for a preview or a form that is refused: the page that follows takes no lock."""
    db.session.rollback()
    set_reading(True)


def _begin_reading() -> None:
    set_reading(True)


def _finish(response: Response) -> Response:
    if request.method in READING or response.status_code >= 400:
        db.session.rollback()
    else:
        events_recorded = db.session.info.pop("events_recorded", False)
        db.session.commit()
        if events_recorded:
            current_app.extensions["wake"]()
    if g.get("afterwards") and response.status_code < 400 and not is_ahead():
        _run_afterwards()
    return response


def _run_afterwards() -> None:
    set_reading(False)
    try:
        for verb in g.afterwards:
            verb()
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("a small write after the page failed")


def _reset(error: BaseException | None) -> None:
    set_reading(False)
