"""The queries of the directory, each built once: a page of people, and of whom each filter leaves the first ones.

A question is looked up by the beginnings of words, from the index of the first of them (`found_by`); without one the
people are read in the order of their names. Neither grows with the network.
"""

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
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.domain.people.capacities import holds_on
from forum.domain.people.found_by import begins_as
from forum.infra.sort_keys import KEY_TYPE
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.profiles import MemberWord, Profile, ProfileAxis, WordSource
from forum.models.spaces import Membership, Space, SpaceKind
from forum.policy.finding import finds
from forum.policy.standing import belonging, spaces_of
from forum.policy.visibility import READER_ID

MOST = 500  # people are counted, and MOST_WORDS words looked at for a question
MOST_WORDS = 1_500
MOST_RECENT = 50  # who offered something last, for whoever asks nothing
# How many words are asked, and of which kinds of filter something is chosen.
Shape = tuple[int, frozenset[str]]
OF_CAPACITY = {"city": Capacity.city, "level": Capacity.level, "body": Capacity.body}
_WORD, _OFFERED = aliased(MemberWord), aliased(MemberWord)


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
    spaces = select(Space.id).where(
        Space.id.in_(spaces_of(_reader_id())), Space.kind.in_((SpaceKind.CITY, SpaceKind.GROUP))
    )
    together = select(Membership.member_id.label("id")).where(
        belonging(Membership), Membership.space_id.in_(spaces)
    )
    recent = (
        select(Profile.member_id.label("id"))
        .where(Profile.offered_at.is_not(None))
        .order_by(Profile.offered_at.desc())
        .limit(MOST_RECENT)
        .subquery()
    )
    return union(together, select(recent.c.id)).subquery()


def _rank(count: int) -> ColumnElement[int]:
    """0 for who offers one of the words, 1 for whoever has them in a name or function."""
    any_word = or_(*(begins_as(_OFFERED, number) for number in range(count)))
    offers = exists().where(_OFFERED.member_id == Member.id, _OFFERED.source == WordSource.OFFER, any_word)
    return case((offers.correlate(Member), 0), else_=1)


def rank(count: int) -> ColumnElement[int]:
    """Return in which part of a list somebody stands."""
    return _rank(count) if count else literal(0, Integer)


@cached
def page(shape: Shape, is_near: bool, has_cursor: bool, limit: int) -> Select[Any]:
    """Return the query of a page; `is_near`: of whoever asks and chooses nothing. `has_cursor`: after a position."""
    part = rank(shape[0])
    query: Any = select(Member.id, Member.name, Member.handle, part.label("rank"))
    if shape[0]:
        found = _found(shape)
        query = query.join(found, found.c.id == Member.id)
    else:
        query = query.where(*_conditions(shape))
        if is_near:
            near = _near()
            query = query.join(near, near.c.id == Member.id)
    if has_cursor:
        query = query.where(_is_after(part))
    first: tuple[Any, ...] = (part,) if shape[0] else ()
    return cast(Select[Any], query.order_by(*first, Member.sort_key, Member.id).limit(limit))


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
def counted(shape: Shape) -> Select[Any]:
    """Return the query of the first MOST people and one more of a choice ("") and of it without each kind chosen."""
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
    each: Any = union_all(*parts).subquery()
    return select(each.c.kind, each.c.id)


@cached
def spoken() -> Select[Any]:
    """Return the query of what `member_ids` speak as on `day`: what a filter by city, level or body looks at."""
    columns: Any = (Capacity.member_id, Capacity.city, Capacity.level, Capacity.body)
    ids = bindparam("member_ids", expanding=True, type_=Integer)
    return select(*columns).where(Capacity.member_id.in_(ids), _holds())


@cached
def themes() -> Select[Any]:
    """Return the query of the axes about which `member_ids` may be asked."""
    ids = bindparam("member_ids", expanding=True, type_=Integer)
    columns: Any = (ProfileAxis.member_id, ProfileAxis.axis)
    return select(*columns).where(ProfileAxis.member_id.in_(ids))
