"""The capacities that wait for somebody who confirms or refuses them, for whoever may answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from forum.domain.people import affirmations, capacities
from forum.domain.people.bylines import Byline, byline
from forum.domain.spaces import bringing
from forum.infra import clock, paging
from forum.infra.db import db
from forum.infra.paging import Page
from forum.models.accounts import Capacity, Member
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.policy.actions import Answer, may_administer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import answered_in, moderated, of_a_city
from forum.policy.standing import in_good_standing
from forum.policy.visibility import get_visible

AT_ONCE = 50  # shown on a page
# Created once because aliased() is slow.
_MODERATOR, _ROLE, _SPACE = aliased(Member), aliased(Membership), aliased(Space)


@dataclass(frozen=True, slots=True)
class WaitingCapacity:
    """A capacity that waits, as whoever may answer for it sees it."""

    id: int
    name: str
    email: str
    byline: Byline
    since: datetime | None
    may_confirm: Answer


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


def lines(actor: Actor) -> list[WaitingLine]:
    """Return what waits for the actor about capacities: a line for each space, and for their own (few queries)."""
    found: list[WaitingLine] = []
    spaces = moderated(actor)
    if spaces:
        found += _lines_of_spaces(actor, spaces)
    if may_administer(actor):
        count = len(_vouched(actor, _nobody_answers()))
        found += [WaitingLine("confirm_anywhere", count)] if count else []
    return found + _own_lines(actor)


def of_space(actor: Actor, space_id: int, *, cursor: str | None = None) -> Page[WaitingCapacity]:
    """Return the capacities for which the moderators of a space answer, the longest waiting first (three queries).

    NotFound; Forbidden for who neither moderates it nor is an administrator.
    """
    return _page(actor, _answered_by(actor, space_id), cursor)


def count_of_space(actor: Actor, space_id: int) -> int:
    """Return how many capacities `of_space` has on all its pages (two queries); errors as there."""
    return _count(_waits(actor), _answered_by(actor, space_id))


def unanswered(actor: Actor, *, cursor: str | None = None) -> Page[WaitingCapacity]:
    """Return the capacities for which no space can answer, for administrators; Forbidden for others (two queries)."""
    require(may_administer(actor))
    return _page(actor, _nobody_answers(), cursor)


def _own_lines(actor: Actor) -> list[WaitingLine]:
    either = or_(affirmations.is_due(clock.now()), capacities.refused_lately())
    query = select(Capacity.refused_at, Capacity.refused_reason).where(Capacity.member_id == actor.id, either)
    rows = db.session.execute(query.order_by(Capacity.refused_at, Capacity.id)).all()
    refused = [WaitingLine("refused", 1, reason=row.refused_reason) for row in rows if row.refused_at]
    due = len(rows) - len(refused)
    return refused + ([WaitingLine("affirm", due)] if due else [])


def _answered_by(actor: Actor, space_id: int) -> ColumnElement[bool]:
    space: Space = get_visible(Space, actor, space_id)
    if not may_administer(actor):
        require(may_moderate(actor, space.id))
    return answered_in([space.id])


def _nobody_answers() -> ColumnElement[bool]:
    """Whether no space can answer for a capacity: there is none, or no moderator of it may.

    Nobody may for their own, nor for one of a city of whom they alone brought, and not into its space (`bringing`).
    """
    others = (
        Membership.ended_at.is_(None),
        Membership.role == Role.MODERATOR,
        Membership.member_id != Capacity.member_id,
        exists().where(_MODERATOR.id == Membership.member_id, in_good_standing(_MODERATOR)),
    )
    of_city = exists().where(
        Space.id == Membership.space_id,
        Space.kind == SpaceKind.CITY,
        Space.city == Capacity.city,
        _may_vouch(),
        *others,
    )
    belongs = select(Membership.space_id).where(
        Membership.member_id == Capacity.member_id, Membership.ended_at.is_(None)
    )
    hosted = exists().where(Membership.space_id.in_(belongs.correlate(Capacity)), *others)
    return or_(and_(of_a_city(), ~of_city), and_(not_(of_a_city()), ~hosted))


def _may_vouch() -> ColumnElement[bool]:
    """Whether the moderator of a city's space in a row of Membership was not alone in bringing a holder, or just there.

    By the spaces to which the holder belongs now; an administrator sees rather a capacity too many than none.
    """
    role = exists().where(_ROLE.member_id == Capacity.member_id, _ROLE.ended_at.is_(None))
    by_another = role.where(_ROLE.granted_by_id.is_distinct_from(Membership.member_id))
    there = role.where(_ROLE.space_id == Membership.space_id)
    elsewhere = role.where(
        _ROLE.space_id == _SPACE.id, _SPACE.kind == SpaceKind.CITY, _SPACE.id != Membership.space_id
    )
    by_another, there, elsewhere = (
        one.correlate(Capacity, Membership) for one in (by_another, there, elsewhere)
    )
    return or_(by_another, and_(there, not_(elsewhere)))


def _waits(actor: Actor) -> ColumnElement[bool]:
    """Whether a capacity of somebody else in good standing waits, with Member joined."""
    return and_(capacities.waits(), in_good_standing(Member), Capacity.member_id != actor.id)


def _count(*which: ColumnElement[bool]) -> int:
    query = select(func.count(Capacity.id)).join(Member, Member.id == Capacity.member_id)
    return db.session.scalar(query.where(*which)) or 0


def _vouched(actor: Actor, which: ColumnElement[bool]) -> list[Any]:
    """All that waits of it and that the actor may confirm, its columns alone; `lit` is the city that it would light."""
    columns = (
        Capacity.member_id,
        Capacity.body,
        Capacity.city,
        case((of_a_city(), Capacity.city)).label("lit"),
    )
    query = select(*columns).join(Member, Member.id == Capacity.member_id).where(_waits(actor), which)
    rows = db.session.execute(query).all()
    brought = bringing.of_members({row.member_id for row in rows})
    return [row for row in rows if bringing.may_vouch(actor.id, row, brought)]


def _page(actor: Actor, which: ColumnElement[bool], cursor: str | None) -> Page[WaitingCapacity]:
    """The capacities that wait, by their id; a cursor is the id of the last one, and none that is ours the first page.

    Those of before there was confirmation have no moment by which they could stand in order.
    """
    query = (
        select(Capacity, Member.name, Member.handle, Member.email)
        .join(Member, Member.id == Capacity.member_id)
        .where(_waits(actor), which, Capacity.id > paging.id_of(cursor))
        .order_by(Capacity.id)
    )
    rows = db.session.execute(query.limit(AT_ONCE + 1)).all()
    brought = bringing.of_members({row.Capacity.member_id for row in rows})
    cards = [
        WaitingCapacity(
            id=capacity.id,
            name=name,
            email=email,
            byline=byline(name, handle, capacity),
            since=capacity.added_at,
            may_confirm=bringing.may_vouch(actor.id, capacity, brought),
        )
        for capacity, name, handle, email in rows[:AT_ONCE]
    ]
    return Page(cards, str(cards[-1].id) if len(rows) > AT_ONCE else None)


def _lines_of_spaces(actor: Actor, space_ids: list[int]) -> Iterable[WaitingLine]:
    """Each of these spaces in which something waits that the actor may confirm.

    What several of them answer for is counted in the first.
    """
    left = _vouched(actor, answered_in(space_ids))
    if not left:
        return []
    hosted = select(Membership.space_id, Membership.member_id).where(
        Membership.space_id.in_(space_ids), Membership.ended_at.is_(None)
    )
    hosted = hosted.where(Membership.member_id.in_({one.member_id for one in left if one.lit is None}))
    guests = {(row.space_id, row.member_id) for row in db.session.execute(hosted)}
    lines = []
    spaces = select(Space).where(Space.id.in_(space_ids)).order_by(Space.sort_key, Space.id)
    for space in db.session.scalars(spaces):
        city = space.city if space.kind == SpaceKind.CITY else None
        others = [
            one for one in left if (one.lit != city if one.lit else (space.id, one.member_id) not in guests)
        ]
        here, left = len(left) - len(others), others
        lines += [WaitingLine("confirm", here, space.name, space.slug)] if here else []
    return lines
