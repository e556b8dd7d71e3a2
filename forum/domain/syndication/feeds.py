"""What stands in feeds: the newest lessons and the newest posts that one reader may see at this moment.

What leaves for a feed reader is kept there, as mail is. So of a space no more leaves than its mail policy lets stand in
mails; of a lesson for everybody all that its page shows to everybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, func, select

from forum.domain.lessons import origin, origin_queries
from forum.domain.lessons.listed import listed
from forum.domain.lessons.masking import known_day
from forum.domain.mailing import mail_policy
from forum.domain.mailing.mail_policy import FULL_LENGTH, Told
from forum.domain.themes.labels import AXES
from forum.domain.threads import mentions
from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.running import RUNNING
from forum.infra import days
from forum.infra.columns import code
from forum.infra.i18n import _
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience, MailPolicy, Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy import readers
from forum.policy.actors import Actor
from forum.policy.visibility import sees

MOST = 30  # entries: a reader that asks once a day misses nothing of most spaces
_SHOWN: Sequence[Any] = (
    Thread.hidden_at.is_(None),
    Thread.withdrawn_at.is_(None),
    Thread.title != "",
    RUNNING,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One lesson or post in a feed. `author` is "" where the forum itself speaks."""

    title: str
    words: str
    updated: datetime
    author: str = ""
    axis: str = ""  # its code; "" where it may not be said
    public_id: str = ""  # of a lesson
    thread_id: int = 0  # of a post
    number: int = 0
    written: datetime | None = None

    @property
    def axis_name(self) -> str:
        """The axis in words."""
        return str(AXES[self.axis]) if self.axis else ""


def lessons(reader: Actor | None) -> list[Entry]:
    """Return the lessons that were published or changed last; for None, of those for everybody (one query)."""
    rows = select_rows(_lessons(reader is not None), readers.reader_values(reader))
    return [_of_lesson(row) for row in rows]


def posts(reader: Actor, space_id: int | None = None) -> list[Entry]:
    """Return the newest posts of all threads, or of those in one space (one query; two where any has an @)."""
    values = {**readers.reader_values(reader), "space_id": space_id}
    rows = select_rows(_posts(in_space=space_id is not None), values).all()
    readable = mentions.in_plain({row.id: row.plain for row in rows})
    return [_of_post(row, readable) for row in rows]


def _of_lesson(row: Any) -> Entry:
    title, words, is_named = row.title, row.one_sentence, True
    if row.audience != Audience.PUBLIC:
        # How much stands there must not tell from which space a lesson comes whose origin is hidden.
        policy = MailPolicy.LINK if row.hidden else _policy(row)
        told = mail_policy.told(policy, Audience(row.audience), title=title, plain=words)
        title, words, is_named = told.title, told.words or _kept_back(told), told.is_named
    return Entry(
        title=title or _("A new lesson in the library"),
        words=words,
        updated=_begin_of(known_day(row.changed_at, hidden=row.hidden)),
        axis=row.axis if is_named else "",
        public_id=row.public_id,
    )


def _of_post(row: Any, readable: Mapping[int, str]) -> Entry:
    told = mail_policy.told(
        _policy(row), Audience(row.audience), title=row.title, plain=readable[row.id].strip()
    )
    title = told.title if row.number == 1 or not told.title else _("Reply: %(title)s", title=told.title)
    return Entry(
        title=title or _("Something new in %(space)s", space=row.space_name),
        words=told.words or _kept_back(told),
        updated=row.edited_at or row.created_at,
        author=told.named(row.author_name),
        axis=(row.axis or "") if told.is_named else "",
        thread_id=row.thread_id,
        number=row.number,
        written=row.created_at,
    )


def _policy(row: Any) -> MailPolicy | None:
    return MailPolicy(row.mail_policy) if row.mail_policy else None


def _kept_back(told: Told) -> str:
    """What to say in place of what does not leave the site."""
    return _("Read it on the site: more of it stays there.") if told.kept_back else ""


def _begin_of(day: date) -> datetime:
    return days.end_of(day - timedelta(days=1))


@cached
def _lessons(signed_in: bool) -> Select[Any]:
    """The lessons that were published, the latest changed first. When that was stays here: see `known_day`."""
    reader = readers.reader_param(signed_in)
    changed_at, number = origin.LATEST
    query: Any = (
        select(
            Lesson.public_id,
            code(Lesson.audience),
            changed_at,
            LessonVersion.title,
            LessonVersion.one_sentence,
            code(LessonVersion.axis),
            origin.is_hidden(reader).label("hidden"),
            origin_queries.chosen_policy().label("mail_policy"),
        )
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(listed(), sees(Lesson, reader))
        .order_by(changed_at.desc(), number.desc())
        .limit(MOST)
    )
    return cast(Select[Any], query)


@cached
def _posts(in_space: bool) -> Select[Any]:
    """The newest posts that stand: among the last of the threads with the newest posts, so no others are read."""
    last_post_at, number = KEYS
    threads = (
        select(Thread.id)
        .where(sees(Thread, readers.reader_param(signed_in=True)), *_SHOWN)
        .where(*([FILTERS["space"]] if in_space else ()))
        .order_by(last_post_at.desc(), number.desc())
        .limit(MOST)
        .subquery("newest")
    )
    query: Any = (
        select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.created_at,
            Post.edited_at,
            func.substr(PostRevision.plain, 1, 2 * FULL_LENGTH).label("plain"),
            Thread.title,
            code(Thread.axis),
            code(Thread.audience),
            Space.name.label("space_name"),
            Space.mail_policy.label("mail_policy"),
            Member.name.label("author_name"),
        )
        .select_from(threads)
        .join(Thread, Thread.id == threads.c.id)
        .join(Space, Space.id == Thread.space_id)
        .join(Post, (Post.thread_id == Thread.id) & (Post.number > Thread.last_number - MOST))
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .join(Member, Member.id == Post.author_id)
        .where(Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .order_by(Post.created_at.desc(), Post.id.desc())
        .limit(MOST)
    )
    return cast(Select[Any], query)
