"""What is new for one member in a window of time: every query starts at the visibility rule, at this moment."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from forum.domain.digests.letter import LessonNews, ThreadNews
from forum.domain.lessons import origin
from forum.domain.people.bylines import byline
from forum.domain.threads.unread_queries import first_unread_if_opened, marked, unread
from forum.infra import days, text
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Space
from forum.models.subscriptions import Digest, DigestItem, DigestState
from forum.models.themes import Axis, Need
from forum.models.threads import Post, ReadMark, Thread
from forum.policy.actors import Actor
from forum.policy.visibility import visible

MOST_LESSONS = 5
MOST_THREADS = 7
MOST_PER_SPACE = 3
CANDIDATES = 80


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose news, from when to when, and what they asked for.

    `spaces` chosen: threads of those only. None chosen: threads of their own spaces first, then of the network.
    `axes` chosen: only those, for lessons and threads alike.
    """

    actor: Actor
    starts_at: datetime
    ends_at: datetime
    read_up_to: datetime | None = None
    spaces: frozenset[int] = frozenset()
    axes: frozenset[Axis] = frozenset()

    @property
    def near(self) -> frozenset[int]:
        """The member's spaces in which an unanswered story is theirs to answer."""
        return (self.spaces or frozenset(self.actor.roles)) & frozenset(self.actor.roles)


def lessons(scope: Scope) -> list[LessonNews]:
    """Return lessons published or changed in the window by others than the member, the latest first."""
    statement = (
        visible(
            Lesson,
            scope.actor,
            Lesson,
            LessonVersion,
            origin.is_hidden(scope.actor).label("hidden"),
        )
        .join(LessonVersion, Lesson.current_id == LessonVersion.id)
        .where(
            origin.changed_between(scope.starts_at, scope.ends_at),
            Lesson.current_id.is_not(None),
            Lesson.public_id.is_not(None),
            origin.by_others(scope.actor),
            Lesson.weakened_at.is_(None),  # a lesson that lost a claim is not praised
        )
        .order_by(*(key.desc() for key in origin.LATEST))
        .limit(CANDIDATES)
    )
    if scope.axes:
        statement = statement.where(LessonVersion.axis.in_(scope.axes))
    rows = db.session.execute(statement).all()
    mailed = _mailed(scope.actor.id, "lesson", [row.Lesson.id for row in rows])
    return [
        _lesson_news(row.Lesson, row.LessonVersion, scope, hidden=row.hidden)
        for row in rows
        if origin.changed_after(row.Lesson, mailed.get(row.Lesson.id))
    ]


def _lesson_news(lesson: Lesson, version: LessonVersion, scope: Scope, *, hidden: bool) -> LessonNews:
    changed, change_note = origin.news_of(lesson, version, hidden=hidden)
    return LessonNews(
        id=lesson.id,
        public_id=lesson.public_id or "",
        title=version.title,
        one_sentence=version.one_sentence,
        outcome=version.outcome,
        axis=version.axis,
        cities_back=tuple(origin.cities(version)),
        changed=changed,
        change_note=change_note,
        confirmed=lesson.confirmed_at is not None,
        overdue=lesson.review_on is not None and lesson.review_on < days.day_of(scope.ends_at),
    )


def threads(scope: Scope) -> tuple[list[ThreadNews], list[ThreadNews]]:
    """Return unanswered stories of the member's spaces, and other threads with unread posts, a few of each space."""
    rows = list(db.session.execute(_thread_query(scope)))
    mailed = _mailed(scope.actor.id, "thread", [row.Thread.id for row in rows])
    new = [row for row in rows if row.Thread.id not in mailed or mailed[row.Thread.id] < row.last_at]
    waiting = [row for row in new if _waits(row.Thread, scope)]
    active = [row for row in new if not _waits(row.Thread, scope)]
    waiting.sort(key=lambda row: row.Thread.created_at)
    active.sort(
        key=lambda row: (
            row.Thread.author_id != scope.actor.id,
            row.Thread.space_id not in scope.near,
            -row.fresh,
            -row.last_at.timestamp(),
        )
    )
    chosen = _some_of_each([*waiting, *active])
    news = _thread_news(chosen, scope)
    return [item for item in news if item.waiting], [item for item in news if not item.waiting]


