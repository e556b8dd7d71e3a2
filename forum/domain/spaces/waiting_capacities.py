"""The capacities that wait for somebody who confirms or refuses them, for whoever may answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from forum.domain.people import affirmations, capacities
from forum.domain.people.bylines import Byline, byline
from forum.domain.spaces import bringing
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.spaces import Membership, Role, Space, SpaceKind
from forum.policy.actions import Answer, may_administer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import answered_in, moderated
from forum.policy.standing import in_good_standing
from forum.policy.visibility import get_visible

MOST = 100  # shown at once


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
    """What waits for somebody at home: capacities to `confirm` in a space (or as administrator), or to `affirm`."""

    kind: str  # "confirm", "confirm_anywhere", "affirm"
    count: int
    space: str = ""
    slug: str = ""


def lines(actor: Actor) -> list[WaitingLine]:
    """Return what waits for the actor about capacities: a line for each space, and for their own (few queries)."""
    found: list[WaitingLine] = []
    spaces = moderated(actor)
    if spaces:
        found += _lines_of_spaces(actor, spaces)
    if may_administer(actor):
        count = len([row for row in unanswered(actor) if row.may_confirm])
        found += [WaitingLine("confirm_anywhere", count)] if count else []
    own = len(affirmations.due(actor.id))
    return found + ([WaitingLine("affirm", own)] if own else [])


def of_space(actor: Actor, space_id: int) -> list[WaitingCapacity]:
    """Return the capacities for which the moderators of a space answer, the longest waiting first (two queries).

    NotFound; Forbidden for who neither moderates it nor is an administrator.
    """
    space: Space = get_visible(Space, actor, space_id)
    if not may_administer(actor):
        require(may_moderate(actor, space.id))
    return _cards(actor, _rows(Capacity.member_id != actor.id, answered_in([space.id])))


def unanswered(actor: Actor) -> list[WaitingCapacity]:
    """Return the capacities for which no space can answer, for administrators; Forbidden for others (two queries)."""
    require(may_administer(actor))
    others = (
        Membership.ended_at.is_(None),
        Membership.role == Role.MODERATOR,
        Membership.member_id != Capacity.member_id,
        exists().where(Member.id == Membership.member_id, in_good_standing(Member)),
    )
    of_city = exists().where(
        Space.id == Membership.space_id, Space.kind == SpaceKind.CITY, Space.city == Capacity.city, *others
    )
    belongs = select(Membership.space_id).where(
        Membership.member_id == Capacity.member_id, Membership.ended_at.is_(None)
    )
    hosted = exists().where(Membership.space_id.in_(belongs.correlate(Capacity)), *others)
    nobody = or_(and_(Capacity.city.is_not(None), ~of_city), and_(Capacity.city.is_(None), ~hosted))
    return _cards(actor, _rows(Capacity.member_id != actor.id, nobody))


def _rows(*which: ColumnElement[bool]) -> list[Any]:
    query = (
        select(Capacity, Member.name, Member.handle, Member.email)
        .join(Member, Member.id == Capacity.member_id)
        .where(capacities.waits(), in_good_standing(Member), *which)
        .order_by(Capacity.id)
    )
    return list(db.session.execute(query.limit(MOST)))


def _cards(actor: Actor, rows: list[Any]) -> list[WaitingCapacity]:
    brought = bringing.of_members({row.Capacity.member_id for row in rows})
    return [
        WaitingCapacity(
            id=row.Capacity.id,
            name=row.name,
            email=row.email,
            byline=byline(row.name, row.handle, row.Capacity),
            since=row.Capacity.added_at,
            may_confirm=bringing.may_vouch(actor.id, row.Capacity, brought),
        )
        for row in rows
    ]


def _lines_of_spaces(actor: Actor, space_ids: list[int]) -> Iterable[WaitingLine]:
    """Each of these spaces in which something waits that the actor may confirm.

    What several of them answer for is counted in the first.
    """
    rows = _rows(Capacity.member_id != actor.id, answered_in(space_ids))
    if not rows:
        return []
    brought = bringing.of_members({row.Capacity.member_id for row in rows})
    left = [row.Capacity for row in rows if bringing.may_vouch(actor.id, row.Capacity, brought)]
    query = select(Space).where(Space.id.in_(space_ids)).order_by(Space.sort_key, Space.id)
    hosted = select(Membership.space_id, Membership.member_id).where(
        Membership.space_id.in_(space_ids), Membership.ended_at.is_(None)
    )
    hosted = hosted.where(Membership.member_id.in_({one.member_id for one in left if one.city is None}))
    guests = {(row.space_id, row.member_id) for row in db.session.execute(hosted)}
    lines = []
    for space in db.session.scalars(query):
        here = [
            one
            for one in left
            if (
                one.city == space.city and space.kind == SpaceKind.CITY
                if one.city
                else (space.id, one.member_id) in guests
            )
        ]
        left = [one for one in left if one not in here]
        lines += [WaitingLine("confirm", len(here), space.name, space.slug)] if here else []
    return lines
