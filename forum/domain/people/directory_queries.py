"""The queries of the directory, each built once: a page of people, and of whom each filter leaves the first ones.

A question is looked up by the beginnings of words, from the index of the first of them (`found_by`); without one the
people are read in the order of their names. Neither grows with the network.
"""

import enum
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import aliased

from forum.domain.people import bylines, offers
from forum.domain.people.capacities import holds_on, spoken_in
from forum.domain.people.found_by import begins_as, begins_as_some
from forum.infra.in_lists import in_list
from forum.infra.sort_keys import KEY_TYPE
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.profiles import MemberWord, Profile, ProfileAxis, WordSource
from forum.models.spaces import Membership, Space, SpaceKind
from forum.policy.finding import finds
from forum.policy.standing import belonging, spaces_of
from forum.policy.visibility import READER_ID

MOST = 200  # people are counted, and MOST_WORDS words looked at for a question
MOST_WORDS = 1_500
NEXT_NAMES = 200  # are looked at first, for who of them is near
MOST_RECENT = 50  # who offered something last, for whoever asks nothing
# How many words are asked, and of which kinds of filter something is chosen.
Shape = tuple[int, frozenset[str]]
OF_CAPACITY = {"city": Capacity.city, "level": Capacity.level, "body": Capacity.body}
BETWEEN, WITHIN = "\n", ":"  # one capacity and the next; what stands in one
_WORD, _OFFERED, _ROLE = aliased(MemberWord), aliased(MemberWord), aliased(Membership)


class Near(enum.Enum):
    """Whether a page lists only who is near, as for somebody who asks and chooses nothing; and how those are found.

    Where the network is small, or many of it are near, they are among the next names of it. Where they are not, all who
    are near are put in order, which takes longer the more they are.
    """

    NO = enum.auto()
    AMONG_NEXT = enum.auto()
    WHOEVER = enum.auto()


def _reader_id() -> Any:
    return bindparam(READER_ID, type_=Integer)


def _holds() -> ColumnElement[bool]:
    return holds_on(bindparam("day", type_=Date))


def _said(row: Any) -> ColumnElement[bool]:
    """Whether a word is one at this moment: not one of a capacity that is over, or was refused."""
    spoken = exists().where(Capacity.id == row.capacity_id, _holds()).correlate(row)
    return or_(row.capacity_id.is_(None), spoken)


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    """What the people of a choice have in common, but for the first word."""
    count, kinds = shape
    conditions = [finds(_reader_id())]
    for number in range(1, count):
        other = select(_WORD.id).where(_WORD.member_id == Member.id, begins_as(_WORD, number), _said(_WORD))
        conditions.append(other.correlate(Member).exists())
    chosen = [column.in_(_values(kind)) for kind, column in OF_CAPACITY.items() if kind in kinds]
    if chosen:
        # In one capacity: somebody in the field in one city and on the staff of another is not staff of the first.
        conditions.append(
            exists().where(Capacity.member_id == Member.id, _holds(), *chosen).correlate(Member)
        )
    if "axis" in kinds:
        # Few offer something: they are looked up, and not met by walking through all names.
        asked = select(ProfileAxis.member_id).where(ProfileAxis.axis.in_(_values("axis")))
        conditions.append(Member.id.in_(asked))
    return conditions


def _values(kind: str) -> Any:
    return bindparam(f"{kind}_values", expanding=True, type_=String)


def _found(shape: Shape) -> Any:
    """Those among the first people with the first word who are in the choice."""
    words = (
        select(MemberWord.member_id.label("id"))
        .join(Member, Member.id == MemberWord.member_id)
        .where(begins_as(MemberWord, 0), _said(MemberWord), *_conditions(shape))
        .order_by(MemberWord.word, MemberWord.member_id)
        .limit(MOST_WORDS)
        .subquery()
    )
    return select(words.c.id).distinct().subquery()


def _near() -> Any:
    """Who belongs to a city or group of the reader, and who offered something lately."""
    together = select(Membership.member_id.label("id")).where(
        belonging(Membership), Membership.space_id.in_(_own_spaces())
    )
    return union(together, select(_recent().c.id)).subquery()


def _is_near() -> ColumnElement[bool]:
    """The same of the `Member` of the query around, looked up for each."""
    together = select(_ROLE.id).where(
        _ROLE.member_id == Member.id, belonging(_ROLE), _ROLE.space_id.in_(_own_spaces())
    )
    in_space = together.correlate(Member).limit(1).scalar_subquery().is_not(None)
    return or_(in_space, Member.id.in_(select(_recent().c.id)))


def _own_spaces() -> Any:
    kinds = (SpaceKind.CITY, SpaceKind.GROUP)
    return select(Space.id).where(Space.id.in_(spaces_of(_reader_id())), Space.kind.in_(kinds))


def _recent() -> Any:
    return (
        select(Profile.member_id.label("id"))
        .where(Profile.offered_at.is_not(None))
        .order_by(Profile.offered_at.desc())
        .limit(MOST_RECENT)
        .subquery()
    )


def _rank(count: int) -> ColumnElement[int]:
    """0 for who offers one of the words, 1 for whoever has them in a name or function."""
    any_word = or_(*(begins_as(_OFFERED, number) for number in range(count)))
    offers = exists().where(_OFFERED.member_id == Member.id, _OFFERED.source == WordSource.OFFER, any_word)
    return case((offers.correlate(Member), 0), else_=1)


