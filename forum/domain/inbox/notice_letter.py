"""What a mail about notices says: one event, or a bundle of those that came within minutes.

Rows hold ids. What a member may no longer read, muted, stopped or read meanwhile is left out when the mail is made, and
of the rest only as much is told as the policy of its space allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, update

from forum.domain.house_rules import told as rules_told
from forum.domain.house_rules.told import RuleTold
from forum.domain.inbox import notice_sentences, roles_told, still_at_once
from forum.domain.lessons import origin_queries
from forum.domain.mailing import mail_policy, notices
from forum.domain.mailing.hold import restored_at
from forum.domain.mailing.kinds import KINDS
from forum.domain.mailing.reasons import ORDER
from forum.domain.mailing.stops import joined
from forum.domain.threads import following, mentions
from forum.infra import clock, words
from forum.infra.db import db
from forum.infra.rows import update_rows
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.following import FollowLevel, SpaceFollow, ThreadFollow
from forum.models.lessons import Lesson, LessonVersion
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.visibility import sees

MOST = 10  # items with words; the rest is counted and linked
MOST_BYTES = 8_000  # of words in one mail, so that none is longer than clients show
OF_A_POST = frozenset({"mention", "answer", "followed"})
_LEVEL = ThreadFollow.level.type


@dataclass(frozen=True, slots=True)
class Item:
    """One event. `actor` and `title` are empty where the space lets neither stand in a mail.

    Words that it does not let stand there are `kept_back`.
    """

    kind: str
    actor: str
    title: str
    words: str
    kept_back: bool
    space_name: str
    space_slug: str
    thread_id: int | None
    slug: str
    number: int
    public_id: str | None
    lesson_id: int | None
    post_id: int | None = None
    rule: RuleTold | None = None  # on which it rests, where the space lets titles stand in a mail
    role: roles_told.RoleTold | None = None  # of a role that was given: as it is now
    told_as: str = ""

    @property
    def can_be_answered(self) -> bool:
        """Whether it is a post."""
        return self.kind in OF_A_POST

    @property
    def reason(self) -> str:
        """Who did what, below the title."""
        return notice_sentences.reason(self)


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """A mail with its rows. `stop` is what stops it; `about` the one thing that it is about, "" for several."""

    ids: tuple[int, ...]
    items: Sequence[Item]
    more: int
    stop: str | None
    about: str

    @property
    def subject(self) -> str:
        """The first event, and how many others."""
        return notice_sentences.of_all(self.items[0], len(self.items) + self.more - 1)

    @property
    def groups(self) -> list[list[Item]]:
        """The events by thread, lesson or space, in their order."""
        found: dict[tuple[int | None, int | None, str], list[Item]] = {}
        for item in self.items:
            place = "" if item.thread_id or item.lesson_id else item.space_slug
            found.setdefault((item.thread_id, item.lesson_id, place), []).append(item)
        return list(found.values())

    @property
    def why(self) -> str:
        """Why the member gets it."""
        return notice_sentences.why({item.kind for item in self.items})


def compose(member: Member, mail_id: int) -> NoticeLetter | None:
    """Return the mail as it is true now; None when nothing is left of it.

    One that was handed over before holds the same rows again, as far as they may be told still.
    """
    held = Notification.mail_id == mail_id
    was_handed_over = db.session.scalar(select(exists().where(held)))
    rows = _rows(member, held if was_handed_over else _due())
    rows = still_at_once.of(member.id, rows)
    if not rows:
        return None
    rows.sort(key=lambda row: (ORDER[row.kind], row.created_at, row.id))
    kept_short = _within_size(_items(member, rows[:MOST]))
    return NoticeLetter(
        ids=tuple(row.id for row in rows),
        items=kept_short,
        more=max(0, len(rows) - MOST),
        stop=_stop({KINDS[row.kind].stop for row in rows}),
        about=_about({_thing(row) for row in rows}),
    )


def hold(mail_id: int, ids: Sequence[int]) -> bool:
    """Keep these rows for one mail; False when one of them is in another mail meanwhile, or gone."""
    free = or_(Notification.mail_id.is_(None), Notification.mail_id == mail_id)
    # In one order, so that two mails of one member do not wait for each other.
    found = select(Notification.id).where(Notification.id.in_(ids), free).order_by(Notification.id)
    db.session.execute(found.with_for_update())
    taken = update(Notification).where(Notification.id.in_(ids), free).values(mail_id=mail_id)
    return update_rows(taken.execution_options(synchronize_session=False)) == len(ids)


def _rows(member: Member, which: ColumnElement[bool]) -> Sequence[Any]:
    level = _level(member)
    query: Any = (
        select(
            Notification.id,
            Notification.event_id,
            Notification.kind,
            Notification.created_at,
            Notification.thread_id,
            Notification.post_id,
            Notification.lesson_id,
            Notification.space_id,
            Member.name.label("actor"),
            Thread.slug,
            Thread.title,
            Thread.audience,
            Post.number,
            PostRevision.plain,
            Lesson.public_id,
            LessonVersion.title.label("lesson_title"),
            Lesson.audience.label("lesson_audience"),
            origin_queries.chosen_policy().label("lesson_policy"),
            Space.name.label("space_name"),
            Space.slug.label("space_slug"),
            Space.mail_policy,
            Event.name.label("event"),
            Thread.author_id.label("thread_author_id"),
            Thread.space_id.label("thread_space_id"),
            Thread.axis,
            level.label("level"),
            _chose_thread(member).label("chose_thread"),
        )
        .join(Event, Event.id == Notification.event_id)
        .outerjoin(Member, Member.id == Notification.actor_id)
        .outerjoin(Thread, Thread.id == Notification.thread_id)
        .outerjoin(Post, Post.id == Notification.post_id)
        .outerjoin(PostRevision, and_(PostRevision.post_id == Post.id, PostRevision.number == Post.revision))
        .outerjoin(Lesson, Lesson.id == Notification.lesson_id)
        .outerjoin(LessonVersion, LessonVersion.id == Lesson.current_id)
        .outerjoin(Space, Space.id == func.coalesce(Thread.space_id, Notification.space_id))
        .where(which, *_may_be_told(member, level))
    )
    return db.session.execute(query).all()


def _due() -> ColumnElement[bool]:
    now, restored = clock.now(), restored_at()
    due = [
        Notification.mail_id.is_(None),
        Notification.read_at.is_(None),
        Notification.mail_at <= now,
        or_(Notification.shown_at.is_(None), Notification.shown_at <= now),
        # What was left out of its own mail, stopped or unreadable then, is no news in a later one.
        ~notices.own_mail_is_over(),
    ]
    if restored is not None:
        # What happened before was mailed where the backup was made, if at all.
        since = exists().where(Event.id == Notification.event_id, Event.created_at > restored)
        due.append(since.correlate(Notification))
    return and_(*due)


def _may_be_told(member: Member, level: ColumnElement[FollowLevel]) -> tuple[ColumnElement[bool], ...]:
    """Each thing that a row points at can still be read, the post stands, and nobody muted it meanwhile."""
    personal = [kind.name for kind in KINDS.values() if kind.personal]
    muted = func.coalesce(level, literal(FollowLevel.ANSWERS, _LEVEL)) == FollowLevel.NOTHING
    return (
        sees(Notification, member),
        # Empty while a post is hidden or taken back.
        or_(Notification.kind.not_in(OF_A_POST), Post.html != ""),
        or_(Notification.kind.in_(personal), ~muted),
    )


def _level(member: Member) -> ColumnElement[FollowLevel]:
    """What they follow of the thread: what was chosen for it goes before its space."""
    of_thread = select(ThreadFollow.level).where(*_follow(member))
    of_space = select(SpaceFollow.level).where(
        SpaceFollow.member_id == member.id, SpaceFollow.space_id == Thread.space_id
    )
    return func.coalesce(of_thread.scalar_subquery(), of_space.scalar_subquery(), type_=_LEVEL)


def _chose_thread(member: Member) -> ColumnElement[bool]:
    return exists().where(*_follow(member), ThreadFollow.chosen, ThreadFollow.level == FollowLevel.ALL)


def _follow(member: Member) -> tuple[ColumnElement[bool], ...]:
    return (
        ThreadFollow.member_id == member.id,
        ThreadFollow.thread_id == Notification.thread_id,
        following.holds(),
    )


def _items(member: Member, rows: Sequence[Any]) -> list[Item]:
    of_posts = {row.post_id: row.plain for row in rows if row.kind in OF_A_POST and row.plain}
    words_of = mentions.in_plain(of_posts)
    rules = rules_told.of_notices(member, rows)
    roles = roles_told.of_notices(member, rows)
    return [
        _item(
            row,
            words_of.get(row.post_id, "") if row.kind in OF_A_POST else "",
            rules.get(row.event_id),
            roles.get(row.space_id) if row.kind == roles_told.GIVEN else None,
        )
        for row in rows
    ]


def _item(row: Any, plain: str, rule: RuleTold | None, role: roles_told.RoleTold | None) -> Item:
    audience = row.audience or row.lesson_audience or Audience.SPACE
    policy = row.mail_policy if row.thread_id else row.lesson_policy
    title = row.title if row.thread_id else row.lesson_title or ""
    told = mail_policy.told(policy, audience, title=title or "", plain=plain)
    names_rule = mail_policy.told(row.mail_policy, audience, title="", plain="").is_named
    return Item(
        kind=row.kind,
        actor=(row.actor or "") if told.is_named else "",
        title=told.title,
        words=told.words,
        kept_back=bool(plain and not told.words),
        space_name=row.space_name or "",
        space_slug=row.space_slug or "",
        thread_id=row.thread_id,
        # The address of a thread says its title.
        slug=row.slug or "" if told.title else "",
        number=row.number or 1,
        public_id=row.public_id,
        lesson_id=row.lesson_id,
        post_id=row.post_id,
        rule=rule if names_rule else None,
        role=role,
        told_as=roles_told.told_as(row.kind, role),
    )


def _within_size(items: list[Item]) -> list[Item]:
    """The items with as many words as fit into a mail: the later ones keep the first, or none."""
    kept, room = [], MOST_BYTES
    for item in items:
        lengths = (item.words, words.summary(item.words, mail_policy.EXCERPT_LENGTH), "")
        shown = next(one for one in lengths if len(one.encode()) <= room)
        room -= len(shown.encode())
        kept.append(replace(item, words=shown))
    return kept


def _thing(row: Any) -> str:
    for kind in ("thread", "lesson", "space"):
        if (number := getattr(row, f"{kind}_id")) is not None:
            return f"{kind}.{number}"
    return ""


def _about(things: set[str]) -> str:
    return things.pop() if len(things) == 1 else ""


def _stop(stops: set[str | None]) -> str | None:
    """What stops all kinds in it that can be stopped, and no other."""
    return joined({stop for stop in stops if stop is not None}) or None
