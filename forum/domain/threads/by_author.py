"""What somebody wrote, as far as a reader may read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, select

from forum.domain.threads import mentions
from forum.infra import text
from forum.infra.columns import code
from forum.infra.paging import Page, keyset
from forum.infra.statements import cached
from forum.models.spaces import Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

LENGTH = 120


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A post in a list of what its author wrote; `words` are the first ones of a reply. Of a thread without a title
    the opening post was taken back.
    """

    thread_id: int
    slug: str
    number: int
    title: str
    space_name: str
    kind: str | None
    words: str
    created_at: datetime


def posts_of(
    reader: Actor, author_id: int, *, cursor: str | None = None, limit: int = 20
) -> Page[WrittenLine]:
    """Return the posts of an author that the reader may read and that stand, the latest first.

    One query, and one more where any has an @. Only for an author whom the reader finds.
    """
    values = {**reader_values(reader), "author_id": author_id}
    keys = (Post.created_at, Post.id)
    rows, following = keyset(_posts(), keys=keys, cursor=cursor, limit=limit, values=values)
    said = mentions.in_plain({row.id: row.plain for row in rows if row.number > 1})
    lines = [
        WrittenLine(
            row.thread_id,
            row.slug,
            row.number,
            row.title,
            row.space_name,
            row.kind,
            text.summary(text.one_line(said.get(row.id, "")), LENGTH),
            row.created_at,
        )
        for row in rows
    ]
    return Page(lines, following)


@cached
def _posts() -> Select[Any]:
    query: Any = (
        select(
            Post.id,
            Post.created_at,
            Post.thread_id,
            Post.number,
            code(Post.kind),
            PostRevision.plain,
            Thread.slug,
            Thread.title,
            Space.name.label("space_name"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .join(PostRevision, and_(PostRevision.post_id == Post.id, PostRevision.number == Post.revision))
        .where(
            Post.author_id == bindparam("author_id", type_=Integer),
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            Thread.hidden_at.is_(None),
            sees(Thread, reader_param(signed_in=True)),
        )
    )
    return cast(Select[Any], query)
