"""News from before what a letter tells: after a long pause it is counted and linked, once."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, literal, or_, select

from forum.domain.digests import pool_queries
from forum.domain.digests.personal import Person
from forum.domain.digests.picks import takes
from forum.domain.digests.precedence import Rule, ThreadFacts, Told
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.threads import following
from forum.domain.threads.running import RUNNING
from forum.domain.threads.unread_queries import unread
from forum.infra.db import Moment, db
from forum.infra.statements import select_rows
from forum.models.accounts import Member
from forum.models.following import FollowLevel, Mention, ThreadFollow
from forum.models.threads import Post, ReadMark, Thread
from forum.policy.readers import EACH_MEMBER
from forum.policy.visibility import sees


class Stretch(NamedTuple):
    """The time of one member that their letter does not tell of."""

    person: Person
    preferences: DigestPreferences
    since: datetime
    until: datetime
    only_unread: bool


def counts(stretches: Sequence[Stretch]) -> dict[int, int]:
    """Return by member in how many threads that they want others wrote in that time, as far as they have not read it.

    One query however many they are, none without any; another where somebody chose something about a tag.
    """
    if not stretches:
        return {}
    of_member = {one.person.id: one for one in stretches}
    tags = _tags(stretches)
    wanted: Counter[int] = Counter()
    for row in db.session.execute(_threads(stretches)):
        one = of_member[row.member_id]
        mine = [tag_id for tag_id in tags.get(row.id, ()) if tag_id in one.preferences.tags]
        facts = ThreadFacts(row.id, row.space_id, row.axis, mine)
        told = _told(one.person, row)
        wanted[row.member_id] += told is not None and takes(one.preferences, facts, one.person, told)
    return dict(wanted)


def _told(person: Person, row: Any) -> Told | None:
    """What they are told of a thread; None where it is muted."""
    level = row.level or person.spaces.get(row.space_id)
    if level == FollowLevel.NOTHING:
        return None
    addressed = Rule.MENTION if row.mentioned and not person.stopped("mentions") else None
    if row.author_id == person.id and not person.stopped("answers"):
        addressed = Rule.ANSWERS
    if person.stopped("followed") or level != FollowLevel.ALL:
        return Told(addressed=addressed)
    if row.level is None:
        return Told(space=True, addressed=addressed)
    return Told(Rule.FOLLOWED if row.chosen else Rule.WROTE, addressed=addressed)


def _threads(stretches: Sequence[Stretch]) -> Any:
    """For each of these members the threads that they may see in which others wrote in their time."""
    mark = and_(ReadMark.thread_id == Thread.id, ReadMark.member_id == Member.id)
    follow = and_(ThreadFollow.member_id == Member.id, ThreadFollow.thread_id == Thread.id, following.holds())
    columns = (Thread.id, Thread.space_id, Thread.axis, Thread.author_id, ThreadFollow.level)
    named = exists().where(Mention.post_id == Post.id, Mention.member_id == Member.id)
    return (
        select(
            Member.id.label("member_id"),
            *columns,
            ThreadFollow.chosen,
            _wrote(stretches, named.correlate(Post, Member)).label("mentioned"),
        )
        .select_from(Member)
        .join(Thread, Thread.last_post_at > min(one.since for one in stretches))
        .outerjoin(ReadMark, mark)
        .outerjoin(ThreadFollow, follow)
        .where(
            Member.id.in_([one.person.id for one in stretches]),
            _wrote(stretches),
            sees(Thread, EACH_MEMBER),
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            RUNNING,
            Thread.title != "",
        )
    )


def _wrote(stretches: Sequence[Stretch], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether others wrote in a thread in the time of a member; where they want only that, what they did not read."""
    since = _each((one.person.id, one.since) for one in stretches)
    until = _each((one.person.id, one.until) for one in stretches)
    all_of_it = [one.person.id for one in stretches if not one.only_unread]
    later = or_(Member.all_read_at.is_(None), Post.created_at > Member.all_read_at)
    there = exists().where(
        Post.thread_id == Thread.id,
        Post.created_at > since,
        Post.created_at <= until,
        Post.author_id != Member.id,
        Post.hidden_at.is_(None),
        Post.deleted_at.is_(None),
        or_(Member.id.in_(all_of_it), and_(later, unread(Member.id))),
        *more,
    )
    return there.correlate(Thread, Member, ReadMark)


def _each(moments: Iterable[tuple[int, datetime]]) -> ColumnElement[Any]:
    """The moment of each member; most of them share theirs."""
    members: dict[datetime, list[int]] = defaultdict(list)
    for member_id, moment in moments:
        members[moment].append(member_id)
    return case(*((Member.id.in_(ids), literal(moment, Moment)) for moment, ids in members.items()))


def _tags(stretches: Collection[Stretch]) -> dict[int, list[int]]:
    """Which of the tags that anybody chose something about each thread has."""
    tag_ids = {tag_id for one in stretches for tag_id in one.preferences.tags}
    found: dict[int, list[int]] = {}
    if tag_ids:
        values = {"tag_ids": sorted(tag_ids), "since": min(one.since for one in stretches)}
        for row in select_rows(pool_queries.tags(), values):
            found.setdefault(row.thread_id, []).append(row.tag_id)
    return found
