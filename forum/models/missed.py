"""What people look for and do not find: words without who, once enough of them did; no time finer than a month.

Until then neither the words nor the people can be read here: both are marks that only this forum can make.
"""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where

MARK = 22  # characters, as `infra/tokens.py` makes them


class MissedSearch(Model):
    """What was looked for in vain, by the mark of its keys; with `words` once enough people looked for it."""

    __tablename__ = "missed_search"
    __table_args__ = (
        Index("ix_missed_search_last_month_id", "last_month", "id", **where("words IS NOT NULL")),
    )
    WORDS_MAX = 80
    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(MARK), unique=True)
    words: Mapped[str | None] = mapped_column(String(WORDS_MAX))
    first_month: Mapped[datetime]
    last_month: Mapped[datetime]
    is_set_aside: Mapped[bool] = mapped_column(Boolean, default=False)


class MissedBy(Model):
    """The mark of one person with these very words, so that each counts once; gone as soon as enough did."""

    __tablename__ = "missed_by"
    missed_id: Mapped[int] = mapped_column(ForeignKey(MissedSearch.id, ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(MARK), primary_key=True)
    month: Mapped[datetime]
