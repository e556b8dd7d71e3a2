"""The orders of the library, and where a page of each goes on. Those that are alike stand by their latest change.

By their latest change, those that are due for another look stand below all others.

An address holds the id of a lesson alone: what it is ordered by is looked up, for a reader who may see it. No order
tells more of a lesson than its card does: the day on which one is due counts as its quarter, which masked ones show.
"""

from typing import Any, cast

from sqlalchemy import Integer, Select, bindparam, select, tuple_

from forum.domain.lessons import origin
from forum.infra.paging import id_of
from forum.infra.statements import cached, select_rows
from forum.models.lessons import Lesson
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

LATEST, APPLIED, CERTAIN, DUE = "latest", "applied", "certain", "due"
SORTS = (LATEST, APPLIED, CERTAIN, DUE)
Place = tuple[Any, ...]


def ordered(query: Select[Any], sort: str, *, goes_on: bool, rows: int) -> Select[Any]:
    """Return so many rows of a query of lessons with their current versions, in that order.

    With `goes_on` those behind the place that `values_of` returns.
    """
    keys, descends = _keys(sort), sort != DUE
    if goes_on:
        here, place = tuple_(*keys), tuple_(*_parameters(sort))
        query = query.where(here < place if descends else here > place)
    return query.order_by(*(key.desc() if descends else key for key in keys)).limit(rows)


def place_of(reader: Actor | None, sort: str, cursor: str | None) -> dict[str, Any] | None:
    """Return the parameters of a page behind a lesson that the reader may see (one query); None for the first page."""
    number = id_of(cursor)
    if not number:
        return None
    row = select_rows(
        _place(reader is not None, sort), {**reader_values(reader), "row_id": number}
    ).one_or_none()
    return None if row is None else {f"after_{at}": value for at, value in enumerate(row)}


@cached
def _place(signed_in: bool, sort: str) -> Select[Any]:
    labelled = (key.label(f"after_{at}") for at, key in enumerate(_keys(sort)))
    query: Any = select(*labelled).where(
        Lesson.id == bindparam("row_id", type_=Integer),
        Lesson.current_id.is_not(None),
        sees(Lesson, reader_param(signed_in)),
    )
    return cast(Select[Any], query)


def _parameters(sort: str) -> list[Any]:
    return [bindparam(f"after_{at}", type_=key.type) for at, key in enumerate(_keys(sort))]


def _keys(sort: str) -> Place:
    return (*_FIRST[sort], *origin.LATEST)


_FIRST: dict[str, Place] = {
    LATEST: (Lesson.fresh,),
    APPLIED: (Lesson.applied_in,),
    CERTAIN: (Lesson.certainty,),
    DUE: (Lesson.due_quarter,),
}
