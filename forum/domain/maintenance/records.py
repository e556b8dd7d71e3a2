"""What was done to the database as a whole, backups and drills: written down, and the newest of each kind."""

from datetime import datetime

from sqlalchemy import func, select

from forum.domain.maintenance import rotation
from forum.infra import clock
from forum.infra.db import db
from forum.models.maintenance import MaintenanceKind, MaintenanceRecord


def record(
    kind: MaintenanceKind, *, name: str, good: bool, found: str = "", seconds: float = 0.0, size: int = 0
) -> MaintenanceRecord:
    """Write down that something was done just now: to or with the file of that name, in how long, of how many bytes."""
    made = MaintenanceRecord(
        kind=kind,
        at=clock.now(),
        name=name[: MaintenanceRecord.NAME_MAX],
        good=good,
        found=found,
        seconds=seconds,
        size=size,
    )
    db.session.add(made)
    db.session.flush()
    return made


def latest(kind: MaintenanceKind, *, good: bool | None = None) -> MaintenanceRecord | None:
    """Return the newest record of a kind, or the newest that went well (or did not); None where there is none."""
    query = select(MaintenanceRecord).where(MaintenanceRecord.kind == kind)
    if good is not None:
        query = query.where(MaintenanceRecord.good.is_(good))
    return db.session.scalars(
        query.order_by(MaintenanceRecord.at.desc(), MaintenanceRecord.id.desc()).limit(1)
    ).one_or_none()


def latest_good(newest: MaintenanceRecord | None) -> MaintenanceRecord | None:
    """Return the newest record of the same kind that went well, where `newest` is the newest of all."""
    return newest if newest is None or newest.good else latest(newest.kind, good=True)


def kept_since() -> datetime | None:
    """Return when the first backup was kept in the folder BACKUPS, and not in a FILE of another name; None before."""
    kept = MaintenanceRecord.name.like(rotation.LIKE)
    first = select(func.min(MaintenanceRecord.at)).where(MaintenanceRecord.kind == MaintenanceKind.BACKUP)
    return db.session.scalar(first.where(MaintenanceRecord.good, kept))
