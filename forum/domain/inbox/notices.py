"""What a member was told, as lines by thread, lesson and space, the newest first; kept for a year.

Whether they may see what a line is about is asked again each time: what they may not see leaves no trace.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, and_, case, func, select

from forum.domain.house_rules import told as rules_told
from forum.domain.inbox import roles_told
from forum.domain.mailing import unread_notices
from forum.domain.mailing.reasons import ORDER
from forum.domain.moderation import revisions
from forum.domain.spaces import join_requests, stand_ins
from forum.domain.spaces.join_requests import Asker
from forum.domain.spaces.stand_ins import StandsIn
from forum.domain.threads import latest_words, mentions
from forum.infra import i18n, text
from forum.infra.db import db
from forum.infra.paging import Page, keyset
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.lessons import Lesson, LessonVersion
from forum.models.notifications import Notification
from forum.models.spaces import Role, Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param

LINES = 40  # on one page
WORDS = 180  # characters of the first words of a post
KEYS = (Notification.created_at, Notification.id)


class Tab(enum.StrEnum):
    """Which of them a page shows."""

    ALL = "all"
    UNREAD = "unread"
    TO_ME = "to_me"  # addressed to the member, and not only in what they follow


class Day(enum.StrEnum):
    """When it happened, as far back as a member counts in days; what is older stands under its month."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `words` are the first of a post by somebody else that still stands.

    `asker`: who waits for an answer to a request to join.
    """

    id: int
    kind: str
    actor: str | None
    happened_at: datetime
    is_new: bool
    post_id: int | None
    post_number: int | None
    post_kind: str | None
    words: str
    reason: str  # why a post of theirs is hidden, or an earlier version of it
    asker: Asker | None = None
    stands_in: StandsIn | None = None  # of a deputy: until when
    city: str = ""  # the code of the one that applied a lesson
    rule: str = ""  # the house rule on which it rests, in one line
    role: Role | None = None  # that the member has in the space now, where they were given another one


@dataclass(slots=True)
class Group:
    """What it is about, with its lines. Of thread, lesson and space at most one is there; none: about the member."""

    day: Day
    month: date | None  # its first day, for what is earlier
    kind: str  # of its newest line: where it leads when it is about the member
    thread_id: int | None
    slug: str
    title: str
    is_own: bool  # a thread that the member started
    lesson_id: int | None
    public_id: str | None
    space_name: str
    space_slug: str
    lines: list[Line] = field(default_factory=list)

    @property
    def foremost(self) -> Line:
        """The line to show alone: of those about posts the one with the strongest reason, else the newest.

        What is not about a post may have ended what an older line says: a thread is closed, then opened again.
        """
        of_posts = (line for line in self.lines if line.kind in unread_notices.OF_POSTS)
        return min(of_posts, key=lambda line: ORDER[line.kind], default=self.lines[0])


def page(actor: Actor, tab: Tab = Tab.ALL, *, cursor: str | None = None) -> Page[Group]:
    """Return a page of what the actor was told, in groups.

    One query; two more where somebody asks to join or the actor stands in as a deputy, one where a version was hidden
    or a city applied a lesson, and three where something was done to their post, for the house rule.
    """
    rows, following = keyset(
        _lines(tab), keys=KEYS, cursor=cursor, limit=LINES, values=unread_notices.values(actor)
    )
    return Page(_groups(actor, rows), following)


def unread(actor: Actor, limit: int, *, without: frozenset[str] = frozenset()) -> list[Group]:
    """Return the first groups of unread lines, the newest first, of other kinds than those `without`.

    As many queries as for a page. A thread or lesson is there once, whatever the days on which it happened.
    """
    rows = select_rows(_newest(without), unread_notices.values(actor)).all()
    return _groups(actor, rows, by_day=False)[:limit]


@cached
def _newest(without: frozenset[str]) -> Select[Any]:
    query = _lines(Tab.UNREAD).where(Notification.kind.not_in(sorted(without)))
    return query.order_by(*(key.desc() for key in KEYS)).limit(LINES)


@cached
def _lines(tab: Tab) -> Select[Any]:
    reader = reader_param(signed_in=True)
    assert reader is not None
    words = func.substr(PostRevision.plain, 1, latest_words.ENOUGH)
    hides = and_(Notification.kind == "post_hidden", Post.author_id == reader.id)
    query: Any = (
        select(
            *KEYS,
            Notification.event_id,
            Notification.kind,
            Notification.read_at,
            Notification.thread_id,
            Notification.post_id,
            Notification.lesson_id,
            Notification.space_id,
            Notification.actor_id,
            Member.name.label("actor"),
            Thread.slug,
            Thread.title,
            Thread.author_id,
            Post.number,
            Post.kind.label("post_kind"),
            # Empty while a post is hidden or taken back.
            case((and_(Post.html != "", Post.author_id != reader.id), words))
            .label("words"),
            case((hides, Post.hidden_reason)).label("reason"),
            Lesson.public_id,
            LessonVersion.title.label("lesson_title"),
            Space.name.label("space_name"),
            Space.slug.label("space_slug"),
        )
        .outerjoin(Member, Member.id == Notification.actor_id)
        .outerjoin(Thread, Thread.id == Notification.thread_id)
        .outerjoin(Post, Post.id == Notification.post_id)
        .outerjoin(PostRevision, and_(PostRevision.post_id == Post.id, PostRevision.number == Post.revision))
        .outerjoin(Lesson, Lesson.id == Notification.lesson_id)
        .outerjoin(LessonVersion, LessonVersion.id == func.coalesce(Lesson.current_id, Lesson.working_id))
        .outerjoin(Space, Space.id == func.coalesce(Thread.space_id, Notification.space_id))
        .where(*unread_notices.shown(reader))
    )  # fmt: skip
    if tab == Tab.UNREAD:
        query = query.where(Notification.read_at.is_(None))
    elif tab == Tab.TO_ME:
        query = query.where(Notification.kind.in_(unread_notices.TO_ME))
    return cast(Select[Any], query)


def _groups(actor: Actor, rows: Sequence[Any], *, by_day: bool = True) -> list[Group]:
    """The rows by what they are about, within a day or not; a group stands where its newest line does."""
    groups: dict[Any, Group] = {}
    words = mentions.in_plain({row.post_id: row.words for row in rows if row.words})
    askers = join_requests.askers(
        actor, {(row.space_id, row.actor_id) for row in rows if row.kind == "join_requested" and row.space_id}
    )
    reasons = revisions.reasons(actor, [row.event_id for row in rows if row.kind == "version_hidden"])
    rules = rules_told.of_notices(actor, rows)
    stood_in = stand_ins.of_notices(actor.id, [row.event_id for row in rows if row.kind == stand_ins.KIND])
    cities = _cities([row.event_id for row in rows if row.kind == "applied"])
    for row in rows:
        day, month = _day(row.created_at)
        about = ("thread", row.thread_id) if row.thread_id else ("lesson", row.lesson_id)
        if not about[1]:
            about = ("space", row.space_id) if row.space_id else ("member", row.kind)
        key = (day, month, *about) if by_day else about
        if key not in groups:
            groups[key] = _group(actor, row, day, month)
        line = _line(
            row,
            words=words.get(row.post_id, ""),
            reason=row.reason or reasons.get(row.event_id, ""),
            asker=askers.get((row.space_id, row.actor_id)),
            city=cities.get(row.event_id, ""),
        )
        rule = rules.get(row.event_id)
        line = replace(line, rule=rule.words) if rule else line
        role = actor.roles.get(row.space_id) if row.kind == roles_told.GIVEN else None
        groups[key].lines.append(replace(line, stands_in=stood_in.get(row.event_id), role=role))
    return list(groups.values())


def _group(actor: Actor, row: Any, day: Day, month: date | None) -> Group:
    return Group(
        day=day,
        month=month,
        kind=row.kind,
        thread_id=row.thread_id,
        slug=row.slug or "",
        title=row.title if row.thread_id else row.lesson_title or "",
        is_own=row.author_id == actor.id,
        lesson_id=None if row.thread_id else row.lesson_id,
        public_id=None if row.thread_id else row.public_id,
        space_name=row.space_name or "",
        space_slug=row.space_slug or "",
    )


def _cities(event_ids: Sequence[int]) -> dict[int, str]:
    """The cities that these events tell of (one query, none without events)."""
    if not event_ids:
        return {}
    rows = db.session.execute(select(Event.id, Event.payload).where(Event.id.in_(event_ids)))
    return {row.id: str(row.payload.get("city") or "") for row in rows}


def _line(row: Any, *, words: str, reason: str, asker: Asker | None, city: str) -> Line:
    return Line(
        id=row.id,
        kind=row.kind,
        actor=row.actor,
        happened_at=row.created_at,
        is_new=row.read_at is None,
        post_id=row.post_id,
        post_number=row.number,
        post_kind=row.post_kind.value if row.post_kind else None,
        words=text.one_line(text.summary(words, WORDS)) if words else "",
        reason=reason,
        asker=asker if row.kind == "join_requested" else None,
        city=city,
    )


def _day(moment: datetime) -> tuple[Day, date | None]:
    that_day, today = i18n.local_day(moment), i18n.present_day()
    days_ago = (today - that_day).days
    if days_ago <= 1:
        return (Day.YESTERDAY if days_ago == 1 else Day.TODAY), None
    if days_ago <= today.weekday():
        return Day.THIS_WEEK, None
    if days_ago <= today.weekday() + 7:
        return Day.LAST_WEEK, None
    return Day.EARLIER, that_day.replace(day=1)
