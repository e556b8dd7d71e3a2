"""How often moderators did what, by space and month, for editors of the network: numbers that lead to nobody.

Only of months that are over, so that nobody sees a number grow; only of spaces that the network knows; and a number
below FEWEST is not told, nor whether it is none at all.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from forum.domain.audit.kinds import KINDS
from forum.infra import days
from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Space
from forum.policy.actions import may_edit_network, require
from forum.policy.actors import Actor

FEWEST = 3
MOST_MONTHS = 36  # in one file


@dataclass(frozen=True, slots=True)
class SpaceFigures:
    """What was done FEWEST times or more in a space in a month, the most first; without a name: what is of no space."""

    name: str
    counts: tuple[tuple[Action, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the network, and which ones are beside it."""

    first_day: date
    spaces: list[SpaceFigures] = field(default_factory=list)
    earlier: date | None = None
    later: date | None = None


def last_month() -> date:
    """Return the first day of the last month that is over."""
    return first_of(first_of(days.today()) - timedelta(days=1))


def first_of(day: date) -> date:
    """Return the first day of the month in which a day falls."""
    return day.replace(day=1)


def of_month(actor: Actor, first_day: date) -> Month:
    """Return the figures of a month, or of the nearest that is over and has a log (three queries); Forbidden."""
    require(may_edit_network(actor))
    last, first = last_month(), _first_month()
    shown = min(max(first_of(first_day), first or last), last)
    return Month(
        shown,
        _figures(shown),
        earlier=_before(shown) if first is not None and first < shown else None,
        later=_after(shown) if shown < last else None,
    )


def months(actor: Actor, since: date, until: date) -> Iterator[Month]:
    """Return the figures of each of these months that is over, the earliest first, MOST_MONTHS at most; Forbidden."""
    require(may_edit_network(actor))
    return _each(max(first_of(since), _first_month() or last_month()), min(first_of(until), last_month()))


def _each(first_day: date, last_day: date) -> Iterator[Month]:
    for _count in range(MOST_MONTHS):
        if first_day > last_day:
            return
        yield Month(first_day, _figures(first_day))
        first_day = _after(first_day)


def _first_month() -> date | None:
    """The first month of the log."""
    first = db.session.scalar(select(func.min(ModerationAction.created_at)))
    return None if first is None else min(first_of(days.day_of(first)), last_month())


def _figures(first_day: date) -> list[SpaceFigures]:
    space_id, action = ModerationAction.space_id, ModerationAction.action
    query = (
        select(space_id, action, func.count())
        .outerjoin(Space, Space.id == space_id)
        .where(
            ModerationAction.created_at >= days.end_of(first_day - timedelta(days=1)),
            ModerationAction.created_at < days.end_of(_after(first_day) - timedelta(days=1)),
            or_(space_id.is_(None), Space.unlisted_at.is_(None)),
        )
        .group_by(space_id, action)
        .having(func.count() >= FEWEST)
    )
    found: dict[int | None, list[tuple[Action, int]]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row[0]].append((row[1], row[2]))
    order = list(KINDS)
    for counts in found.values():
        counts.sort(key=lambda pair: (-pair[1], order.index(pair[0])))
    # Each space has its line, so that it does not tell whether anything was done.
    spaces = (
        select(Space.id, Space.name).where(Space.unlisted_at.is_(None)).order_by(Space.sort_key, Space.id)
    )
    listed = [SpaceFigures(row.name, tuple(found[row.id])) for row in db.session.execute(spaces)]
    return [*listed, SpaceFigures("", tuple(found[None]))]


def _after(first_day: date) -> date:
    return first_of(first_day + timedelta(days=31))


def _before(first_day: date) -> date:
    return first_of(first_day - timedelta(days=1))
