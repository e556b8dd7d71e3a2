"""What the rows call axes and needs: read in one query, then kept in this process for a minute.

So no page asks for its labels, and a change made by another process is seen within a minute; one made in this
process is seen as soon as it is committed.
"""

import logging
from threading import Lock
from time import monotonic
from typing import NamedTuple

from flask import current_app, has_app_context
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError

from forum.infra.connections import reading
from forum.infra.db import db, is_closed
from forum.infra.i18n import locale
from forum.models.themes import Label, LabelKind

KEPT_FOR, TRIED_AGAIN_AFTER, PATIENCE = 60.0, 5.0, 2.0  # seconds
log = logging.getLogger(__name__)
_EXTENSION = "labels"
_lock = Lock()


class Words(NamedTuple):
    """What an axis or a need is called, and the sentence about it."""

    name: str
    sentence: str


Rows = dict[tuple[LabelKind, str, str], Words]  # by kind, code and language


class Kept(NamedTuple):
    """The words of all labels, with a number for them, and until when they are kept."""

    rows: Rows
    fingerprint: int
    until: float


def words(kind: LabelKind, code: str) -> Words | None:
    """Return the words of an axis or a need in the reader's language; None without a row, or without a forum."""
    return keep().rows.get((kind, code, locale())) if has_app_context() else None


def fingerprint() -> int:
    """Return a number that is another one when any label is: a part of the key of what is kept with labels in it."""
    return keep().fingerprint


def keep() -> Kept:
    """Return the words of all labels, as they were at most a minute ago."""
    kept: Kept | None = current_app.extensions.get(_EXTENSION)
    if kept is not None and monotonic() < kept.until:
        return kept
    if is_closed():  # a page that says that the database is away has its words without asking it
        return kept or _without_rows(None)
    # One page reads them anew. The others go on with the older words, or after a while with our own: each of them holds
    # a connection, and the one that reads may be waiting for it.
    if not _lock.acquire(timeout=PATIENCE if kept is None else 0):
        return kept or _without_rows(None)
    try:
        kept = current_app.extensions.get(_EXTENSION)
        if kept is None or monotonic() >= kept.until:
            kept = _renewed(kept)
            current_app.extensions[_EXTENSION] = kept
    finally:
        _lock.release()
    return kept


def _renewed(kept: Kept | None) -> Kept:
    begun = monotonic()  # counted from before the query: what it finds is no younger
    try:
        rows = _read()
    except SQLAlchemyError:
        # A label decorates. Without its table, or without a database, pages still have to say what is wrong.
        log.warning("the labels could not be read", exc_info=True)
        return _without_rows(kept)
    return Kept(rows, hash(frozenset(rows.items())), begun + KEPT_FOR)


def _without_rows(kept: Kept | None) -> Kept:
    """What was kept before, or nothing, for a few seconds from now: waiting for a connection may have taken longer."""
    rows = kept.rows if kept is not None else {}
    return Kept(rows, hash(frozenset(rows.items())), monotonic() + TRIED_AGAIN_AFTER)


def forget() -> None:
    """Read the rows anew when they are next asked for."""
    with _lock:  # a reading that began before the change ends first, and is forgotten too
        current_app.extensions.pop(_EXTENSION, None)


def forget_after_commit() -> None:
    """Forget at each commit of this session from now on: before it, others still read the old words."""
    event.listen(db.session(), "after_commit", _forget)


def _forget(_session: object) -> None:
    forget()


def _read() -> Rows:
    """All rows, in a session of their own.

    What the page's own session changed and did not commit is not kept for others, and a page that reports a failed
    transaction still finds its words. It only reads, so that on SQLite it waits for no writer, nor for its own page.
    """
    with reading(), db.session.session_factory() as session:
        found = session.execute(select(Label.kind, Label.code, Label.locale, Label.name, Label.sentence))
        return {(row.kind, row.code, row.locale): Words(row.name, row.sentence) for row in found}
