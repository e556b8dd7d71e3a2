"""The house rule on which an act rests, for whom it is told: in one line, with the page on which it stands.

Only of a space that the reader sees; the line of the log was written in the transaction that recorded the event.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select

from forum.domain.audit import resting
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.held import HeldPost
from forum.models.house_rules import HouseRule, RulesVersion
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Space
from forum.policy.actors import Actor
from forum.policy.visibility import sees

# Which lines of the log an event is about that tells somebody of an act on their post.
ACTS: Mapping[str, Action] = {
    "post.hidden": Action.HIDE,
    "post.sealed": Action.DELETE_POST,
    "post.shortened": Action.LEAVE_OUT,
    "post.change_asked": Action.ASK_CHANGE,
    "objection.declined": Action.KEEP_HIDDEN,
    "leaving_out.kept": Action.KEEP_LEFT_OUT,
}
REFUSED = "held_post.refused"
# The kinds of notices that such an event becomes.
KINDS = frozenset(
    {
        "post_hidden", "post_deleted", "words_left_out", "change_asked", "objection_declined", "left_out_kept",
        "post_refused",
    }
)  # fmt: skip


class RuleTold(NamedTuple):
    """A rule in one line, and where it stands."""

    words: str
    space_slug: str
    version: int


def of_notices(reader: Actor | Member, rows: Collection[Any]) -> dict[int, RuleTold]:
    """Return the rules on which rest what notices tell, by the id of their event; none for other kinds.

    `rows` have a kind, an event and a post (three queries, where there are any of KINDS).
    """
    posts = {row.event_id: row.post_id for row in rows if row.kind in KINDS}
    if not posts:
        return {}
    query = select(Event.id, Event.name, Event.created_at, Event.payload).where(Event.id.in_(posts))
    events = db.session.execute(query).all()
    lines = _lines(reader, {post_id for post_id in posts.values() if post_id is not None})
    held = _of_held(reader, {row.payload["held_id"]: row.id for row in events if row.name == REFUSED})
    found = {
        row.id: _latest(lines, posts[row.id], ACTS[row.name], row.created_at)
        for row in events
        if row.name in ACTS
    }
    return {event_id: rule for event_id, rule in (found | held).items() if rule is not None}


def of_post(reader: Actor | Member, post_id: int, action: Action) -> RuleTold | None:
    """Return the rule on which the last act of a kind on a post rests; None for none (one query)."""
    return _latest(_lines(reader, {post_id}), post_id, action, None)


def _lines(reader: Actor | Member, post_ids: Collection[int]) -> list[Any]:
    """What was done to these posts, the latest first."""
    if not post_ids:
        return []
    query = (
        _rules(
            ModerationAction, ModerationAction.post_id, ModerationAction.action, ModerationAction.created_at
        )
        .where(ModerationAction.post_id.in_(post_ids), ModerationAction.action.in_(ACTS.values()))
        .outerjoin(Space, and_(Space.id == ModerationAction.space_id, sees(Space, reader)))
        .order_by(ModerationAction.id.desc())
    )
    return list(db.session.execute(query))


def _latest(lines: list[Any], post_id: int | None, action: Action, until: datetime | None) -> RuleTold | None:
    """The rule of the last of these lines that was written until a moment."""
    for line in lines:
        is_it = line.post_id == post_id and line.action == action
        if is_it and (until is None or line.created_at <= until):
            return _told(line)
    return None


def _of_held(reader: Actor | Member, events: Mapping[int, int]) -> dict[int, RuleTold | None]:
    """The same of posts that did not appear, by the event that tells it; `events` by the post that waited."""
    if not events:
        return {}
    query = (
        _rules(HeldPost, HeldPost.id)
        .outerjoin(Space, and_(Space.id == RulesVersion.space_id, sees(Space, reader)))
        .where(HeldPost.id.in_(events), HeldPost.author_id == reader.id)
    )
    return {events[row.id]: _told(row) for row in db.session.execute(query)}


def _rules(table: Any, *columns: Any) -> Select[Any]:
    shown: tuple[Any, ...] = (*columns, *resting.COLUMNS, Space.slug.label("space_slug"))
    return (
        select(*shown)
        .select_from(table)
        .outerjoin(HouseRule, HouseRule.id == table.rule_id)
        .outerjoin(RulesVersion, RulesVersion.id == HouseRule.version_id)
    )


def _told(row: Any) -> RuleTold | None:
    rule = resting.rule_of(row)
    if rule is None or row.space_slug is None:
        return None
    return RuleTold(rule.in_words, row.space_slug, rule.version)
