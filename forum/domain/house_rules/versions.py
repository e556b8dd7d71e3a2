"""Versions of the rules of a space, or of the policy of the network (a space of None), as their readers get them.

For places that the reader was found to see: `place` is asked first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, select

from forum.infra import text
from forum.infra.db import db
from forum.infra.paging import LARGEST_NUMBER
from forum.models.accounts import Member
from forum.models.house_rules import HouseRule, RulesVersion
from forum.policy.errors import NotFound

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as it stands in a version."""

    id: int
    number: int
    identity: int
    heading: str
    words: str

    @property
    def pieces(self) -> list[Any]:
        """Its HTML."""
        return drawn(self.words)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that a policy names: months until a lesson is reviewed, working days to answer, cities to confirm."""

    review_months: int
    answer_days: int
    cities: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `author` is empty where it came with the forum. `terms` are those that the policy froze."""

    id: int
    number: int
    body: str
    intro: str
    changed: str
    author: str
    since: datetime
    terms: Terms | None = None
    rules: list[Rule] = field(default_factory=list)

    @property
    def intro_pieces(self) -> list[Any]:
        """The HTML of its introduction."""
        return drawn(self.intro)


def drawn(words: str) -> list[Any]:
    """Return the HTML of words as pages draw it. What looks like a passage of a post is none here, and left out."""
    return [piece for piece in text.parts(text.render(words)) if piece is not None]


def of_place(space_id: int | None) -> ColumnElement[bool]:
    """Return whether a version is one of a space, or of the network."""
    return RulesVersion.space_id == space_id if space_id is not None else RulesVersion.space_id.is_(None)


def latest_number(space_id: int | None) -> Select[Any]:
    """Return the query of the number of the newest version; null without any."""
    return select(func.max(RulesVersion.number)).where(of_place(space_id))


def current(space_id: int | None) -> Version | None:
    """Return the version in force; None without any (one query)."""
    newest = latest_number(space_id).scalar_subquery()
    found = _versions(db.session.execute(_query(space_id).where(RulesVersion.number == newest)))
    return found[0] if found else None


def one(space_id: int | None, number: int) -> Version:
    """Return a version by its number; NotFound (one query)."""
    return several(space_id, number)[0]


def several(space_id: int | None, *numbers: int) -> list[Version]:
    """Return versions by their numbers, the oldest first; NotFound where one is not there (one query)."""
    if not all(0 < number <= LARGEST_NUMBER for number in numbers):
        raise NotFound
    rows = db.session.execute(_query(space_id).where(RulesVersion.number.in_(numbers)))
    found = _versions(rows)
    if len(found) != len(set(numbers)):
        raise NotFound
    return found


def policy_id() -> int | None:
    """Return the id of the policy in force; None without any (one query)."""
    newest = select(RulesVersion.id).where(of_place(None)).order_by(RulesVersion.number.desc()).limit(1)
    return db.session.scalar(newest)


def number_of(version_id: int | None) -> int | None:
    """Return the number of a version by its id; None for none (one query at most)."""
    if version_id is None:
        return None
    return db.session.scalar(select(RulesVersion.number).where(RulesVersion.id == version_id))


def history(space_id: int | None) -> list[Version]:
    """Return the versions without their rules, the newest first (one query)."""
    query = (
        select(RulesVersion, Member.name)
        .outerjoin(Member, Member.id == RulesVersion.author_id)
        .where(of_place(space_id))
        .order_by(RulesVersion.number.desc())
        .limit(MOST_LISTED)
    )
    return [_version(version, name or "", []) for version, name in db.session.execute(query)]


def _query(space_id: int | None) -> Select[Any]:
    query: Any = (
        select(RulesVersion, Member.name, HouseRule)
        .outerjoin(Member, Member.id == RulesVersion.author_id)
        .outerjoin(HouseRule, HouseRule.version_id == RulesVersion.id)
        .where(of_place(space_id))
        .order_by(RulesVersion.number, HouseRule.position)
    )
    return cast(Select[Any], query)


def _versions(rows: Iterable[Any]) -> list[Version]:
    found: dict[int, Version] = {}
    for version, name, rule in rows:
        whole = found.setdefault(version.id, _version(version, name or "", []))
        if rule is not None:
            whole.rules.append(Rule(rule.id, rule.position, rule.identity, rule.heading, rule.words))
    return list(found.values())


def _version(row: RulesVersion, author: str, rules: list[Rule]) -> Version:
    terms = None
    if row.review_months is not None and row.answer_days is not None and row.cities is not None:
        terms = Terms(row.review_months, row.answer_days, row.cities)
    return Version(
        row.id, row.number, row.body, row.intro, row.changed, author, row.published_at, terms, rules
    )
