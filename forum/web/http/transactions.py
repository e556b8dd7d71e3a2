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
    """From here on a request that is sent to change things may do so, and on SQLite holds the write lock.

    It takes that with its next query: for who is signed in, and with which roles. So a role that ends while the request
    waits for the lock counts no more.
    """
    if request.method not in READING:
        db.session.commit()
        set_reading(False)
        _ask_again_who_it_is()


@contextmanager
def looking_up() -> Iterator[None]:
    """Look something up, render or hash in a request that changes things, and keep nobody waiting meanwhile.

    The lock is let go at the start. Whoever is signed in is asked anew after it: take them from `actor()` again. After
    an error the request goes on reading: what follows is a page that says so.
    """
    db.session.commit()
    set_reading(True)
    yield
    begin_writing()


def only_look() -> None:
    """Change nothing after all, as for a preview or a form that is refused: the page that follows takes no lock."""
    db.session.rollback()
    set_reading(True)


def _ask_again_who_it_is() -> None:
    """Forget what `current_user.viewer` and Flask-Login keep for this request."""
    for kept in ("viewer", "_login_user"):
        g.pop(kept, None)


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
