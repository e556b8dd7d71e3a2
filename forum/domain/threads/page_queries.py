"""The two queries of a thread's page, built once for visitors and once for members, with the visibility rule in them.

This page is read most: the queries select columns instead of objects, and get their parameters when they run.
"""

from typing import Any, cast

from sqlalchemy import Date, Integer, Select, and_, bindparam, exists, false, func, literal, select
from sqlalchemy.orm import aliased

from forum.domain.drafts import queries as draft_queries
from forum.domain.house_rules import acceptance
from forum.domain.mailing import unread_notices
from forum.domain.people import capacities
from forum.domain.people.bylines import CAPACITY, COLUMNS
from forum.domain.themes.tags import spelling
from forum.domain.threads import following, nominations
from forum.domain.threads.unread_queries import first_unread, marked, read_up_to, unread_count
from forum.infra.columns import codes
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.bookmarks import Bookmark
from forum.models.classification import ThreadChange
from forum.models.following import SpaceFollow, ThreadFollow
from forum.models.held import HeldPost
from forum.models.lessons import LessonSource
from forum.models.moved_posts import MovedPost
from forum.models.nominations import Nomination
from forum.models.notifications import Notification
from forum.models.pins import PinnedThread
from forum.models.post_reports import PostObjection
from forum.models.responses import ThreadResponse
from forum.models.spaces import Space
from forum.models.summaries import SummaryKeeper, SummaryVersion
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Post, ReadAhead, ReadMark, Thread
from forum.models.undo import UndoableAct
from forum.policy.finding import finds
from forum.policy.readers import reader_param
from forum.policy.visibility import sees

_COLUMNS = (
    Thread.id,
    Thread.slug,
    Thread.title,
    Thread.need,
    Thread.axis,
    Thread.audience,
    Thread.space_id,
    Thread.author_id,
    codes(Thread.cities),
    Thread.post_count,
    Thread.last_number,
    Thread.locked_at,
    Thread.hidden_at,
    Thread.archived_at,
    Thread.withdrawn_at,
    Space.name.label("space_name"),
    Space.slug.label("space_slug"),
    Space.widest_audience,
)


def _open_acts(reader_id: Any) -> Any:
    """Whether the reader can still undo something in the thread, at the moment `now`."""
    return (
        exists()
        .where(
            UndoableAct.actor_id == reader_id,
            UndoableAct.until > bindparam("now"),
            UndoableAct.undone_at.is_(None),
            UndoableAct.thread_id == Thread.id,
        )
        .correlate(Thread)
    )


def _asked_to_summarise(reader_id: Any) -> Any:
    asked = exists().where(SummaryKeeper.thread_id == Thread.id, SummaryKeeper.member_id == reader_id)
    return asked.correlate(Thread)


def _has_held(reader_id: Any) -> Any:
    """Whether something of the reader waits in the thread, or was refused: each is asked for then."""
    own = (HeldPost.author_id == reader_id, HeldPost.thread_id == Thread.id)
    return exists().where(*own).correlate(Thread)


def _is_pinned() -> Any:
    """Whether the thread is pinned to the space in which it stands."""
    pinned = (PinnedThread.thread_id == Thread.id, PinnedThread.space_id == Thread.space_id)
    return exists().where(*pinned).correlate(Thread)


def _has_ahead(reader_id: Any) -> Any:
    """Whether the reader read anything ahead of their mark: then each range is asked for."""
    ahead = exists().where(ReadAhead.member_id == reader_id, ReadAhead.thread_id == Thread.id)
    return ahead.correlate(Thread)


def _nominated(*which: Any) -> Any:
    return exists().where(Nomination.thread_id == Thread.id, *which).correlate(Thread)


