"""What makes the news of one member another than that of the next, asked for many members at once."""

from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as as_type

from forum.domain.digests import need_queries
from forum.domain.lessons import origin
from forum.domain.lessons.listed import listed
from forum.domain.mailing import notices, reasons
from forum.domain.people.bylines import COLUMNS
from forum.domain.threads import following
from forum.domain.threads.running import RUNNING
from forum.domain.threads.unread_queries import unread
from forum.infra import pairs
from forum.infra.columns import code
from forum.infra.db import Moment
from forum.infra.in_lists import in_list
from forum.infra.statements import cached
from forum.models.accounts import Capacity, Member
from forum.models.events import Event
from forum.models.following import Mention, SpaceFollow, ThreadFollow
from forum.models.lessons import Lesson
from forum.models.mail import MailState, OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Space
from forum.models.subscriptions import Digest, DigestItem, DigestState, NoticeChoice
from forum.models.threads import Post, PostRevision, ReadAhead, ReadMark, Thread
from forum.policy.readers import EACH_MEMBER
from forum.policy.visibility import reached, sees

STOP = "stop "  # before the name of what somebody stopped or chose otherwise, in `facts`
WORDS = 700  # characters of a post that are read: a letter shows fewer, so that it cuts between words
_SINCE: Any = bindparam("since", type_=Moment)


@cached
def facts() -> Any:
    """Marks, follows, stops, mentions, what was mailed at once or in a digest: rows of `_row`, by what they are."""
    lately = Thread.last_post_at > _SINCE
    mark = _row("mark", ReadMark.member_id, ReadMark.thread_id, ReadMark.last_number)
    ahead = _row(
        "ahead", ReadAhead.member_id, ReadAhead.thread_id, ReadAhead.first_number, ReadAhead.last_number
    )
    is_chosen = case((ThreadFollow.chosen, 1), else_=0)
    thread = _row(
        "thread", ThreadFollow.member_id, ThreadFollow.thread_id, is_chosen, said=ThreadFollow.level
    )
    space = _row("space", SpaceFollow.member_id, SpaceFollow.space_id, said=SpaceFollow.level)
    stop = _row(literal(STOP, String) + NoticeChoice.stop, NoticeChoice.member_id, said=NoticeChoice.delivery)
    # Of one that still waits its kind, which may be stopped by now.
    waiting = case((Notification.mail_id.is_(None), Notification.kind))
    changed = case((Event.name == reasons.CHANGED, 1), else_=0)
    mailed = _row("mailed", Notification.member_id, Notification.post_id, changed, said=waiting)
    mention = _row("mention", Mention.member_id, Mention.post_id)
    told = _row(
        "told", Digest.member_id, DigestItem.item_id, said=DigestItem.kind, at=func.max(Digest.ends_at)
    )
    return union_all(
        mark.join(Thread, Thread.id == ReadMark.thread_id).where(lately, _asked(ReadMark.member_id)),
        ahead.join(Thread, Thread.id == ReadAhead.thread_id).where(lately, _asked(ReadAhead.member_id)),
        thread.join(Thread, Thread.id == ThreadFollow.thread_id).where(
            lately, _asked(ThreadFollow.member_id), following.holds()
        ),
        space.where(_asked(SpaceFollow.member_id)),
        stop.where(_asked(NoticeChoice.member_id)),
        mailed.join(Event, Event.id == Notification.event_id).where(
            _asked(Notification.member_id),
            Notification.mail_at.is_not(None),
            Notification.post_id.is_not(None),
            Notification.created_at > _SINCE,
            _reaches_mailbox(),
        ),
        mention.join(Post, Post.id == Mention.post_id).where(
            _asked(Mention.member_id), Post.created_at > _SINCE
        ),
        told.join(DigestItem, DigestItem.digest_id == Digest.id)
        .where(_asked(Digest.member_id), Digest.state == DigestState.SENT, Digest.ends_at > _SINCE)
        .group_by(Digest.member_id, DigestItem.kind, DigestItem.item_id),
        *need_queries.counted(_row),
        _row("read", Member.id, at=Member.all_read_at).where(_asked(Member.id)),
    )


def _asked(member_id: Any) -> ColumnElement[bool]:
    """Whether a row is of one of the members that are asked about."""
    return in_list(member_id, "member_ids")


