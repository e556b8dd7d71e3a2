"""What search finds texts by: nothing missing, nothing too many, and keys as they would be made now."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Integer, column, exists, func, inspect, not_, select, table, text

from forum.domain.doctor.findings import Finding, Tally, tell, tell_names
from forum.domain.indexing import rebuilding
from forum.domain.indexing.keys import Keys
from forum.domain.indexing.kinds import KINDS, Kind
from forum.domain.indexing.lost import PLAIN
from forum.domain.maintenance import triggers
from forum.infra.db import db
from forum.infra.search_index import FTS, LEXEMES

REBUILD = "run `flask search rebuild`"
SAMPLE = 200  # texts of each kind whose keys are made again
_VALID = text("SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid")


def index() -> Iterator[Finding]:
    """The index of each kind of text: what the database makes of it, its rows, and the keys of some of them."""
    missing = _missing()
    yield from tell_names("search index", f"parts of the index of search are gone: {REBUILD}", missing)
    if missing:
        return
    is_made = not rebuilding.is_being_made()
    if not is_made:
        found = "texts from before are still being made findable: the worker does that"
        yield Finding("search index", 1, found, warns=True)
    for kind in KINDS:
        yield from _rows(kind, is_made=is_made)
        if is_made:
            yield from _keys(kind)


def _missing() -> set[str]:
    """The names of what is not there, or does not work."""
    names = {kind.index.__tablename__ for kind in KINDS}
    tables = set(inspect(db.session.connection()).get_table_names())
    lacking = {*names, *PLAIN} - tables
    if db.engine.dialect.name == "sqlite":
        fts = {f"{name}{FTS}" for name in names}
        at_work = set(db.session.scalars(text(triggers.at_work(is_sqlite=True))))
        return lacking | (fts - tables) | (set(triggers.INDEXING["sqlite"]) - at_work)
    return lacking | {f"ix_{name}_{LEXEMES}" for name in names} - set(db.session.scalars(_VALID))


def _rows(kind: Kind, *, is_made: bool) -> Iterator[Finding]:
    name = kind.index.__tablename__
    if is_made:
        without = select(kind.id).where(not_(exists().where(kind.key == kind.id)))
        yield from tell(f"search {kind.name}s", f"{kind.name}s that search cannot find: {REBUILD}", without)
    if db.engine.dialect.name == "sqlite":
        kept = table(f"{name}{FTS}_docsize", column("id", Integer))
        lost = select(kind.key).where(not_(exists().where(kept.c.id == kind.key)))
        beyond = select(kept.c.id).where(not_(exists().where(kept.c.id == kind.key)))
        found = f"rows of {name} and of its index do not belong together: {REBUILD}"
        yield from tell(f"index {name}", found, lost.union_all(beyond))


def _keys(kind: Kind) -> Iterator[Finding]:
    """Some texts from all over the table, other ones each time: the keys of all take as long as a rebuild."""
    tally = Tally(
        f"keys of {kind.name}s", f"{kind.name}s under other keys than their words have now: {REBUILD}"
    )
    ids = db.session.scalars(select(kind.key).order_by(func.random()).limit(SAMPLE)).all()
    texts = {row[0]: kind.texts(*row[1:]) for row in db.session.execute(kind.query.where(kind.id.in_(ids)))}
    stored: Any = kind.index.__table__
    there = {
        row[0]: dict(row._mapping) for row in db.session.execute(select(stored).where(kind.key.in_(ids)))
    }
    for row in kind.rows(texts, Keys()):
        if there[row[kind.key.name]] != row:
            tally.add(row[kind.key.name])
    yield from tally.findings()
