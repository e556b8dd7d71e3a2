"""News from before what a letter tells: after a long pause it is counted and linked, once."""

from datetime import datetime

from sqlalchemy import select, true

from forum.domain.digests import pool_queries, precedence
from forum.domain.digests.personal import Person
from forum.domain.digests.precedence import ThreadFacts
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.threads.unread_queries import unread
from forum.infra.db import db
from forum.infra.statements import select_rows
from forum.models.subscriptions import Delivery
from forum.models.threads import Post, ReadMark, Thread
from forum.policy.visibility import sees


def count(
    person: Person, preferences: DigestPreferences, since: datetime, until: datetime, *, only_unread: bool
) -> int:
    """Return in how many threads that the member wants others wrote in that time, as far as they have not read it.

    One query; another where they chose something about a tag.
    """
    begin = max(since, person.read_up_to) if only_unread and person.read_up_to else since
    mark = (ReadMark.thread_id == Post.thread_id) & (ReadMark.member_id == person.id)
    stands = (Post.hidden_at.is_(None), Post.deleted_at.is_(None), Post.author_id != person.id)
    news = (
        select(Post.thread_id)
        .outerjoin(ReadMark, mark)
        .where(Post.created_at > begin, Post.created_at <= until, *stands)
        .where(unread(person.id) if only_unread else true())
    )
    rows = db.session.execute(
        select(Thread.id, Thread.space_id, Thread.axis).where(
            Thread.id.in_(news),
            Thread.last_post_at > begin,
            sees(Thread, person.actor),
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            Thread.title != "",
        )
    )
    tags = _tags(preferences, since)
    wanted = 0
    for row in rows:
        facts = ThreadFacts(row.id, row.space_id, row.axis, tags.get(row.id, ()))
        own_space = row.space_id in person.own_spaces
        outcome = precedence.delivery(preferences, facts, own_space=own_space)
        wanted += outcome != Delivery.NOTHING and not person.mutes(row.id, row.space_id)
    return wanted


def _tags(preferences: DigestPreferences, since: datetime) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    if preferences.tags:
        values = {"tag_ids": list(preferences.tags), "since": since}
        for row in select_rows(pool_queries.tags(), values):
            found.setdefault(row.thread_id, []).append(row.tag_id)
    return found
