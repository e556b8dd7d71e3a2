"""The counts beside the filters of the library, kept for each audience when a lesson is published or names a city.

Reading them costs the same however many lessons there are. `flask lesson recount` makes them all anew.
"""

from collections import Counter
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, union_all

from forum.domain.lessons.listed import listed
from forum.infra.db import db
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.library import LibraryCount
from forum.models.spaces import Audience, Membership, Space
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.standing import belonging
from forum.policy.visibility import Reader, sees

Numbers = dict[tuple[str, str], int]  # by filter and value


def numbers(reader: Actor | None) -> Numbers:
    """Return how many lessons the reader may see for each value of each filter, and in all (one query)."""
    counts = select_rows(_sums(reader is not None), reader_values(reader))
    return {(row.filter, row.value): row.number for row in counts}


@cached
def _sums(signed_in: bool) -> Select[Any]:
    # Two parts that an index finds: the rows of the whole network, and those of the reader's own spaces.
    reader = reader_param(signed_in)
    parts = [_readable(reader, LibraryCount.space_id.is_(None))]
    if reader is not None:
        own = select(Membership.space_id).where(Membership.member_id == reader.id, belonging(Membership))
        parts.append(_readable(reader, LibraryCount.space_id.in_(own)))
    both = union_all(*parts).subquery()
    query: Any = select(both.c.filter, both.c.value, func.sum(both.c.number).label("number"))
    return cast(Select[Any], query.group_by(both.c.filter, both.c.value))


def _readable(reader: Reader | None, where: ColumnElement[bool]) -> Select[Any]:
    columns: tuple[Any, ...] = (LibraryCount.filter, LibraryCount.value, LibraryCount.number)
    return select(*columns).where(where, sees(LibraryCount, reader))


def recount(lesson: Lesson) -> None:
    """Count anew where this published lesson counts: in its space and in the whole network, for its audience."""
    _recount(lesson.audience, {lesson.space_id, None})


def recount_all() -> None:
    """Count every space and the whole network anew."""
    spaces = set(db.session.scalars(select(Space.id)))
    for audience in Audience:
        _recount(audience, {*spaces, None})


def differences() -> list[str]:
    """Return which counts are not what the published lessons say: audience, space, filter and value of each."""
    spaces: set[int | None] = {*db.session.scalars(select(Space.id)), None}
    differ: list[str] = []
    for audience in Audience:
        columns: Any = (LibraryCount.space_id, LibraryCount.filter, LibraryCount.value, LibraryCount.number)
        rows = db.session.execute(select(*columns).where(LibraryCount.audience == audience))
        kept = {(space_id, (name, value)): number for space_id, name, value, number in rows if number}
        found = {
            (space_id, value): number
            for space_id, of_space in _counted(audience, spaces).items()
            for value, number in of_space.items()
        }
        for key in kept.keys() | found.keys():
            if kept.get(key) != found.get(key):
                space_id, (name, value) = key
                differ.append(f"{audience.value} {space_id or 'network'} {name} {value}".strip())
    return sorted(differ)


def _counted(audience: Audience, spaces: set[int | None]) -> dict[int | None, Counter[tuple[str, str]]]:
    """How many lessons each of `spaces` has for each value of each filter, counted in the lessons themselves."""
    counted: dict[int | None, Counter[tuple[str, str]]] = {space_id: Counter() for space_id in spaces}
    for row in db.session.execute(_published(audience, spaces)):
        values = [(LibraryCount.TOTAL, ""), ("axis", row.axis.value), ("outcome", row.outcome.value)]
        values += [("need", need) for need in row.needs] + [("city", city) for city in row.cities]
        for space_id in {row.space_id, None} & spaces:
            counted[space_id].update(values)
    return counted


def _recount(audience: Audience, spaces: set[int | None]) -> None:
    total = _lock(audience)
    counted = _counted(audience, spaces)
    _clear(audience, spaces)
    if None in spaces:  # the total of the network is the row that is locked: it is changed, never made anew
        total.number = counted[None].pop((LibraryCount.TOTAL, ""), 0)
    made = [
        {"space_id": space_id, "audience": audience, "filter": name, "value": value, "number": number}
        for space_id, numbers_of in counted.items()
        for (name, value), number in numbers_of.items()
    ]
    if made:
        db.session.execute(insert(LibraryCount), made)
    db.session.flush()


def _lock(audience: Audience) -> LibraryCount:
    """The total of the whole network, held until the end of the transaction, so that one counts after the other."""
    query = select(LibraryCount).where(
        LibraryCount.space_id.is_(None),
        LibraryCount.audience == audience,
        LibraryCount.filter == LibraryCount.TOTAL,
    )
    total = db.session.scalars(query.with_for_update()).one_or_none()
    if total is None:
        total = LibraryCount(space_id=None, audience=audience, filter=LibraryCount.TOTAL, value="", number=0)
        db.session.add(total)
        db.session.flush()
    return total


def _published(audience: Audience, spaces: set[int | None]) -> Select[Any]:
    query: Any = (
        select(
            Lesson.space_id,
            LessonVersion.axis,
            LessonVersion.outcome,
            LessonVersion.needs,
            LessonVersion.cities,
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.audience == audience, listed())
    )
    return cast(Select[Any], query if None in spaces else query.where(Lesson.space_id.in_(spaces)))


def _clear(audience: Audience, spaces: set[int | None]) -> None:
    of_spaces = LibraryCount.space_id.in_(spaces - {None})
    of_network = LibraryCount.space_id.is_(None) & (LibraryCount.filter != LibraryCount.TOTAL)
    gone = of_spaces | of_network if None in spaces else of_spaces
    db.session.execute(
        delete(LibraryCount)
        .where(LibraryCount.audience == audience, gone)
        .execution_options(synchronize_session=False)
    )