def rank(count: int) -> ColumnElement[int]:
    """Return in which part of a list somebody stands."""
    return _rank(count) if count else literal(0, Integer)


@cached
def page(shape: Shape, near: Near, has_cursor: bool, limit: int) -> Select[Any]:
    """Return the query of a page, each with what they speak as and what they offer; `has_cursor`: after a position."""
    first = _first(shape, near, has_cursor, limit).subquery()
    profile: Any = offers.COLUMNS
    query: Any = (
        select(Member.id, *bylines.COLUMNS, *profile)
        .join(first, first.c.id == Member.id)
        .outerjoin(Capacity, Capacity.id == spoken_in(Member.id, bindparam("day", type_=Date)))
        .outerjoin(Profile, Profile.member_id == Member.id)
    )
    return cast(Select[Any], query.order_by(first.c.rank, Member.sort_key, Member.id))


def _first(shape: Shape, near: Near, has_cursor: bool, limit: int) -> Select[Any]:
    """Who stands on a page, in which part of it."""
    part = rank(shape[0])
    parts: tuple[Any, ...] = (part,) if shape[0] else ()
    order = (*parts, Member.sort_key, Member.id)
    after = (_is_after(part),) if has_cursor else ()
    query: Any = select(Member.id, part.label("rank"))
    if shape[0]:
        found = _found(shape)
        query = query.join(found, found.c.id == Member.id)
    else:
        query = query.where(*_conditions(shape))
    if near == Near.AMONG_NEXT:
        names = select(Member.id).where(*after).order_by(*order).limit(NEXT_NAMES).subquery()
        query = query.join(names, names.c.id == Member.id).where(_is_near())
    elif near == Near.WHOEVER:
        those = _near()
        query = query.join(those, those.c.id == Member.id)
    return cast(Select[Any], query.where(*after).order_by(*order).limit(limit))


def _is_after(part: ColumnElement[int]) -> ColumnElement[bool]:
    at_part, at_id = (bindparam(name, type_=Integer) for name in ("after_rank", "after_id"))
    at_key = bindparam("after_key", type_=KEY_TYPE)
    same_name = and_(Member.sort_key == at_key, Member.id > at_id)
    in_part = and_(part == at_part, or_(Member.sort_key > at_key, same_name))
    return or_(part > at_part, in_part)


@cached
def position(count: int) -> Select[Any]:
    """Return the query of where in a list the member with `handle` stands, for a reader who finds them."""
    columns: Any = (rank(count).label("rank"), Member.sort_key, Member.id)
    return select(*columns).where(Member.handle == bindparam("handle", type_=String), finds(_reader_id()))


@cached
def words_in_place(shape: Shape) -> Select[Any]:
    """Return the query of which of the words `near` somebody of a choice has, in place of its first word."""
    return _words(shape, in_list(MemberWord.word, "near", String))


@cached
def beginnings_in_place(shape: Shape, number: int) -> Select[Any]:
    """Return the query of words of a choice that begin as one of so many, in place of its first word."""
    return _words(shape, begins_as_some(MemberWord, number))


def _words(shape: Shape, condition: ColumnElement[bool]) -> Select[Any]:
    words = (
        select(MemberWord.word)
        .join(Member, Member.id == MemberWord.member_id)
        .where(condition, _said(MemberWord), *_conditions(shape))
        .order_by(MemberWord.word, MemberWord.member_id)
        .limit(MOST_WORDS)
        .subquery()
    )
    return select(words.c.word).distinct()


@cached
def counted(shape: Shape) -> Select[Any]:
    """Return the query of the first MOST people and one more of a choice ("") and of it without each kind chosen.

    Each comes with what a filter looks at, as text: their capacities on `day` (`held`), and the axes about which they
    may be asked (`axes`). Both are looked up person by person: few of the network are among them.
    """
    people = _left(shape).subquery("people")
    spoken = [func.coalesce(cast_to(column, String), "") for column in OF_CAPACITY.values()]
    held = select(func.aggregate_strings(_joined(spoken), BETWEEN)).where(
        Capacity.member_id == people.c.id, _holds()
    )
    axes = select(func.aggregate_strings(cast_to(ProfileAxis.axis, String), BETWEEN)).where(
        ProfileAxis.member_id == people.c.id
    )
    return select(
        people.c.kind,
        held.correlate(people).scalar_subquery().label("held"),
        axes.correlate(people).scalar_subquery().label("axes"),
    )


def _joined(parts: Sequence[Any]) -> Any:
    first, *others = parts
    for part in others:
        first = first + WITHIN + part
    return first


def _left(shape: Shape) -> Any:
    count, kinds = shape
    parts = []
    for kind in ("", *sorted(kinds)):
        narrowed = (count, kinds - {kind})
        if count:
            found = _found(narrowed)
            first = select(found.c.id).limit(MOST + 1).subquery()
        else:
            people = select(Member.id).where(*_conditions(narrowed))
            first = people.order_by(Member.sort_key, Member.id).limit(MOST + 1).subquery()
        parts.append(select(literal(kind, String).label("kind"), first.c.id.label("id")))
    return union_all(*parts)
