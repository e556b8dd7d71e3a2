"""Why a contribution waits, if it does: what the moderators of its space chose, and the words that are watched for."""

import re
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from forum.domain.held_posts import matching
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.held import HeldBecause, HoldingRule, Watch
from forum.models.spaces import Role
from forum.models.threads import Post, Thread
from forum.policy.actions import may_moderate
from forum.policy.actors import Actor
from forum.policy.measures import is_held

# In HTML that is stored: an address of the web. One of this forum counts too: its pages lead elsewhere.
LINK = re.compile(r'<a href="https?:', re.IGNORECASE)
_POST, _THREAD = aliased(Post), aliased(Thread)


class Why(NamedTuple):
    """Why something waits; with the word that is watched for, where it is that."""

    because: HeldBecause
    word: str = ""


def of(actor: Actor, space_id: int, html: str, title: str = "") -> Why | None:
    """Return why what the actor wrote for a space waits, as `text.render` made it; None where it does not.

    What moderators of the space write never waits there.
    """
    if may_moderate(actor, space_id):
        return None
    if is_held(actor, space_id):
        return Why(HeldBecause.PERSON)
    rule = db.session.get(HoldingRule, space_id)
    if rule is not None and (because := _by_rule(actor, rule, html)):
        return Why(because)
    held = matching.found(space_id, [title, text.plain(html)], Watch.HOLD)
    return Why(HeldBecause.WORD, held[0]) if held else None


def first_link(actor: Actor, space_id: int, html: str) -> bool:
    """Return whether a text has a link, in a space where the first of somebody waits, and this would be theirs."""
    if may_moderate(actor, space_id) or not LINK.search(html):
        return False
    rule = db.session.get(HoldingRule, space_id)
    return rule is not None and rule.links and not _stands(actor, space_id, with_link=True)


def _by_rule(actor: Actor, rule: HoldingRule, html: str) -> HeldBecause | None:
    if rule.everybody_until is not None and clock.now() < rule.everybody_until:
        return HeldBecause.EVERYBODY
    role = actor.roles.get(rule.space_id)
    if rule.guests and (role == Role.GUEST or (role is None and not actor.is_full)):
        return HeldBecause.GUEST
    if rule.newcomers and not _stands(actor, rule.space_id):
        return HeldBecause.NEWCOMER
    return HeldBecause.LINK if first_link(actor, rule.space_id, html) else None


def _stands(actor: Actor, space_id: int, *, with_link: bool = False) -> bool:
    """Whether a post of the actor stands in a thread of the space, or one with a link."""
    where: list[ColumnElement[bool] | Any] = [
        _POST.author_id == actor.id,
        _POST.hidden_at.is_(None),
        _POST.deleted_at.is_(None),
        _THREAD.space_id == space_id,
    ]
    if with_link:
        where.append(or_(*(_POST.html.contains(f'<a href="{kind}:') for kind in ("http", "https"))))
    stands = exists().where(_THREAD.id == _POST.thread_id, *where)
    return bool(db.session.scalar(select(stands)))
