"""The end of every request: one commit for a successful answer, a rollback for any other."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, before_render_template, current_app, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError

from forum.infra import changes, failures
from forum.infra.connections import set_patience, set_reading
from forum.infra.db import db, set_closed
from forum.infra.urls import App
from forum.web.http.prefetch import is_ahead

log = logging.getLogger(__name__)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
SMALL_WRITE_PATIENCE = 0.2  # seconds: nobody waits for a page because of a read mark


def init_app(app: App) -> None:
    """Register at the start and the end of every request."""
    app.before_request(_begin_reading)
    # Within reach of the error pages: a commit that fails is a page like any other, with the words that were sent.
    app.after_view = _commit
    app.after_request(_finish)
    app.teardown_request(_reset)
    before_render_template.connect(_let_others_write, app)


def afterwards(verb: Callable[[], object]) -> None:
    """Run a small write (a read mark, a last-seen time) after a page that somebody looks at; failing harms nothing."""
    g.setdefault("afterwards", []).append(verb)


def begin_writing() -> None:
    """From here on a request that is sent to change things may do so, and on SQLite holds the write lock.

    It waits for its turn, without a connection, and takes the lock with its next query: for who is signed in, and with
    which roles. So a role that ends while the request waits counts no more. TooBusy when its turn does not come.
    """
    if request.method not in READING:
        _end_reading()
        _take_turn()
        set_reading(False)
        _ask_again_who_it_is()


@contextmanager
def looking_up() -> Iterator[None]:
    """Look something up, render or hash in a request that changes things, and keep nobody waiting meanwhile.

    The lock is let go at the start, so nothing may be written before. Whoever is signed in is asked anew after it: take
    them from `actor()` again. After an error the request goes on reading: what follows is a page that says so.
    """
    changes.expect_none(db.session, "looking up")
    db.session.commit()
    _only_read()
    yield
    begin_writing()


def undo() -> None:
    """Undo what this request wrote until now; it goes on, and may still write. Who is signed in is asked anew."""
    if changes.made_in(db.session):
        db.session.rollback()
        _ask_again_who_it_is()


def only_look() -> None:
    """Change nothing after all, as for a preview or a form that is refused: the page that follows takes no lock.

    Never fails: the database may be what is broken.
    """
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()
    _only_read()


def ask_nothing_more() -> None:
    """Give up what this request asked of the database; whoever asks it anything more gets `Closed`."""
    only_look()
    set_closed(True)


def _let_others_write(app: Flask, **page: Any) -> None:
    """A page in answer to a form mostly says that nothing was done: nobody waits while it is drawn.

    Where something was done, the page belongs to it. No view writes anything after it has drawn a page
    (`infra/changes.py` sees to it).
    """
    if has_request_context() and g.get("has_turn") and not changes.made_in(db.session):
        _end_reading()
        _only_read()


def _take_turn(seconds: float | None = None) -> None:
    if not g.get("has_turn"):
        current_app.extensions["turns"].take(seconds)
        g.has_turn = True


def _end_reading() -> None:
    """Keep what was read, without its transaction. Where that is lost with its connection, so is nothing else."""
    try:
        db.session.commit()
    except SQLAlchemyError:
        only_look()


def _only_read() -> None:
    """Let the next one write."""
    set_reading(True)
    if g.pop("has_turn", False):
        current_app.extensions["turns"].give_back()


def _ask_again_who_it_is() -> None:
    """Forget what `current_user.viewer` and Flask-Login keep for this request."""
    for kept in ("viewer", "_login_user"):
        g.pop(kept, None)


def _begin_reading() -> None:
    set_closed(False)
    set_reading(True)
    set_patience(current_app.extensions["turns"].seconds)


def _commit(response: Response) -> None:
    if request.method in READING or response.status_code >= 400:
        return
    db.session.commit()
    _only_read()


def _finish(response: Response) -> Response:
    """Drop what was not committed; what a guard answered, or an error page, changes nothing."""
    only_look()
    if g.get("afterwards") and response.status_code < 400 and not is_ahead():
        _run_afterwards()
    return response


def _run_afterwards() -> None:
    try:
        _take_turn(SMALL_WRITE_PATIENCE)
        set_reading(False)
        set_patience(SMALL_WRITE_PATIENCE)
        for verb in g.afterwards:
            verb()
        db.session.commit()
    except Exception as error:
        if failures.of(error) is not None:
            log.warning("a small write after the page was left out: %s", type(error).__name__)
        else:
            log.exception("a small write after the page failed")
    only_look()


def _reset(error: BaseException | None) -> None:
    if g.get("has_turn"):  # something broke on the way to `_finish`
        only_look()
    set_patience(None)
    set_closed(False)
    set_reading(False)
