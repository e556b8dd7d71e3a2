"""The figures of this moment that monitoring asks for: mail, events, workers, recurring work, disks, backups.

Few queries, each answered by an index or from a table of a few rows, whatever the size of the network.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from forum.domain import health
from forum.domain.mailing import hold, mail_status, workers
from forum.domain.maintenance import records
from forum.infra import clock, disks
from forum.infra.db import db
from forum.infra.metrics import Figure
from forum.models.maintenance import MaintenanceKind

STATES = ("waiting", "later", "sending", "failed", "uncertain")


def figures() -> list[Figure]:
    """Return every figure; of a database that does not answer only that it does not, and the disks."""
    try:
        found, is_up = [*_mail(), *_work(), *_maintenance()], True
    except SQLAlchemyError:
        db.session.rollback()
        found, is_up = [], False
    up = _one("leerkring_database_up", "Whether the database answers.", is_up)
    return [up, *found, *_disks()]


def _one(name: str, what: str, value: float) -> Figure:
    return Figure(name, what, {(): float(value)})


def _age(moment: datetime | None) -> float:
    return 0.0 if moment is None else max(0.0, (clock.now() - moment).total_seconds())


def _by_lane(name: str, what: str, values: dict[Any, Any]) -> Figure:
    return Figure(name, what, {(lane.value,): value for lane, value in values.items()}, ("lane",))


def _mail() -> Iterator[Figure]:
    lanes = mail_status.lanes()
    counts = {(each.lane.value, state): float(getattr(each, state)) for each in lanes for state in STATES}
    yield Figure("leerkring_mail", "Mail in the queue by lane and state.", counts, ("lane", "state"))
    sent = {each.lane: each.sent for each in lanes}
    yield _by_lane("leerkring_mail_sent_last_day", "Mail sent in the last 24 hours.", sent)
    oldest = {each.lane: _age(each.oldest_at) for each in lanes}
    yield _by_lane(
        "leerkring_mail_oldest_seconds", "How long the oldest mail that is due waits, 0 for none.", oldest
    )
    yield _one("leerkring_mail_held", "Whether a restored copy holds all mail.", hold.is_held())


def _work() -> Iterator[Figure]:
    oldest, given_up = workers.events()
    yield _one(
        "leerkring_event_oldest_seconds", "How long the oldest due event waits, 0 for none.", _age(oldest)
    )
    yield _one("leerkring_events_given_up", "Events that a person must look at.", given_up)
    alive, last = workers.live(), workers.last_sign()
    yield _one("leerkring_workers", "Workers that live.", len(alive))
    if last is not None:
        yield _one("leerkring_worker_heartbeat_age_seconds", "Since any worker showed itself.", _age(last))
    late = {(each.name,): float(each.is_overdue) for each in workers.recurring()}
    yield Figure("leerkring_recurring_overdue", "Whether recurring work is overdue.", late, ("work",))


def _maintenance() -> Iterator[Figure]:
    newest = {(kind.value,): records.latest(kind) for kind in MaintenanceKind}
    well = {kind: records.latest_good(record) for kind, record in newest.items()}
    ages = {kind: _age(record.at) for kind, record in well.items() if record}
    good = {kind: float(record.good) for kind, record in newest.items() if record}
    took = {kind: record.seconds for kind, record in well.items() if record}
    sizes = {kind: float(record.size) for kind, record in well.items() if record}
    yield Figure(
        "leerkring_maintenance_age_seconds", "Since the newest of its kind that went well.", ages, ("kind",)
    )
    yield Figure("leerkring_maintenance_good", "Whether the newest of its kind went well.", good, ("kind",))
    yield Figure("leerkring_maintenance_seconds", "How long that took.", took, ("kind",))
    yield Figure("leerkring_maintenance_bytes", "Size of that backup.", sizes, ("kind",))


def _disks() -> Iterator[Figure]:
    free, total = {}, {}
    for name, folder in health.places().items():
        try:
            room = disks.room(folder)
        except OSError:
            continue
        if room.is_known:
            free[name,], total[name,] = float(room.free), float(room.total)
    yield Figure("leerkring_disk_free_bytes", "Room on the disk for us.", free, ("place",))
    yield Figure("leerkring_disk_size_bytes", "Size of the disk.", total, ("place",))
