"""What was done to the database as a whole: migrated, backed up, tried out, restored."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Float, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, choice


class MaintenanceKind(enum.StrEnum):
    """What was done."""

    BACKUP = "backup"
    DRILL = "drill"


class MaintenanceRecord(Model):
    """One backup that was made, or one drill that restored the newest; `found` is a short text for the operator."""

    __tablename__ = "maintenance_record"
    NAME_MAX = 200
    __table_args__ = (Index("ix_maintenance_record_kind_at", "kind", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MaintenanceKind] = mapped_column(choice(MaintenanceKind))
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(NAME_MAX))  # of the file, without its folder
    good: Mapped[bool]
    found: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float] = mapped_column(Float)
    size: Mapped[int] = mapped_column(BigInteger)  # bytes


class RestoredCopy(Model):
    """That this database was restored from a backup, the last time. Its mail is held until it is released."""

    __tablename__ = "restored_copy"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    backup_made_at: Mapped[datetime]
    restored_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class SchemaFit(Model):
    """Which code can serve the database as it is: that whose newest migration is `serves_from` or a later one."""

    __tablename__ = "schema_fit"
    revision: Mapped[str] = mapped_column(String(32), primary_key=True)
    serves_from: Mapped[str] = mapped_column(String(32))
