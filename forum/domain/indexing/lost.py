"""An index of search that is lost: known by what the database says, and pages that need it go on without."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from forum.domain.indexing.kinds import KINDS
from forum.infra.connections import is_reading
from forum.infra.db import db
from forum.infra.search_index import LEXEMES
from forum.models.search import SearchProgress, WordKey

log = logging.getLogger(__name__)
Found = TypeVar("Found")
# SQLSTATE: no such table, no such column; and what SQLite says, also of an FTS5 table whose own tables are gone.
_STATES = frozenset({"42P01", "42703"})
_WORDS = ("no such table", "no such column", "vtable constructor failed")
PLAIN = (WordKey.__tablename__, SearchProgress.__tablename__)
_NAMES = (*(kind.index.__tablename__ for kind in KINDS), *PLAIN, LEXEMES)


def unless_lost(find: Callable[[], Found], instead: Found) -> Found:
    """Return what `find` returns, which asks the index; where that is lost, `instead`, and the log tells.

    For whoever only looks: in a transaction that writes, what was written is undone.
    """
    try:
        return find()
    except DBAPIError as error:
        if not is_lost(error):
            raise
        log.error("the index of search is lost: run `flask search rebuild`: %s", type(error.orig).__name__)
        if not is_reading():
            db.session.rollback()
    return instead


def is_lost(error: DBAPIError) -> bool:
    """Return whether a database says that a part of the index is not there."""
    original: Any = error.orig
    said = next(iter(str(original).splitlines()), "").lower()
    is_gone = getattr(original, "sqlstate", None) in _STATES or any(words in said for words in _WORDS)
    return is_gone and any(name in said for name in _NAMES)
