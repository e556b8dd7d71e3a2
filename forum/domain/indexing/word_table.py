"""The table of Dutch forms that follow no rule: filled from a list of words, never from what anybody wrote."""

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
PATIENCE = 3  # seconds that who posts or searches waits at most, where somebody else holds the table
_OF_FORMS = delete(WordKey).where(WordKey.language == DUTCH, in_list(WordKey.form, "forms", String))
_GONE = _OF_FORMS.execution_options(synchronize_session=False)


def is_filled() -> bool:
    """Return whether the table has the keys of this release."""
    row = db.session.get(SearchProgress, NAME)
    return row is not None and row.recipe == RECIPE


def fill() -> int:
    """Bring the table to what the list of words says; return how many forms it has. All texts have to be made anew."""
    wanted = word_list.irregular()
    query = select(WordKey.form, WordKey.key).where(WordKey.language == DUTCH)
    there = {row.form: row.key for row in db.session.execute(query)}
    if gone := sorted(there.keys() - wanted.keys()):
        db.session.execute(_GONE, {"forms": gone})
    changed = sorted(form for form, key in wanted.items() if there.get(form) != key)
    rows = [{"form": form, "language": DUTCH, "key": wanted[form]} for form in changed]
    upsert_many(WordKey, rows, keys=("form", "language"))
    rebuilding.begin_anew()
    rebuilding.note(NAME, 0, is_over=True)
    _wait_for_writers()
    return len(wanted)


def _wait_for_writers() -> None:
    """Begin after everybody who looked words up before: what they write is committed when texts are made anew."""
    if db.session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        db.session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        db.session.execute(text("LOCK TABLE word_key IN ACCESS EXCLUSIVE MODE"))
