"""Rows of the index, written with the texts themselves: by whoever writes a text, in the same transaction.

It hangs on the flush of the session and not on the verbs, so that none of them can forget it.
"""

import logging
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, UOWTransaction

from forum.domain.indexing.keys import Keys
from forum.domain.indexing.kinds import CLAIMS, POSTS, TITLES, VERSIONS, Kind, Texts
from forum.infra.db import Base, db
from forum.infra.rows import upsert_many
from forum.models.claims import Claim
from forum.models.lessons import LessonVersion
from forum.models.threads import Post, PostRevision, Thread

log = logging.getLogger(__name__)
_WRITTEN: dict[type[Base], Kind] = {Thread: TITLES, LessonVersion: VERSIONS, Claim: CLAIMS}


def write(kind: Kind, rows: list[dict[str, Any]]) -> None:
    """Write rows of the index; one that is there gets the new keys."""
    upsert_many(kind.index, rows, keys=(kind.key.name,))


def write_again(kind: Kind, ids: Collection[int]) -> None:
    """Write the rows of the index for these as they stand, where something went past the session."""
    db.session.flush()
    write(kind, kind.rows(_read(db.session.connection(), kind, ids), Keys()))


def init_app() -> None:
    """Follow what the session writes from now on."""
    if not event.contains(Session, "after_flush", _follow):
        event.listen(Session, "after_flush", _follow)


def _follow(session: Session, _context: UOWTransaction) -> None:
    """Write the rows of the texts that this flush has written."""
    changed = _changed(session)
    if not changed:
        return
    connection, keys = session.connection(), Keys()
    try:
        with connection.begin_nested():
            for kind, texts in changed.items():
                write(kind, kind.rows(texts, keys))
    except DatabaseError:
        if connection.invalidated:
            raise
        # An index that is lost or damaged keeps nobody from writing; the doctor misses the row.
        log.exception("the index of search could not be written: run `flask search rebuild`")


def _changed(session: Session) -> dict[Kind, dict[int, Texts]]:
    found: defaultdict[Kind, dict[int, Texts]] = defaultdict(dict)
    for row in (*session.new, *session.dirty):
        kind = _WRITTEN.get(type(row))
        if kind is not None and (row in session.new or _has_others(row, *kind.columns)):
            found[kind][row.id] = kind.texts(*(getattr(row, name) for name in kind.columns))
    if posts := _posts(session):
        found[POSTS] = posts
    return found


def _posts(session: Session) -> dict[int, Texts]:
    """The posts with another text, or another title above it; those of which half is known are read."""
    # A revision is only ever added, and is the present one then.
    revisions = {row.post_id: row for row in session.new if isinstance(row, PostRevision)}
    known = {row.id: row for row in (*session.new, *session.dirty) if isinstance(row, Post)}
    titled = {id_ for id_, row in known.items() if row not in session.new and _has_others(row, "heading")}
    found = {
        id_: POSTS.texts(known[id_].heading, revisions[id_].plain) for id_ in revisions.keys() & known.keys()
    }
    return found | _read(session.connection(), POSTS, (revisions.keys() | titled) - found.keys())


def _read(connection: Connection, kind: Kind, ids: Collection[int]) -> dict[int, Texts]:
    """The texts of these as they stand (one query, or none)."""
    if not ids:
        return {}
    rows = connection.execute(kind.query.where(kind.id.in_(sorted(ids))))
    return {row[0]: kind.texts(*row[1:]) for row in rows}


def _has_others(row: Any, *columns: str) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in columns)
