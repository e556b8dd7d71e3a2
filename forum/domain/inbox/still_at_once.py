"""Which notices a mail still carries when it is made, each as the strongest reason that is not stopped by then."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from forum.domain.digests import precedence, subscriptions
from forum.domain.digests.precedence import ThreadFacts
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.mailing import notice_choices, reasons, unread_notices
from forum.infra.db import db
from forum.models.subscriptions import Delivery
from forum.models.themes import ThreadTag


def of(member_id: int, rows: Sequence[Any]) -> list[Any]:
    """Return those of these rows that come to the member at once by what they chose until now.

    `kind` of what is returned is that by which it comes (one query, and of posts two or three more).
    """
    choices = notice_choices.chosen_by([member_id]).get(member_id, {})
    of_posts = [row for row in rows if row.kind in unread_notices.OF_POSTS]
    subscribed = _subscribed(member_id, of_posts)
    kept = []
    for row in rows:
        said = subscribed.get(row.id)
        way = reasons.way(_reasons(member_id, row, said), choices, said)
        if way.is_at_once:
            kept.append(SimpleNamespace(**row._asdict() | {"kind": way.kind}))
    return kept


def _reasons(member_id: int, row: Any, subscribed: Delivery | None) -> tuple[str, ...]:
    if row.kind not in unread_notices.OF_POSTS:
        return (row.kind,)
    return reasons.of_post(
        row.kind,
        changed=row.event == reasons.CHANGED,
        answers=row.thread_author_id == member_id,
        level=row.level,
        subscribed=subscribed,
    )


def _subscribed(member_id: int, rows: Sequence[Any]) -> dict[int, Delivery | None]:
    """What the member's subscriptions say of the thread of each row, by its id."""
    if not rows:
        return {}
    preferences = subscriptions.preferences_of_many([member_id])[member_id]
    tags = _tags(preferences, {row.thread_id for row in rows})
    return {
        row.id: precedence.chosen(
            preferences,
            ThreadFacts(row.thread_id, row.thread_space_id, row.axis, tags.get(row.thread_id, ())),
            follows=bool(row.chose_thread),
        )
        for row in rows
    }


def _tags(preferences: DigestPreferences, thread_ids: Iterable[int]) -> Mapping[int, list[int]]:
    """Those of the tags of these threads that they chose something about."""
    found: dict[int, list[int]] = defaultdict(list)
    if preferences.tags:
        about = ThreadTag.thread_id.in_(thread_ids), ThreadTag.tag_id.in_(list(preferences.tags))
        for thread_id, tag_id in db.session.execute(
            select(ThreadTag.thread_id, ThreadTag.tag_id).where(*about)
        ):
            found[thread_id].append(tag_id)
    return found