def _reaches_mailbox() -> ColumnElement[bool]:
    """Whether a notice went out, or a mail that may carry it still waits: what was stopped meanwhile is news."""
    lost = (MailState.FAILED, MailState.CANCELLED)
    carried = exists().where(OutgoingMail.id == Notification.mail_id, OutgoingMail.state.not_in(lost))
    waits = exists().where(
        OutgoingMail.member_id == Notification.member_id,
        OutgoingMail.kind == notices.LETTER,
        OutgoingMail.state.in_((MailState.QUEUED, MailState.SENDING)),
    )
    free = Notification.mail_id.is_(None) & Notification.read_at.is_(None) & ~notices.own_mail_is_over()
    return or_(carried.correlate(Notification), free & waits.correlate(Notification))


def _row(
    what: Any,
    member_id: Any,
    one: Any = None,
    two: Any = None,
    three: Any = None,
    *,
    said: Any = None,
    at: Any = None,
) -> Any:
    nothing, no_words, never = as_type(null(), Integer), as_type(null(), String), as_type(null(), Moment)
    return select(
        (literal(what, String) if isinstance(what, str) else what).label("what"),
        member_id.label("member_id"),
        (nothing if one is None else one).label("one"),
        (nothing if two is None else two).label("two"),
        (nothing if three is None else three).label("three"),
        (no_words if said is None else as_type(said, String)).label("said"),
        (never if at is None else at).label("at"),
    )


@cached
def reach() -> Select[Any]:
    """For each member and each of the spaces `space_ids`: whether they are in each audience."""
    levels = (reached(literal(level.value), Space.id, EACH_MEMBER).label(level.value) for level in Audience)
    query: Any = (
        select(Member.id.label("member_id"), Space.id.label("space_id"), *levels)
        .select_from(Member)
        .join(Space, in_list(Space.id, "space_ids"))
        .where(_asked(Member.id))
    )
    return cast(Select[Any], query)


@cached
def still_seen(on: str) -> Select[Any]:
    """Those of the pairs of a member and a thread in which the member may see it, and it stands."""
    pair = pairs.table("pairs", on)
    query: Any = (
        select(pair.c.one, pair.c.other, code(Thread.audience), Space.mail_policy)
        .select_from(pair)
        .join(Member, Member.id == pair.c.one)
        .join(Thread, Thread.id == pair.c.other)
        .join(Space, Space.id == Thread.space_id)
        .where(
            sees(Thread, EACH_MEMBER),
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            RUNNING,
            Thread.title != "",
        )
    )
    return cast(Select[Any], query)


@cached
def first_unread(on: str) -> Select[Any]:
    """The first post that is new for a member in a thread that they opened before, for pairs of both."""
    pair = pairs.table("pairs", on)
    query: Any = (
        select(pair.c.one, pair.c.other, func.min(Post.number).label("number"))
        .select_from(pair)
        .join(Member, Member.id == pair.c.one)
        .join(ReadMark, (ReadMark.member_id == pair.c.one) & (ReadMark.thread_id == pair.c.other))
        .join(Post, Post.thread_id == pair.c.other)
        .where(Post.created_at > func.coalesce(Member.all_read_at, Member.created_at), unread(Member.id))
        .group_by(pair.c.one, pair.c.other)
    )
    return cast(Select[Any], query)


@cached
def posts() -> Select[Any]:
    """The posts `ids` that stand, who wrote them, how they begin, and what their thread is called by now."""
    revision = (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision)
    query: Any = (
        select(
            Post.id,
            Post.author_id,
            Post.created_at,
            func.substr(PostRevision.plain, 1, WORDS).label("plain"),
            Thread.title,
            Thread.slug,
            *COLUMNS,
        )
        .join(PostRevision, revision)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(
            in_list(Post.id, "ids"),
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            Thread.title != "",
        )
    )
    return cast(Select[Any], query)


@cached
def lessons() -> Select[Any]:
    """The lessons published or changed by others from `since` to `until` that each member may see.

    The latest first; not one that lost a claim, which is not praised.
    """
    reader: Any = EACH_MEMBER
    until: Any = bindparam("until", type_=Moment)
    query: Any = (
        select(
            Member.id.label("member_id"),
            Lesson.id.label("lesson_id"),
            origin.is_hidden(reader).label("hidden"),
        )
        .select_from(Member)
        .join(Lesson, origin.changed_between(_SINCE, until))
        .where(
            _asked(Member.id),
            listed(),
            Lesson.public_id.is_not(None),
            Lesson.weakened_at.is_(None),
            origin.by_others(reader),
            sees(Lesson, reader),
        )
        .order_by(*(key.desc() for key in origin.LATEST))
    )
    return cast(Select[Any], query)
