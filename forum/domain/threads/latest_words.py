"""The first words of the newest reply in each of some threads, as a list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from forum.domain.people.capacities import lit_city
from forum.domain.threads import mentions
from forum.infra import text
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.threads import Post, PostRevision, Thread
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import sees

LENGTH = 120
_OTHER = aliased(Post)


@dataclass(frozen=True, slots=True)
class LatestWords:
    """What somebody replied last, in a few words; `city` is the code of the one that it lights."""

    name: str
    city: str | None
    words: str


def of_threads(reader: Actor | None, thread_ids: Sequence[int]) -> dict[int, LatestWords]:
    """Return the words of the last reply that stands, by thread (one query; two where any has an @).

    Only of threads that the reader may see.
    """
    values = {**readers.reader_values(reader), "thread_ids": list(thread_ids)}
    rows = select_rows(_last(reader is not None), values).all() if thread_ids else []
    said = mentions.in_plain({row.id: row.plain for row in rows})
    return {
        row.thread_id: LatestWords(row.name, row.city, text.summary(text.one_line(said[row.id]), LENGTH))
        for row in rows
    }


@cached
def _last(signed_in: bool) -> Select[Any]:
    newest = select(func.max(_OTHER.number)).where(
        _OTHER.thread_id == Post.thread_id,
        _OTHER.number > 1,
        _OTHER.hidden_at.is_(None),
        _OTHER.deleted_at.is_(None),
    )
    query: Any = (
        select(
            Post.id,
            Post.thread_id,
            PostRevision.plain,
            Member.name,
            lit_city(Post.created_at).label("city"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(PostRevision, and_(PostRevision.post_id == Post.id, PostRevision.number == Post.revision))
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(
            Thread.id.in_(bindparam("thread_ids", expanding=True, type_=Integer)),
            sees(Thread, readers.reader_param(signed_in)),
            Post.number == newest.correlate(Post).scalar_subquery(),
        )
    )
    return cast(Select[Any], query)
