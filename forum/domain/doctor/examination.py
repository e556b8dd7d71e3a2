"""All checks of the doctor, one after the other, each on one state of the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from forum.domain import health, schema
from forum.domain.doctor import audit, counters, machine, reviews, rows, search, words, work
from forum.domain.doctor.findings import Finding
from forum.domain.indexing import lost
from forum.infra import failures
from forum.infra.connections import reading
from forum.infra.db import db

Check = Callable[[], Iterator[Finding]]
# What must hold of the data wherever they are, also in a copy.
DATA: dict[str, Check] = {
    "rows without a parent": rows.parents,
    "texts of posts": rows.texts,
    "counts of threads": counters.threads,
    "read marks": counters.read_marks,
    "counts of the library": counters.library,
    "quotes in threads": words.quotes_in_threads,
    "quoted words": words.quoted,
    "agreed words": words.agreed,
    "foretold words": words.foretold,
    "consents": words.consents,
    "versions of lessons": rows.lessons,
    "four eyes": reviews.four_eyes,
    "answers of reviewers": reviews.answers,
    "guards": rows.guards,
    "chains of the log": audit.chains_of_log,
    "reasons in the log": audit.reasons_in_log,
    "drafts": rows.drafts,
    "digests": rows.digests,
    "search": search.index,
}
# What is about the running forum and its machine.
RUNNING: dict[str, Check] = {
    "database, migrations, disks": work.database,
    "waiting work": work.waiting,
    "work set aside": work.set_aside,
    "links of the log": audit.unlinked,
    "guests": work.guests_over,
    "reported posts": work.reports_without_anybody,
    "addresses without mail": work.stopped_addresses,
    "clocks": machine.clocks,
    "rights of files": machine.files,
    "names of backups": machine.backups,
    "settings": machine.settings,
}


def examine(
    *, data_only: bool = False, progress: Callable[[str], None] = lambda _name: None
) -> list[Finding]:
    """Return everything that is not as it should be; nothing is changed. `progress` hears of each check as it begins.

    `data_only`: without what is about the running forum, as for a copy. A database of another release is one finding,
    and its data are not looked at.
    """
    if missing := health.missing_database():
        return [Finding("database", 1, missing)]
    try:
        with _one_state():
            fit = schema.fit()
    except SQLAlchemyError as error:
        return [Finding("database", 1, f"{failures.place(db.engine.engine.url)}: {failures.reason(error)}")]
    if not fit.good:
        return [Finding("migrations", 1, fit.sentence)]
    found: list[Finding] = []
    for name, check in (DATA if data_only else {**RUNNING, **DATA}).items():
        progress(name)
        with _one_state():
            # What reads every table cannot go on without those of the index; that they are gone is a finding itself.
            found += lost.unless_lost(partial(_all_of, check), [])
    return found


def _all_of(check: Check) -> list[Finding]:
    return list(check())


@contextmanager
def _one_state() -> Iterator[None]:
    """Ask as if nobody wrote meanwhile: counts and what they count are read one after the other."""
    db.session.rollback()
    try:
        if db.engine.dialect.name == "sqlite":
            with reading():  # all that one transaction reads
                yield
        else:
            db.session.connection(execution_options=SNAPSHOT)
            yield
    finally:
        db.session.expunge_all()
        db.session.rollback()


SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