@cached
def head(signed_in: bool) -> Select[Any]:
    """Return the query of the thread itself, when the reader may see it, and in which capacity they would answer.

    Parameters `thread_id`, `reader_id`, `now` and `today`, the day of the reader: on it their answer would be signed.
    """
    reader = reader_param(signed_in)
    reader_id: Any = reader.id if reader else None
    tag_words = (
        select(func.aggregate_strings(Tag.slug.concat("\t").concat(spelling(ThreadTag.name)), "\n"))
        .join(ThreadTag, ThreadTag.tag_id == Tag.id)
        .where(ThreadTag.thread_id == Thread.id)
        .correlate(Thread)
    )
    opening_gone = (
        select(Post.deleted_at).where(Post.thread_id == Thread.id, Post.number == 1).correlate(Thread)
    )
    query: Any = (
        select(
            *_COLUMNS,
            tag_words.scalar_subquery().label("tag_words"),
            opening_gone.scalar_subquery().label("opening_gone_at"),
            exists()
            .where(Post.thread_id == Thread.id, Post.author_id != Thread.author_id)
            .correlate(Thread)
            .label("others_wrote"),
            exists().where(LessonSource.thread_id == Thread.id).correlate(Thread).label("has_lessons"),
            exists().where(MovedPost.thread_id == Thread.id).correlate(Thread).label("has_moved"),
            exists().where(ThreadChange.thread_id == Thread.id).correlate(Thread).label("has_changes"),
            exists().where(ThreadResponse.thread_id == Thread.id).correlate(Thread).label("has_responses"),
            exists().where(SummaryVersion.thread_id == Thread.id).correlate(Thread).label("has_summary"),
            *_of_reader(signed_in, reader_id),
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .where(Thread.id == bindparam("thread_id"), sees(Thread, reader))
    )
    if not signed_in:
        return query
    query = query.outerjoin(ReadMark, marked(reader_id)).add_columns(*CAPACITY, *_told_of(reader_id))
    speaks_as = capacities.spoken_in(reader_id, bindparam("today", type_=Date))
    return cast(Select[Any], query.outerjoin(Capacity, Capacity.id == speaks_as))


def _of_reader(signed_in: bool, reader_id: Any) -> tuple[Any, ...]:
    """What the reader did, was asked and has read in the thread; nothing of it for a visitor."""
    own = (nominations.STANDING, Nomination.member_id == reader_id)
    columns = {
        "has_nominations": _nominated(nominations.OPEN) if signed_in else false(),
        "is_nominated": _nominated(*own) if signed_in else false(),
        "asked_to_summarise": _asked_to_summarise(reader_id) if signed_in else false(),
        "has_acts": _open_acts(reader_id) if signed_in else false(),
        "is_pinned": _is_pinned(),
        "must_accept": acceptance.is_due(reader_id, Thread.space_id) if signed_in else false(),
        "has_held": _has_held(reader_id) if signed_in else false(),
        "has_ahead": _has_ahead(reader_id) if signed_in else false(),
        "read_number": ReadMark.last_number if signed_in else literal(None, Integer),
        "new_count": unread_count(reader_id) if signed_in else literal(0, Integer),
        "first_unread": first_unread(reader_id) if signed_in else literal(None, Integer),
        "read_moment": read_up_to(reader_id) if signed_in else literal(None),
    }
    return tuple(column.label(name) for name, column in columns.items())


def _told_of(reader_id: Any) -> tuple[Any, ...]:
    """What the reader follows of the thread, whether they have unread notices of it, and may have begun a reply."""
    levels = (
        select(follow.level).where(follow.member_id == reader_id, *where).correlate(Thread).scalar_subquery()
        for follow, where in (
            (ThreadFollow, (ThreadFollow.thread_id == Thread.id, following.holds())),
            (SpaceFollow, (SpaceFollow.space_id == Thread.space_id,)),
        )
    )
    at_once = following.comes_at_once(reader_id)
    notices = unread_notices.any_of(reader_id, Notification.thread_id == Thread.id).correlate(Thread)
    draft = draft_queries.any_of(reader_id, Thread.id).correlate(Thread)
    names = ("follow_level", "space_level", "comes_at_once", "has_notices", "has_draft")
    columns = (*levels, at_once, notices, draft)
    return tuple(column.label(name) for column, name in zip(columns, names, strict=True))


@cached
def posts(signed_in: bool) -> Select[Any]:
    """Return the query of the posts of a page. To be run only for a thread that `head` found."""
    reader = reader_param(signed_in)
    answered, answered_by = aliased(Post), aliased(Member)
    reader_id: Any = reader.id if reader else None
    query: Any = (
        select(
            Post.id,
            Post.number,
            Post.author_id,
            Post.kind,
            Post.html,
            Post.heading,
            Post.created_at,
            Post.edited_at,
            Post.deleted_at,
            Post.hidden_at,
            Post.hidden_by_id,
            Post.hidden_reason,
            Post.sealed_at,
            Post.revision,
            Post.answers_id,
            answered.number.label("answers_number"),
            answered_by.name.label("answers_name"),
            (_read_ahead(reader.id) if reader else literal(None, Integer)).label("read_ahead"),
            (finds(reader_id) if reader else false()).label("author_found"),
            (_is_kept(reader_id) if reader else false()).label("is_kept"),
            (_has_objected(reader_id) if reader else false()).label("has_objected"),
            *COLUMNS,
        )
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .outerjoin(answered, and_(answered.id == Post.answers_id, answered.thread_id == Post.thread_id))
        .outerjoin(answered_by, answered_by.id == answered.author_id)
        .where(
            Post.thread_id == bindparam("thread_id"),
            Post.number > bindparam("first"),
            Post.number <= bindparam("last"),
        )
        .order_by(Post.number)
    )
    return cast(Select[Any], query)


def _is_kept(reader_id: Any) -> Any:
    """Whether a member keeps the post of the row for themselves."""
    kept = exists().where(
        Bookmark.member_id == reader_id, Bookmark.post_id == Post.id, Bookmark.taken_at.is_(None)
    )
    return kept.correlate(Post)


def _has_objected(author_id: Any) -> Any:
    """Whether a member said why their post of the row, which is hidden, should be shown again."""
    said = exists().where(
        PostObjection.post_id == Post.id,
        PostObjection.author_id == author_id,
        PostObjection.hidden_at == Post.hidden_at,
    )
    return and_(Post.hidden_at.is_not(None), said.correlate(Post))


def _read_ahead(reader_id: Any) -> Any:
    """Up to which post a member has read this page, when they read it ahead of their mark: the same for every row."""
    return (
        select(ReadAhead.last_number)
        .where(
            ReadAhead.member_id == reader_id,
            ReadAhead.thread_id == bindparam("thread_id"),
            ReadAhead.first_number == bindparam("first") + 1,
        )
        .scalar_subquery()
    )
