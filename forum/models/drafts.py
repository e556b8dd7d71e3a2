"""Drafts: what somebody typed and did not send yet. Only its owner reads it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where


class Draft(Model):
    """The words of one form for one subject and one sending of it.

    Once that sending was accepted the words are gone and the row stays as a mark, so that words which arrive late are
    not kept again.
    """

    __tablename__ = "draft"
    FORM_MAX, KEY_MAX = 24, 36
    __table_args__ = (
        UniqueConstraint("member_id", "idempotency_key"),
        Index(
            "ix_draft_member_id_open",
            "member_id",
            "changed_at",
            **where("sent_at IS NULL AND discarded_at IS NULL"),
        ),
        Index("ix_draft_check_at_id", "check_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    idempotency_key: Mapped[str] = mapped_column(String(KEY_MAX))
    form: Mapped[str] = mapped_column(String(FORM_MAX))  # which form, as in domain/draft_places.py
    subject_id: Mapped[int]  # the row that the form is about; which table follows from the form
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # by name: a text, or a list of texts
    # What stood in the draft when words arrived that were based on an earlier state of it.
    other_fields: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    other_at: Mapped[datetime | None]
    base_revision: Mapped[int | None]  # of the text that these words change
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    no_access_since: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    check_at: Mapped[datetime]  # when the worker has to look at it next
