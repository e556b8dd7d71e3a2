"""The table of Dutch forms that follow no rule: filled from a list of words, never from what anybody wrote."""

from typing import Any

from sqlalchemy import String, delete, select, text

from forum.domain.indexing import rebuilding
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.rows import upsert_many
from forum.infra.search_keys import word_list
from forum.infra.search_keys.keying import RECIPE
from forum.infra.search_keys.languages import DUTCH
from forum.models.search import SearchProgress, WordKey

NAME = "words"  # of its row in the progress
_OF_FORMS = delete(WordKey).where(WordKey.language == DUTCH, in_list(WordKey.form, "forms", String))
_GONE = _OF_FORMS.execution_options(synchronize_session=False)


# Both locks are held until a transaction ends, and nobody waits because we look at them.
_WRITERS = text("""
    SELECT DISTINCT looked.virtualtransaction AS transaction, looked.pid
    FROM pg_locks AS looked JOIN pg_locks AS wrote USING (virtualtransaction)
    WHERE looked.locktype = 'relation' AND looked.relation = 'word_key'::regclass
      AND looked.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND wrote.locktype = 'transactionid' AND wrote.mode = 'ExclusiveLock' AND wrote.granted
      AND looked.pid <> pg_backend_pid()
""")


def is_filled() -> bool:
    """Return whether the table has the keys of this release."""
    row = _progress()
    return row is not None and row.recipe == RECIPE


def is_settled() -> bool:
    """Return whether everybody who writes looks words up in the table of this release."""
    row = _progress()
    return row is not None and row.recipe == RECIPE and row.finished_at is not None


def fill() -> int:
    """Bring the table to what the list of words says; return how many forms it has. All texts have to be made anew.

    Once this is committed and nobody of `writers` is left of those who were there then: see `settle`.
    """
    wanted = word_list.irregular()
    query = select(WordKey.form, WordKey.key).where(WordKey.language == DUTCH)
    there = dict(db.session.execute(query).all())
    if gone := sorted(there.keys() - wanted.keys()):
        db.session.execute(_GONE, {"forms": gone})
    changed = sorted(form for form, key in wanted.items() if there.get(form) != key)
    rows = [{"form": form, "language": DUTCH, "key": wanted[form]} for form in changed]
    upsert_many(WordKey, rows, keys=("form", "language"))
    rebuilding.begin_anew()
    rebuilding.note(NAME, 0, is_over=False)
    return len(wanted)


def writers() -> dict[str, int]:
    """Return the open transactions that write and have looked words up, each with the process of the server.

    Once the table is committed: what those write may have keys of before, and is seen by nobody yet. Who only reads,
    such as a backup, is none of them. On SQLite nobody is, as there is one writer at a time.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        return {}
    return {row.transaction: row.pid for row in db.session.execute(_WRITERS)}


def settle() -> None:
    """Note that nobody writes with keys of before any more: texts can be made anew."""
    rebuilding.note(NAME, 0, is_over=True)


def _progress() -> Any:
    query = select(SearchProgress.recipe, SearchProgress.finished_at).where(SearchProgress.kind == NAME)
    return db.session.execute(query).one_or_none()
