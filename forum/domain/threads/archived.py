"""The archive of a space: the threads whose talk is over, as far as a reader may see them."""

from typing import Any, cast

from sqlalchemy import Integer, Select, bindparam, func, select

from forum.domain.threads import list_queries
from forum.domain.threads.lists import ThreadCard, cards_of
from forum.domain.threads.running import ARCHIVED
from forum.infra.db import db
from forum.infra.paging import Page, keyset
from forum.infra.statements import cached
from forum.models.spaces import Space
from forum.models.threads import Thread
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import sees

MOST_COUNTED = 99  # more are said to be more: counting on would make the page of an old space slower
_FILTERS = frozenset({"archived", "space"})


def of_space(
    reader: Actor | None, space_id: int, *, cursor: str | None = None, limit: int = 20
) -> Page[ThreadCard]:
    """Return the archived threads of a space that the reader may see, the latest post first (one query)."""
    values = {**readers.reader_values(reader), "space_id": space_id}
    query = list_queries.cards(reader is not None, _FILTERS)
    rows, following = keyset(query, keys=list_queries.KEYS, cursor=cursor, limit=limit, values=values)
    return Page(cards_of(rows), following)


def count(reader: Actor | None, space_id: int) -> int:
    """Return how many there are; one more than MOST_COUNTED says that there are more (one query)."""
    values = {**readers.reader_values(reader), "space_id": space_id}
    return db.session.scalar(_count(reader is not None), values) or 0


def counted(reader: Any) -> Any:
    """Return how many there are in a `Space`, as `count` does, for a query of spaces."""
    return _counted(Space.id, reader).scalar_subquery()


@cached
def _count(signed_in: bool) -> Select[Any]:
    return _counted(bindparam("space_id", type_=Integer), readers.reader_param(signed_in))


def _counted(space_id: Any, reader: Any) -> Select[Any]:
    its = (Thread.space_id == space_id, ARCHIVED, Thread.withdrawn_at.is_(None), sees(Thread, reader))
    found = select(Thread.id).where(*its).limit(MOST_COUNTED + 1).correlate(Space).subquery()
    return cast(Select[Any], select(func.count()).select_from(found))
