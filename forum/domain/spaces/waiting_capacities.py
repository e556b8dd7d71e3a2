"""The capacities that wait for somebody who confirms or refuses them, for whoever may answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from forum.domain.people import affirmations, capacities
from forum.domain.people.bylines import Byline, byline
from forum.domain.spaces import bringing
from forum.infra import clock, days, paging
from forum.infra.db import Moment, db
from forum.infra.paging import Page
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.policy.actions import Answer, may_administer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import answerable, answered_in, of_a_city
from forum.policy.errors import NotFound
from forum.policy.standing import belonging, in_good_standing, spaces_of
from forum.policy.visibility import get_visible

AT_ONCE = 50  # shown on a page
# Created once because aliased() is slow.
_MODERATOR = aliased(Member)
_OWNER = aliased(Member)  # of a capacity
_HERE = aliased(Space)
_NONE_COUNTED = literal(0)


@dataclass(frozen=True, slots=True)
class WaitingCapacity:
    """A capacity that waits, as whoever may answer for it sees it."""

    id: int
    name: str
    email: str
    byline: Byline
    since: datetime | None
    may_confirm: Answer


@dataclass
class WaitingPage(Page[WaitingCapacity]):
    """Some of those of a space, with how many there are on all its pages."""

    of_all: int = 0


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """What waits for somebody at home: capacities to `confirm` in a space (or as administrator), or their own.

    Those are to `affirm`, or they were `refused`, each on a line with its reason.
    """

    kind: str  # "confirm", "confirm_anywhere", "affirm", "refused"
    count: int
    space: str = ""
    slug: str = ""
    reason: str = ""


def of_others(actor: Actor) -> list[WaitingLine]:
    """Return what waits for the actor to confirm: a line for each space that they moderate (few queries)."""
    found: list[WaitingLine] = []
    if actor.moderates:
        found += _lines_of_spaces(actor)
    if may_administer(actor):
        count = db.session.scalar(
            select(func.count()).select_from(to_confirm_anywhere(Member.id == actor.id))
        )
        found += [WaitingLine("confirm_anywhere", count)] if count else []
    return found


def own(actor: Actor) -> list[WaitingLine]:
    """Return what waits for the actor about their own capacities (one query)."""
    now = clock.now()
    values = {"member_id": actor.id, "told_after": now - capacities.TOLD, **affirmations.values(now)}
    rows = select_rows(_own(), values).all()
    refused = [WaitingLine("refused", 1, reason=row.refused_reason) for row in rows if row.refused_at]
    due = len(rows) - len(refused)
    return refused + ([WaitingLine("affirm", due)] if due else [])


@cached
def _own() -> Select[Any]:
    refused = capacities.refused_after(bindparam("told_after", type_=Moment))
    query: Any = (
        select(Capacity.refused_at, Capacity.refused_reason)
        .where(Capacity.member_id == bindparam("member_id"), or_(affirmations.is_due_now(), refused))
        .order_by(Capacity.refused_at, Capacity.id)
    )
    return cast(Select[Any], query)


def of_space(actor: Actor, space_id: int, *, cursor: str | None = None) -> WaitingPage:
    """Return the capacities for which the moderators of a space answer, the longest waiting first.

    One query for who moderates it. NotFound; Forbidden for who neither does, nor is an administrator.
    """
    which = _answered_by(actor, space_id)
    of_all = _waiting(actor.id, func.count(Capacity.id)).where(which).scalar_subquery()
    return _page(actor, which, cursor=cursor, of_all=of_all)


def count_at(reader_id: Any) -> ColumnElement[int]:
    """Return the same as a column of a query about the space with the address `slug`, with `values`."""
    here = select(_HERE.id).where(_HERE.slug == bindparam("slug", type_=String))
    query = _waiting(reader_id, func.count(Capacity.id), day=bindparam("today", type_=Date))
    return query.where(answered_in(here)).scalar_subquery()


def values() -> dict[str, date]:
    """Return the parameters of `count_at`."""
    return {"today": days.today()}


def unanswered(actor: Actor, *, cursor: str | None = None) -> Page[WaitingCapacity]:
    """Return the capacities for which no space can answer, for administrators; Forbidden for others (one query)."""
    require(may_administer(actor))
    ways = _ways()
    return _page(actor, _nobody_answers(ways), ways=ways, cursor=cursor)


def one(actor: Actor, capacity_id: int) -> WaitingCapacity:
    """Return a capacity that waits and for which the actor may answer; NotFound (one query)."""
    rows = _page(actor, and_(Capacity.id == capacity_id, answerable(actor)), cursor=None).rows
    if not rows:
        raise NotFound
    return rows[0]


def to_confirm(members: ColumnElement[bool], day: date | BindParameter[date] | None = None) -> Subquery:
    """Return the `member_id`, `space_id`, `capacity_id`, `at` (since when) that these may confirm as moderators."""
    ways = _ways(day)
    own_city = and_(of_a_city(), Space.kind == SpaceKind.CITY, Space.city == Capacity.city)
    belongs = (
        select(func.max(Membership.since_at))
        .where(
            Membership.space_id == Space.id,
            Membership.member_id == Capacity.member_id,
            belonging(Membership),
        )
        .correlate(Space, Capacity)
        .scalar_subquery()
    )
    hosts = and_(not_(of_a_city()), belongs.is_not(None))
    waits = _waits_since()
    # What several of their spaces answer for is in the first.
    place = func.row_number().over(partition_by=(Member.id, Capacity.id), order_by=(Space.sort_key, Space.id))
    each = (
        _waiting(
            Member.id,
            Member.id.label("member_id"),
            Space.id.label("space_id"),
            Capacity.id.label("capacity_id"),
            case((and_(hosts, belongs > waits), belongs), else_=waits).label("at"),
            place.label("place"),
            ways=ways,
            day=day,
        )
        .join(Member, members)
        .join(Space, Space.id.in_(spaces_of(Member.id, Role.MODERATOR)))
        .where(or_(own_city, hosts), bringing.vouches(Member.id, ways))
        .subquery()
    )
    return select(each).where(each.c.place == 1).subquery()


def to_confirm_anywhere(
    members: ColumnElement[bool], day: date | BindParameter[date] | None = None
) -> Subquery:
    """Return what waits and no space can answer for, for each of these administrators: `member_id`, `at`."""
    ways = _ways(day)
    return (
        _waiting(Member.id, Member.id.label("member_id"), _waits_since().label("at"), ways=ways, day=day)
        .join(Member, members)
        .where(_nobody_answers(ways), bringing.vouches(Member.id, ways))
        .subquery()
    )


def _waits_since() -> ColumnElement[Any]:
    """Since when a capacity waits: since it was added, and its member let in."""
    added = func.coalesce(Capacity.added_at, _OWNER.created_at)
    return case((_OWNER.approved_at > added, _OWNER.approved_at), else_=added)


def _answered_by(actor: Actor, space_id: int) -> ColumnElement[bool]:
    if not may_moderate(actor, space_id):  # whoever does sees it
        get_visible(Space, actor, space_id)
        require(may_administer(actor) or may_moderate(actor, space_id))
    return answered_in([space_id])


def _nobody_answers(ways: Subquery) -> ColumnElement[bool]:
    """Whether no space can answer for a capacity: there is none, or no moderator of it may.

    Nobody may for their own, nor for one of a city of whom they alone brought, and not into its space (`bringing`).
    """
    others = (
        belonging(Membership),
        Membership.role == Role.MODERATOR,
        bringing.vouches(Membership.member_id, ways),
        exists().where(_MODERATOR.id == Membership.member_id, in_good_standing(_MODERATOR)),
    )
    of_city = exists().where(
        Space.id == Membership.space_id, Space.kind == SpaceKind.CITY, Space.city == Capacity.city, *others
    )
    belongs = select(Membership.space_id).where(
        Membership.member_id == Capacity.member_id, belonging(Membership)
    )
    hosted = exists().where(Membership.space_id.in_(belongs.correlate(Capacity)), *others)
    of_city, hosted = (one.correlate(Capacity, ways) for one in (of_city, hosted))
    return or_(and_(of_a_city(), ~of_city), and_(not_(of_a_city()), ~hosted))


def _ways(day: date | BindParameter[date] | None = None) -> Subquery:
    """Who brought each member with a capacity that waits."""
    return bringing.brought(select(Capacity.member_id).where(capacities.waits(day)).correlate(None))


def _waiting(
    by_id: Any, *columns: Any, ways: Subquery | None = None, day: date | BindParameter[date] | None = None
) -> Select[Any]:
    """Select the capacities of others in good standing that wait, with `_OWNER` joined, and with `ways` if any."""
    query = select(*columns).select_from(Capacity).join(_OWNER, _OWNER.id == Capacity.member_id)
    if ways is not None:
        query = query.outerjoin(ways, ways.c.member_id == Capacity.member_id)
    return query.where(capacities.waits(day), in_good_standing(_OWNER), Capacity.member_id != by_id)


def _page(
    actor: Actor,
    which: ColumnElement[bool],
    *,
    cursor: str | None,
    ways: Subquery | None = None,
    of_all: Any = _NONE_COUNTED,
) -> WaitingPage:
    """The capacities that wait, by their id; a cursor is the id of the last one, and none that is ours the first page.

    Those of before there was confirmation have no moment by which they could stand in order.
    """
    query = _waiting(actor.id, *capacities.HELD, Capacity.added_at, _OWNER.name, _OWNER.handle, ways=ways)
    query = query.add_columns(_OWNER.email).where(which, Capacity.id > paging.id_of(cursor))
    page = query.order_by(Capacity.id).limit(AT_ONCE + 1).cte("waiting_page")
    brought = bringing.brought(select(page.c.held_member_id))
    shown = select(page, *bringing.columns(brought), of_all.label("of_all"))
    shown = shown.outerjoin(brought, brought.c.member_id == page.c.held_member_id).order_by(page.c.held_id)
    rows = db.session.execute(shown).all()
    cards = [_card(actor, row) for row in rows[:AT_ONCE]]
    following = str(cards[-1].id) if len(rows) > AT_ONCE else None
    return WaitingPage(cards, following, rows[0].of_all if rows else 0)


def _card(actor: Actor, row: Any) -> WaitingCapacity:
    capacity: Any = capacities.held_of(row)
    return WaitingCapacity(
        id=capacity.id,
        name=row.name,
        email=row.email,
        byline=byline(row.name, row.handle, capacity),
        since=row.added_at,
        may_confirm=bringing.may_vouch(actor.id, capacity, {capacity.member_id: bringing.of_row(row)}),
    )


def _lines_of_spaces(actor: Actor) -> list[WaitingLine]:
    """Each space of the actor in which something waits that they may confirm (one query, which counts)."""
    each = to_confirm(Member.id == actor.id)
    query = (
        select(Space.name, Space.slug, func.count().label("waits"))
        .join(each, each.c.space_id == Space.id)
        .group_by(Space.id, Space.name, Space.slug, Space.sort_key)
        .order_by(Space.sort_key, Space.id)
    )
    return [WaitingLine("confirm", row.waits, row.name, row.slug) for row in db.session.execute(query)]
