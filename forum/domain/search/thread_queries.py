"""The statements that look for threads, by title and by post, newest first.

Text that nobody may read is nowhere among what they find: threads and posts that were hidden or taken back, for
moderators too.
"""

from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, select, type_coerce

from forum.domain.people import found_by
from forum.domain.search.choice import Choice
from forum.domain.threads.list_queries import KEYS
from forum.infra.columns import code, codes
from forum.infra.db import Moment
from forum.infra.in_lists import in_list
from forum.infra.statements import cached
from forum.models.search import PostText, TitleText
from forum.models.threads import Post, Thread, ThreadCity
from forum.policy.readers import reader_param
from forum.policy.visibility import sees

MOST_TITLES = 1_000  # threads are candidates by their titles: those with the latest posts
MOST_POSTS = 300  # posts are: the newest
# What a hit is made of, in the order of its fields: the last columns of both statements.
HIT = (
    Thread.id,
    Thread.slug,
    Thread.title,
    code(Thread.need),
    code(Thread.axis),
    code(Thread.outcome),
    codes(Thread.cities),
    # As it is stored: of thousands it is compared, and shown of none.
    type_coerce(Thread.last_post_at, String).label("last_post_at"),
    Thread.space_id,
    TitleText.terms.label("title_terms"),
)
_PARTS = TitleText.parts.label("title_parts")


class Shape(NamedTuple):
    """What the statements depend on: who asks, which filters narrow them, and how many words a name has.

    `ids`: the parameters with the ids of rows that were found before, `titles` of threads, `posts` of posts.
    """

    signed_in: bool
    in_space: bool = False
    is_before: bool = False
    names: int = 0
    ids: tuple[str, ...] = ()


def narrowing(choice: Choice) -> list[ColumnElement[bool]]:
    """Return the facets that are chosen, as conditions."""
    columns: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (Thread.need, choice.need), (Thread.axis, choice.axis), (Thread.outcome, choice.outcome),
    )  # fmt: skip
    conditions = [column.in_(values) for column, values in columns if values]
    if choice.city:
        conditions.append(Thread.id.in_(select(ThreadCity.thread_id).where(ThreadCity.city.in_(choice.city))))
    return conditions


@cached
def threads(shape: Shape) -> Select[Any]:
    """Return the statement for threads by their titles, one more than MOST_TITLES."""
    moment, number = KEYS
    query: Any = _shown(shape, select(_PARTS, *HIT)).where(
        Thread.title != "", *_said(shape, Thread.author_id, Thread.created_at)
    )
    return cast(Select[Any], query.order_by(moment.desc(), number.desc()).limit(MOST_TITLES + 1))


@cached
def posts(shape: Shape) -> Select[Any]:
    """Return the statement for posts with their threads, one more than MOST_POSTS."""
    said = (Post.id.label("post_id"), Post.number, Post.author_id, PostText.terms, PostText.parts)
    query: Any = (
        _shown(shape, select(*said, _PARTS, *HIT))
        .join(Post, Post.thread_id == Thread.id)
        .outerjoin(PostText, PostText.post_id == Post.id)
        .where(Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .where(*_said(shape, Post.author_id, Post.created_at))
    )
    if "posts" in shape.ids:
        query = query.where(in_list(Post.id, "posts"))
    return cast(Select[Any], query.order_by(Post.id.desc()).limit(MOST_POSTS + 1))


def _shown(shape: Shape, query: Any) -> Any:
    shown = (Thread.hidden_at.is_(None), Thread.withdrawn_at.is_(None))
    in_space = (Thread.space_id == bindparam("space_id", type_=Integer),) if shape.in_space else ()
    by_title = (in_list(Thread.id, "titles"),) if "titles" in shape.ids else ()
    return (
        query.select_from(Thread)
        .outerjoin(TitleText, TitleText.thread_id == Thread.id)
        .where(sees(Thread, reader_param(shape.signed_in)), *shown, *in_space, *by_title)
    )


def _said(shape: Shape, author_id: Any, said_at: Any) -> list[ColumnElement[bool]]:
    """By whom something is signed, and before when it was said."""
    conditions = []
    if shape.names:
        conditions.append(found_by.is_named(author_id, shape.names))
    if shape.is_before:
        conditions.append(said_at < bindparam("before", type_=Moment))
    return conditions
