"""The tags that all members can read, as editors of the network see them; and where an address of a merged tag leads.

What stands on closed threads alone is nobody's business elsewhere: it is not listed, not counted and not named.
"""

from collections.abc import Collection
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from forum.infra import text
from forum.infra.in_lists import in_list
from forum.infra.paging import Page
from forum.infra.statements import cached, select_rows
from forum.models.spaces import Audience
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Thread
from forum.policy import readers
from forum.policy.actions import may_edit_network, require
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_param
from forum.policy.visibility import sees

MOST = 500  # threads that are counted
ASKED = 8  # addresses of tags at once
_INTO = aliased(Tag)


class ListedTag(NamedTuple):
    """A tag, how it is spelt, and how many threads have it: at most MOST + 1."""

    id: int
    slug: str
    name: str
    threads: int


def page(actor: Actor, *, wanted: str = "", after: str = "", limit: int = 50) -> Page[ListedTag]:
    """Return tags in the order of their addresses, those after `after` that begin with `wanted`; Forbidden."""
    require(may_edit_network(actor))
    begin = text.slug(wanted) if wanted.strip() else ""
    values = {**readers.reader_values(actor), "after": after, "begin": begin, "limit": limit + 1}
    rows = [ListedTag(*row) for row in select_rows(_listed(one=False), values)]
    following = rows[limit - 1].slug if len(rows) > limit else None
    return Page(rows[:limit], following)


def one(actor: Actor, slug: str) -> ListedTag:
    """Return a tag that is listed; NotFound, Forbidden."""
    require(may_edit_network(actor))
    row = select_rows(_listed(one=True), {**readers.reader_values(actor), "slug": slug}).one_or_none()
    if row is None:
        raise NotFound
    return ListedTag(*row)


def moved(reader: Actor | None, slugs: Collection[str]) -> dict[str, str]:
    """Return for each of these addresses of merged tags that of today, where the reader may see a thread with it."""
    if not slugs:
        return {}
    values = {**readers.reader_values(reader), "slugs": list(slugs)}
    return dict(select_rows(_moved(reader is not None), values).all())


@cached
def _listed(*, one: bool) -> Select[Any]:
    # An editor sees no more here than any member does.
    used = (
        select(ThreadTag.name)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .where(
            ThreadTag.tag_id == Tag.id,
            sees(Thread, reader_param(True)),
            Thread.audience != Audience.SPACE,
            *_says_what_it_is_about(),
        )
        .correlate(Tag)
    )
    spelt = used.order_by(ThreadTag.thread_id).limit(1).scalar_subquery()
    counted = select(func.count()).select_from(used.limit(MOST + 1).subquery()).scalar_subquery()
    query: Any = select(
        Tag.id, Tag.slug, func.coalesce(Tag.label, spelt).label("name"), counted.label("threads")
    ).where(Tag.merged_into_id.is_(None), used.exists())
    if one:
        return cast(Select[Any], query.where(Tag.slug == bindparam("slug", type_=String)))
    return cast(
        Select[Any],
        query.where(
            Tag.slug > bindparam("after", type_=String),
            Tag.slug.startswith(bindparam("begin", type_=String)),
        )
        .order_by(Tag.slug)
        .limit(bindparam("limit", type_=Integer)),
    )


@cached
def _moved(signed_in: bool) -> Select[Any]:
    seen = exists().where(
        ThreadTag.tag_id == _INTO.id,
        Thread.id == ThreadTag.thread_id,
        sees(Thread, reader_param(signed_in)),
        *_says_what_it_is_about(),
    )
    query = (
        select(Tag.slug, _INTO.slug)
        .join(_INTO, _INTO.id == Tag.merged_into_id)
        .where(in_list(Tag.slug, "slugs", String), seen.correlate(_INTO))
    )
    return cast(Select[Any], query)


def _says_what_it_is_about() -> tuple[ColumnElement[bool], ...]:
    return Thread.hidden_at.is_(None), Thread.withdrawn_at.is_(None), Thread.title != ""
