"""The index made anew while people write: in batches, keyed first, and written where nobody was faster."""

from typing import Any, NamedTuple

from sqlalchemy import delete, exists, func, select

from forum.domain.indexing import writing
from forum.domain.indexing.keys import Keys
from forum.domain.indexing.kinds import KINDS, Kind, Texts
from forum.infra import clock, search_tables
from forum.infra.db import db
from forum.infra.rows import upsert
from forum.infra.search_keys.keying import RECIPE
from forum.models.search import SearchProgress, WordKey

BATCH = 200  # texts, written in one transaction
NAMES = tuple(kind.name for kind in KINDS)


class Batch(NamedTuple):
    """The next texts of one kind after an id, with the rows of the index that they get; without texts it is over."""

    kind: Kind
    after: int
    texts: dict[int, Texts]
    rows: list[dict[str, Any]]

    @property
    def last_id(self) -> int:
        """The last id of the batch."""
        return max(self.texts, default=self.after)


def unfinished() -> list[tuple[Kind, int]]:
    """Return the kinds of texts that do not have the keys of this release yet, each with the id it goes on after."""
    known = {row.kind: row for row in db.session.scalars(select(SearchProgress))}
    found = []
    for kind in KINDS:
        row = known.get(kind.name)
        if row is None or row.recipe != RECIPE:
            found.append((kind, 0))
        elif row.finished_at is None:
            found.append((kind, row.last_id))
    return found


def is_being_made() -> bool:
    """Return whether texts from before may still be missing: then a page that found nothing says so."""
    done = select(func.count()).where(
        SearchProgress.recipe == RECIPE, SearchProgress.finished_at.is_not(None)
    )
    return bool(db.session.scalar(done) != len(KINDS) + 1)


def next_batch(kind: Kind, after: int, keys: Keys) -> Batch:
    """Return the next texts of a kind with their keys; `keys` has those of words before. Nothing is written."""
    query = kind.query.where(kind.id > after).order_by(kind.id).limit(BATCH)
    texts = {row[0]: kind.texts(*row[1:]) for row in db.session.execute(query)}
    return Batch(kind, after, texts, kind.rows(texts, keys))


def store(batch: Batch) -> None:
    """Write the rows of a batch, without those whose text was changed meanwhile: who did wrote its keys as well.

    Rows of the index between them that have no text go. The texts are held until the end of the transaction.
    """
    kind, ids = batch.kind, batch.texts.keys()
    held = kind.query.where(kind.id.in_(ids)).order_by(kind.id).with_for_update(read=True, of=kind.source)
    now = {row[0]: kind.texts(*row[1:]) for row in db.session.execute(held)}
    fresh = [row for row in batch.rows if now.get(row[kind.key.name]) == batch.texts[row[kind.key.name]]]
    writing.write(kind, fresh)
    # Not `NOT IN`: PostgreSQL would read the ids of all texts there are, for every batch.
    beyond = delete(kind.index).where(kind.key > batch.after, ~exists().where(kind.id == kind.key))
    if ids:
        beyond = beyond.where(kind.key <= batch.last_id)
    db.session.execute(beyond.execution_options(synchronize_session=False))
    note(kind.name, batch.last_id, is_over=not ids)


def mend_tables() -> None:
    """Bring back what is missing of the index; the rows of a table that was lost are made with all others."""
    for model in (WordKey, SearchProgress):
        table: Any = model.__table__
        table.create(db.session.connection(), checkfirst=True)
    search_tables.mend(db.session.connection(), [kind.index for kind in KINDS])


def set_aside() -> None:
    """Take the index away, for who writes a whole network that nobody uses yet and mends it then."""
    search_tables.set_aside(db.session.connection(), [kind.index for kind in KINDS])


def begin_anew() -> None:
    """Forget how far every kind of text was."""
    db.session.execute(delete(SearchProgress).execution_options(synchronize_session=False))


def note(kind: str, last_id: int, *, is_over: bool) -> None:
    """Keep how far one kind is."""
    finished_at = clock.now() if is_over else None
    row = {"kind": kind, "recipe": RECIPE, "last_id": last_id, "finished_at": finished_at}
    upsert(SearchProgress, [row], keys=("kind",))
