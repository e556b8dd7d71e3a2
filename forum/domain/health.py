"""Whether the web can serve and whether the work gets done, each asked of the real thing; never of one another.

A web process is ready without any worker, and a worker that lives says nothing about pages.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from forum.domain import schema
from forum.domain.checks import Check
from forum.domain.mailing import complaints, hold, mail_status, workers
from forum.domain.mailing.mail_status import LaneStatus
from forum.domain.maintenance import records
from forum.infra import clock, disks, failures, private_files
from forum.infra.connections import sqlite_file
from forum.infra.db import db
from forum.infra.failures import Failure
from forum.models.mail import Lane
from forum.models.maintenance import MaintenanceKind, MaintenanceRecord

BACKUPS = "backups"  # among `places`
EVENTS_WAIT = timedelta(minutes=5)
# How long mail that is due may wait until something is wrong: twenty thousand digests through a slow server take hours.
LANE_WAITS = {
    Lane.DIRECT: timedelta(minutes=2),
    Lane.NOTICE: timedelta(minutes=15),
    Lane.BULK: timedelta(hours=8),
    Lane.SLOW: timedelta(hours=8),
}
# How long after one that went well the next should have: they run each night, and each week.
MAINTAINED = {MaintenanceKind.BACKUP: timedelta(days=3), MaintenanceKind.DRILL: timedelta(weeks=3)}

# Anybody may ask what the web needs: no host, no name of a database.
WHY: dict[Failure | None, str] = {
    Failure.BUSY: "busy",
    Failure.AWAY: "does not answer, or has no tables",
    Failure.FULL: "cannot keep anything: full, or read-only",
}


def web_checks() -> list[Check]:
    """Return what a web process needs: database, migrations, disk, in this order; one that fails stops no other.

    Then the newest backup and drill, which are said and fail nothing.
    """
    return [check for name, question in WEB.items() for check in _ask(name, question)]


def worker_checks() -> list[Check]:
    """Return whether the work of the tables gets done: workers, events, mail of each lane, recurring work.

    Mail that is held or needs a person is said and fails nothing: no worker can help it.
    """
    try:
        db.session.scalar(select(literal(1)))
    except SQLAlchemyError as error:  # once, and with the reason: this is for the operator only
        db.session.rollback()
        return [Check("database", False, f"{failures.place(db.engine.engine.url)}: {failures.reason(error)}")]
    return [check for name, question in WORK.items() for check in _ask(name, question)]


def is_late(status: LaneStatus) -> bool:
    """Return whether mail of a lane is due for longer than it should be."""
    return status.oldest_at is not None and clock.now() - status.oldest_at >= LANE_WAITS[status.lane]


def is_overdue(kind: MaintenanceKind, well: MaintenanceRecord | None) -> bool:
    """Return whether it is too long ago that one of a kind went well, `well`, where BACKUPS says that they are made.

    Counted at the earliest from the first backup that was kept in BACKUPS, and from the restore of a copy. Where none
    was kept yet, from the start of the worker: nothing else tells since when BACKUPS is set.
    """
    if not current_app.config["BACKUPS"]:
        return False
    begun = records.kept_since() or _worker_since()
    if well is None and begun is None:
        return False
    moments = (well.at if well else None, begun, hold.restored_at())
    return clock.now() - max(filter(None, moments)) > MAINTAINED[kind]


def missing_database() -> str:
    """Return a sentence when DATABASE_URL names a file that is not there; asking SQLite would make an empty one."""
    path = sqlite_file(db.engine.engine.url)
    if path is None or path.exists():
        return ""
    return f"there is no database at {path}: is DATABASE_URL right? (`flask start` makes a new forum there.)"


def places() -> dict[str, Path]:
    """Return the folders whose disks the forum fills, by what is kept there: instance, database, backups."""
    found = {"instance": Path(current_app.config["INSTANCE"])}
    if (path := _database_file()) is not None:
        found["database"] = path.parent
    if (folder := current_app.config["BACKUPS"]) and Path(folder).is_dir():
        found[BACKUPS] = Path(folder)
    return found


def _ask(name: str, question: Callable[[], Iterator[Check]]) -> list[Check]:
    try:
        return list(question())
    except (SQLAlchemyError, OSError) as error:
        db.session.rollback()
        if name in SAID:  # the checks before it say what is the matter
            return [Check(name, True, "not known", warns=True)]
        return [Check(name, False, WHY.get(failures.of(error)) or type(error).__name__)]


def _worker_since() -> datetime | None:
    return min((each.started_at for each in workers.live() if each.started_at), default=None)


def _database_file() -> Path | None:
    return sqlite_file(db.engine.engine.url)


def _database() -> Iterator[Check]:
    """Whether it answers, and could keep what is written: looked at and not tried, which would wait for who writes."""
    if db.engine.dialect.name == "sqlite":
        answers, path = db.session.scalar(select(literal(1))) == 1, _database_file()
        read_only = path is not None and bool(
            private_files.unwritable(path) or disks.room(path.parent).is_read_only
        )
    else:
        answers = True
        read_only = bool(
            db.session.scalar(select(func.pg_is_in_recovery()))
            or db.session.scalar(select(func.current_setting("default_transaction_read_only"))) == "on"
        )
    yield Check("database", answers and not read_only, "read-only" if read_only else "answers")


def _migrations() -> Iterator[Check]:
    fit = schema.fit()
    yield Check("migrations", fit.good, fit.sentence, warns=fit.good and fit.current != fit.newest)


def _disk() -> Iterator[Check]:
    for name, folder in places().items():
        room = disks.room(folder)
        state = "full" if room.is_full else "nearly full" if room.is_nearly_full else "has room"
        found = f"{state}: {disks.in_words(room.free)} free of {disks.in_words(room.total)}"
        # Pages need no room for backups.
        good = not room.is_full or name == BACKUPS
        yield Check(f"disk of the {name}", good, found, warns=room.is_nearly_full)


def _maintenance() -> Iterator[Check]:
    for kind in MaintenanceKind:
        newest = records.latest(kind)
        well = records.latest_good(newest)
        found = "none yet"
        if newest is not None:
            found = f"{'good' if newest.good else 'FAILED'}, {_ago(newest.at)}"
            if newest.name:  # Not what was found, which may name a folder: anybody may ask.
                found += f": {newest.name}"
            if not newest.good:
                found += f"; the newest good one: {_ago(well.at) if well else 'none yet'}"
        late = is_overdue(kind, well)
        if late:
            found += f"; overdue: does `flask {kind.value}` run by itself?"
        yield Check(kind.value, True, found, warns=late or not (newest is None or newest.good))


def _workers() -> Iterator[Check]:
    alive = workers.live()
    if not alive:
        last = workers.last_sign()
        seen = "" if last is None else f", last sign {_ago(last)}"
        yield Check("workers", False, f"none lives{seen}: start `flask worker`")
        return
    missing = workers.unserved(alive)
    found = f"{len(alive)} live" + (
        f", none for {', '.join(missing)}: start `flask worker`" if missing else ""
    )
    yield Check("workers", not missing, found)


def _events() -> Iterator[Check]:
    oldest, given_up = workers.events()
    found = "none waits" if oldest is None else f"the oldest is due {_ago(oldest)}"
    if given_up:
        found += f"; {given_up} given up: the log says why, `flask doctor` which"
    good = oldest is None or clock.now() - oldest < EVENTS_WAIT
    yield Check("events", good, found, warns=bool(given_up))


def _mail() -> Iterator[Check]:
    held, lanes, waits = hold.is_held(), mail_status.lanes(), mail_status.why_waiting()
    for status in lanes:
        oldest, tried = status.oldest_at, waits.get(status.lane)
        found = "none waits" if oldest is None else f"{status.waiting} wait, the oldest is due {_ago(oldest)}"
        if tried is not None:
            found += f"; {tried.tried} tried and not taken: {tried.reason}: `flask mail test` tries it now"
        good = held or not is_late(status)
        yield Check(f"mail {status.lane.value}", good, found, warns=tried is not None and tried.of_the_server)
    if held:
        yield Check("mail held", True, "a restored copy: `flask mail release` lets mail go again", warns=True)
    failed, uncertain = sum(each.failed for each in lanes), sum(each.uncertain for each in lanes)
    if failed or uncertain:
        found = f"{failed} failed, {uncertain} uncertain: see `flask mail status`"
        yield Check("mail for a person", True, found, warns=True)


def _complaints() -> Iterator[Check]:
    counted = complaints.of_last_week()
    if counted.are_many:
        found = f"{counted.people} people called one of {counted.sent} e-mails of the last week unwanted"
        if counted.stop_digests:
            found += ": no digest leaves until it is less than three in a thousand (`flask mail complaints`)"
        yield Check("complaints", not counted.stop_digests, found, warns=True)


def _recurring() -> Iterator[Check]:
    work = workers.recurring()
    late = [f"{each.name} was due {_ago(each.next_at)}" for each in work if each.is_overdue]
    failed = [
        f"{each.name} failed {each.failures} times in a row ({each.last_error})"
        for each in work
        if each.failures
    ]
    found = "; ".join(late + failed) or "none is overdue"
    yield Check("recurring work", not late, found, warns=bool(failed))


def _ago(moment: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    seconds = max(0, int((clock.now() - moment).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit} ago"
    return f"{seconds} s ago"


WEB: dict[str, Callable[[], Iterator[Check]]] = {
    "database": _database,
    "migrations": _migrations,
    "disk": _disk,
    "maintenance": _maintenance,
}
SAID = {"maintenance"}  # of no importance for pages
WORK: dict[str, Callable[[], Iterator[Check]]] = {
    "workers": _workers,
    "events": _events,
    "mail": _mail,
    "complaints": _complaints,
    "recurring work": _recurring,
}
