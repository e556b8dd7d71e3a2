"""The rules of a space, and the editorial policy of the network: numbered versions that never change.

A version of no space is one of the network's policy. Its words are those that its writer typed, where a policy names
its terms; a rule and an introduction hold them as they were filled in then.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.infra.db import Model, where
from forum.models.accounts import Member


class RulesVersion(Model):
    """One version, whole, as it was published; nobody wrote the one that came with the forum."""

    __tablename__ = "rules_version"
    BODY_MAX, CHANGED_MAX = 12_000, 300
    __table_args__ = (
        Index(
            "uq_rules_version_of_space", "space_id", "number", unique=True, **where("space_id IS NOT NULL")
        ),
        Index("uq_rules_version_of_network", "number", unique=True, **where("space_id IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    # Markdown, as typed: what stands above the first heading is no rule.
    body: Mapped[str] = mapped_column(Text)
    intro: Mapped[str] = mapped_column(Text)
    changed: Mapped[str] = mapped_column(String(CHANGED_MAX))  # in the words of its writer
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    published_at: Mapped[datetime]
    # Of the policy: the terms that held then.
    review_months: Mapped[int | None] = mapped_column(SmallInteger)
    answer_days: Mapped[int | None] = mapped_column(SmallInteger)
    cities: Mapped[int | None] = mapped_column(SmallInteger)


class HouseRule(Model):
    """One rule of a version; the same `identity` in another version is the same rule, in other words perhaps."""

    __tablename__ = "house_rule"
    HEADING_MAX = 120
    __table_args__ = (UniqueConstraint("version_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(RulesVersion.id, ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)  # from 1: the number that readers know it by
    identity: Mapped[int] = mapped_column(SmallInteger)
    heading: Mapped[str] = mapped_column(String(HEADING_MAX))
    words: Mapped[str] = mapped_column(Text)


class RulesAcceptance(Model):
    """A member accepted a version, or for a later one read what had changed. The first one is what counts."""

    __tablename__ = "rules_acceptance"
    version_id: Mapped[int] = mapped_column(
        ForeignKey(RulesVersion.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey(Member.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    accepted_at: Mapped[datetime]
