"""The first words of the newest reply in each of some threads, as a list shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from forum.domain.people.capacities import lit_city
from forum.infra import text
from forum.models.accounts import Capacity, Member
from forum.models.threads import Post, PostRevision, Thread

LENGTH = 120
ENOUGH = 600  # characters of which that many are left, however much space is folded
# Created once because aliased() is slow.
_REPLY, _NUMBERED, _REVISION = aliased(Post), aliased(Post), aliased(PostRevision)
_AUTHOR, _CAPACITY = aliased(Member), aliased(Capacity)


@dataclass(frozen=True, slots=True)
class LatestWords:
    """What somebody replied last, in a few words; `city` is the code of the one that it lights."""

    name: str
    city: str | None
    words: str


def with_last(query: Any) -> Any:
    """Return a query on threads with the last reply of each that stands, or none: for few rows."""
    newest = (
        select(_NUMBERED.id)
        .where(
            _NUMBERED.thread_id == Thread.id,
            _NUMBERED.number > 1,
            _NUMBERED.hidden_at.is_(None),
            _NUMBERED.deleted_at.is_(None),
        )
        .order_by(_NUMBERED.number.desc())
        .limit(1)
        .correlate(Thread)
        .scalar_subquery()
    )
    revision = and_(_REVISION.post_id == _REPLY.id, _REVISION.number == _REPLY.revision)
    return (
        query.add_columns(
            _REPLY.id.label("reply_id"),
            func.substr(_REVISION.plain, 1, ENOUGH).label("reply_plain"),
            _AUTHOR.name.label("reply_name"),
            lit_city(_REPLY.created_at, _CAPACITY).label("reply_city"),
        )
        .outerjoin(_REPLY, _REPLY.id == newest)
        .outerjoin(_REVISION, revision)
        .outerjoin(_AUTHOR, _AUTHOR.id == _REPLY.author_id)
        .outerjoin(_CAPACITY, _CAPACITY.id == _REPLY.capacity_id)
    )


def plain(rows: Iterable[Any]) -> dict[int, str]:
    """Return the text of the last reply in rows of such a query, by its id: for `mentions.in_plain`."""
    return {row.reply_id: row.reply_plain for row in rows if row.reply_id is not None}


def of_row(row: Any, said: Mapping[int, str]) -> LatestWords:
    """Return the words of a row with a reply, given readable texts by the ids of posts."""
    return LatestWords(row.reply_name, row.reply_city, _in_few(said[row.reply_id]))


@lru_cache(maxsize=1024)
def _in_few(words: str) -> str:
    """The same replies stand in the lists of everybody; folding the space in one takes as long as finding it."""
    return text.summary(text.one_line(words), LENGTH)
