"""Rows of the index, written with the texts themselves: by whoever writes a text, in the same transaction.

It hangs on the flush of the session and not on the verbs, so that none of them can forget it.
"""

import logging
from collections import defaultdict
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, UOWTransaction

from forum.domain.indexing.keys import Keys
from forum.domain.indexing.kinds import CLAIMS, POSTS, TITLES, VERSIONS, Kind, Texts
from forum.infra.db import Base
from forum.infra.rows import upsert_many
from forum.models.claims import Claim
from forum.models.lessons import LessonVersion
from forum.models.threads import PostRevision, Thread

log = logging.getLogger(__name__)
# Whose rows hold texts, and which of their columns has the id of the row of the index.
_WRITTEN: dict[type[Base], tuple[Kind, str]] = {
    PostRevision: (POSTS, "post_id"),  # a revision is only ever added, and is the present one then
    Thread: (TITLES, "id"),
    LessonVersion: (VERSIONS, "id"),
    Claim: (CLAIMS, "id"),
}


def write(kind: Kind, rows: list[dict[str, Any]]) -> None:
    """Write rows of the index; one that is there gets the new keys."""
    upsert_many(kind.index, rows, keys=(kind.key.name,))


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
        kind, key = _WRITTEN.get(type(row), (None, ""))
        if kind is not None and (row in session.new or _has_other_words(row, kind)):
            found[kind][getattr(row, key)] = kind.texts(*(getattr(row, name) for name in kind.columns))
    return found


def _has_other_words(row: Any, kind: Kind) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in kind.columns)
