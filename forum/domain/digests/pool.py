"""Candidates, read once for everybody: the posts of a stretch of time, by thread, and what each window counts of them.

Nothing here knows a member. Who may see, follows or has read what is asked afterwards (`selection`).
"""

import time
from bisect import bisect_right
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from forum.domain.digests import pool_queries
from forum.infra.db import db
from forum.infra.statements import select_rows
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need

# A post may be changed or taken back without a trace for a while: windows end that much earlier than letters say.
GRACE = timedelta(minutes=10)
SILENCE = timedelta(days=30)  # after which a reply of somebody new revives a thread
MOST_WINDOWS = 32  # kept at once; most members have the same
KEPT = 60.0  # seconds: what is chosen from a pool is asked again one by one, its counts are as old as it


class NewPost(NamedTuple):
    """A post of a window."""

    id: int
    thread_id: int
    number: int
    author_id: int
    created_at: datetime
    city: str | None  # that it lights
    revives: bool  # by somebody new to the thread, after a long silence


class Bucket(NamedTuple):
    """What decides for most members whether a thread reaches them."""

    space_id: int
    audience: Audience
    axis: Axis | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thread with news, and what of it is the same for everybody."""

    id: int
    bucket: Bucket
    bucket_no: int  # in its pool: looking that up is quicker
    author_id: int
    unanswered: bool  # a story that may be answered, and was not by anybody but its author
    created_at: datetime
    space_name: str
    space_slug: str
    space_sort_key: str

    @property
    def space_id(self) -> int:
        """Where it stands."""
        return self.bucket.space_id


@dataclass(frozen=True)
class News:
    """What is new in one thread: for everybody who has read nothing of it and written nothing in it."""

    posts: Sequence[NewPost]  # by number
    people: int
    cities: tuple[str, ...]
    revived: bool

    @property
    def newest(self) -> NewPost:
        """The one whose words are shown."""
        return self.posts[-1]

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """Different cities and people before posts: one city that talks to itself is no more than one voice."""
        newest = self.newest
        return (-len(self.cities), -self.people, -newest.created_at.timestamp(), newest.thread_id)


def news_of(posts: Sequence[NewPost]) -> News:
    """Return what these posts of one thread are together; there is at least one."""
    cities = {post.city: None for post in posts if post.city is not None}
    return News(
        posts, len({post.author_id for post in posts}), tuple(cities), any(post.revives for post in posts)
    )


class Waiting(NamedTuple):
    """A thread that waits to be chosen, with all that is asked of it for each group of members."""

    bucket_no: int
    space_id: int
    unanswered: bool
    candidate: Candidate
    news: News


@dataclass
class Window:
    """What is new from one moment to another."""

    news: dict[int, News] = field(default_factory=dict)
    active: list[Waiting] = field(default_factory=list)  # by rank
    revived: list[Waiting] = field(default_factory=list)  # these too
    # The oldest first; they stand in one of the others as well.
    unanswered: list[Waiting] = field(default_factory=list)
    # By space and audience: each bucket with its axis, its number, and how many threads it has.
    places: dict[tuple[int, Audience], list[tuple[Axis | None, int, int]]] = field(default_factory=dict)
    # By member: the threads that they wrote in or began, where the news is another for them.
    own: dict[int, tuple[int, ...]] = field(default_factory=dict)
    # What `selection` found for all who may read the same and chose the same.
    common: dict[Any, Any] = field(default_factory=dict)


class Pool:
    """The posts from `since` to `until`."""

    def __init__(self, since: datetime, until: datetime) -> None:
        """Read them (three queries; a fourth for who revives threads)."""
        self.since, self.until = since, until
        self.read_at = time.monotonic()
        values = {"since": since, "until": until}
        rows = select_rows(pool_queries.posts(), values).all()
        self.buckets: list[Bucket] = []
        self.candidates = self._candidates(select_rows(pool_queries.threads(), values))
        late = [
            row.id for row in rows if row.before_at is not None and row.created_at - row.before_at > SILENCE
        ]
        reviving = set(db.session.scalars(pool_queries.by_newcomers(), {"ids": late})) if late else set()
        # Between the two queries a thread may have come or gone.
        self.posts = [_new_post(row, reviving) for row in rows if row.thread_id in self.candidates]
        self.spaces = {one.space_id: one for one in self.candidates.values()}  # a thread of each
        self.thread_of = {post.id: post.thread_id for post in self.posts}
        self._moments = [post.created_at for post in self.posts]
        self._windows: OrderedDict[tuple[datetime, datetime], Window] = OrderedDict()
        self._tags: dict[int, set[int]] = {}
        self.tag_names: dict[tuple[int, int], str] = {}  # as each thread spells it

    def _candidates(self, rows: Iterable[Any]) -> dict[int, Candidate]:
        numbers: dict[Bucket, int] = {}
        found = {}
        for row in rows:
            bucket = Bucket(row.space_id, Audience(row.audience), Axis(row.axis) if row.axis else None)
            number = numbers.setdefault(bucket, len(numbers))
            found[row.id] = _candidate(row, bucket, number)
        self.buckets = list(numbers)
        return found

    def holds(self, since: datetime, until: datetime) -> bool:
        """Return whether it is fresh enough, and has all that is asked for."""
        return self.is_fresh and self.since <= since and until <= self.until

    @property
    def is_fresh(self) -> bool:
        """Whether it was read just now."""
        return time.monotonic() - self.read_at < KEPT

    def window(self, since: datetime, until: datetime) -> Window:
        """Return what is new in a part of it, kept for the next member."""
        key = (since, until)
        if key in self._windows:
            self._windows.move_to_end(key)
        else:
            self._windows[key] = self._made(since, until)
            if len(self._windows) > MOST_WINDOWS:
                self._windows.popitem(last=False)
        return self._windows[key]

    def _made(self, since: datetime, until: datetime) -> Window:
        by_thread: dict[int, list[NewPost]] = defaultdict(list)
        window = Window()
        own: dict[int, set[int]] = defaultdict(set)
        for post in self.posts[bisect_right(self._moments, since) : bisect_right(self._moments, until)]:
            by_thread[post.thread_id].append(post)
            own[post.author_id].add(post.thread_id)
        for thread_id, posts in by_thread.items():
            posts.sort(key=lambda post: post.number)
            window.news[thread_id] = news_of(posts)
            own[self.candidates[thread_id].author_id].add(thread_id)
        # A set of one takes four times as much, and there is one for each who wrote.
        window.own = {member_id: tuple(threads) for member_id, threads in own.items()}
        for number, count in Counter(self.candidates[one].bucket_no for one in by_thread).items():
            space_id, audience, axis = self.buckets[number]
            window.places.setdefault((space_id, audience), []).append((axis, number, count))
        waiting = [self._waiting(window, thread_id) for thread_id in by_thread]
        for one in sorted(waiting, key=lambda one: one.news.rank):
            (window.revived if one.news.revived else window.active).append(one)
        unanswered = [one for one in waiting if one.unanswered]
        window.unanswered = sorted(unanswered, key=lambda one: (one.candidate.created_at, one.candidate.id))
        return window

    def _waiting(self, window: Window, thread_id: int) -> Waiting:
        one = self.candidates[thread_id]
        return Waiting(one.bucket_no, one.space_id, one.unanswered, one, window.news[thread_id])

    def tagged(self, tag_ids: Collection[int]) -> dict[int, set[int]]:
        """Return which threads have each of these tags (one query for those that nobody asked about before)."""
        missing = [tag_id for tag_id in tag_ids if tag_id not in self._tags]
        if missing:
            self._tags |= {tag_id: set() for tag_id in missing}
            for row in select_rows(pool_queries.tags(), {"tag_ids": missing, "since": self.since}):
                self._tags[row.tag_id].add(row.thread_id)
                self.tag_names[row.thread_id, row.tag_id] = row.name
        return {tag_id: self._tags[tag_id] for tag_id in tag_ids}


def _new_post(row: Any, reviving: Collection[int]) -> NewPost:
    is_reviving = row.id in reviving
    return NewPost(row.id, row.thread_id, row.number, row.author_id, row.created_at, row.city, is_reviving)


def _candidate(row: Any, bucket: Bucket, number: int) -> Candidate:
    return Candidate(
        id=row.id,
        bucket=bucket,
        bucket_no=number,
        author_id=row.author_id,
        unanswered=row.need == Need.STORIES and row.answered_at is None and row.locked_at is None,
        created_at=row.created_at,
        space_name=row.space_name,
        space_slug=row.space_slug,
        space_sort_key=row.space_sort_key,
    )