def _thread_query(scope: Scope) -> Select[Any]:
    member_id = scope.actor.id
    since = max(scope.starts_at, scope.read_up_to) if scope.read_up_to else scope.starts_at
    mark = and_(ReadMark.thread_id == Post.thread_id, ReadMark.member_id == member_id)
    fresh = (
        select(
            Post.thread_id,
            func.count().label("fresh"),
            func.max(Post.number).label("newest"),
            func.max(Post.created_at).label("last_at"),
        )
        .outerjoin(ReadMark, mark)
        .where(
            Post.created_at > since,
            Post.created_at <= scope.ends_at,
            unread(member_id),
        )
        .group_by(Post.thread_id)
        .subquery()
    )
    statement = (
        visible(
            Thread,
            scope.actor,
            Thread,
            Space.name,
            fresh.c.fresh,
            fresh.c.newest,
            fresh.c.last_at,
            first_unread_if_opened(member_id).label("first_unread"),
        )
        .select_from(Thread)
        .join(fresh, fresh.c.thread_id == Thread.id)
        .join(Space, Space.id == Thread.space_id)
        .outerjoin(ReadMark, marked(member_id))
        .where(Thread.hidden_at.is_(None), Thread.withdrawn_at.is_(None), Thread.title != "")
        .order_by(Thread.space_id.in_(scope.near).desc(), fresh.c.last_at.desc(), Thread.id.desc())
        .limit(CANDIDATES)
    )
    if scope.spaces:
        statement = statement.where(Thread.space_id.in_(scope.near))
    return statement.where(Thread.axis.in_(scope.axes)) if scope.axes else statement


def _waits(thread: Thread, scope: Scope) -> bool:
    own = thread.author_id == scope.actor.id
    open_story = thread.need == Need.STORIES and thread.answered_at is None and thread.locked_at is None
    return open_story and not own and thread.space_id in scope.near


def _some_of_each(rows: list[Row[Any]]) -> list[Row[Any]]:
    taken: Counter[int] = Counter()
    chosen: list[Row[Any]] = []
    for row in rows:
        if len(chosen) == MOST_THREADS:
            break
        if taken[row.Thread.space_id] < MOST_PER_SPACE:
            taken[row.Thread.space_id] += 1
            chosen.append(row)
    return chosen


def _thread_news(rows: list[Row[Any]], scope: Scope) -> list[ThreadNews]:
    speakers = _speakers(rows)
    return [
        ThreadNews(
            id=row.Thread.id,
            slug=row.Thread.slug,
            title=row.Thread.title,
            summary=text.summary(row.Thread.summary, 200),
            space_id=row.Thread.space_id,
            space_name=row.name,
            need=row.Thread.need,
            axis=row.Thread.axis,
            author=byline(*speakers[row.Thread.id, 1], said_at=row.Thread.created_at),
            reply_count=max(0, row.Thread.post_count - 1),
            answered=row.Thread.answered_at is not None,
            cities=tuple(row.Thread.cities),
            own=row.Thread.author_id == scope.actor.id,
            waiting=_waits(row.Thread, scope),
            new_count=row.fresh,
            first_unread=row.first_unread,
            newest_by=speakers[row.Thread.id, row.newest][0],
            audience=row.Thread.audience,
            last_post_at=row.Thread.last_post_at,
            locked=row.Thread.locked_at is not None,
        )
        for row in rows
    ]


def _speakers(rows: list[Row[Any]]) -> dict[tuple[int, int], tuple[str, str, Capacity | None]]:
    """Name, handle and capacity behind the opening and the newest post of each thread (one query)."""
    if not rows:
        return {}
    opening_or_newest = or_(
        *(and_(Post.thread_id == row.Thread.id, Post.number.in_((1, row.newest))) for row in rows)
    )
    speakers = db.session.execute(
        select(Post.thread_id, Post.number, Member.name, Member.handle, Capacity)
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(opening_or_newest)
    )
    return {(row.thread_id, row.number): (row.name, row.handle, row.Capacity) for row in speakers}


def _mailed(member_id: int, kind: str, ids: list[int]) -> dict[int, datetime]:
    """Up to which moment each item was in a digest that went out."""
    if not ids:
        return {}
    rows = db.session.execute(
        select(DigestItem.item_id, func.max(Digest.ends_at).label("ends_at"))
        .join(Digest, Digest.id == DigestItem.digest_id)
        .where(
            Digest.member_id == member_id,
            Digest.state == DigestState.SENT,
            DigestItem.kind == kind,
            DigestItem.item_id.in_(ids),
        )
        .group_by(DigestItem.item_id)
    )
    return {row.item_id: row.ends_at for row in rows}
