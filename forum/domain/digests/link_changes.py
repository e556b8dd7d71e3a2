"""What was changed of a member's mail without signing in: they are told of it at home, and take it back with one click.

Mails are forwarded, and whoever has one may stop what comes. The event keeps how it was and what it became.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from forum.domain.digests import subscriptions
from forum.domain.mailing import events, notice_choices
from forum.infra.db import db
from forum.models.events import Event
from forum.models.notifications import Notification
from forum.models.subscriptions import Delivery, DigestChoice, Frequency, NoticeChoice
from forum.policy.actors import Actor

KIND = "mail_changed"


@dataclass(frozen=True, slots=True)
class Change:
    """When it was changed, and the choice of before."""

    at: datetime
    before: str


@contextmanager
def noted(member_id: int) -> Iterator[None]:
    """Note what is changed meanwhile of what a member gets by mail, so that they are told; nothing if nothing is."""
    before = _state(member_id)
    yield
    after = _state(member_id)
    if after != before:
        events.record("mail_choice.changed", member_id=member_id, before=before, after=after)


def latest(actor: Actor) -> Change | None:
    """Return the last change, if what the actor gets is as that left it; None when they chose since."""
    told = select(Event.created_at, Event.payload).join(Notification, Notification.event_id == Event.id)
    told = told.where(Notification.member_id == actor.id, Notification.kind == KIND)
    row = db.session.execute(told.order_by(Notification.id.desc()).limit(1)).one_or_none()
    if row is None or row.payload["after"] != _state(actor.id):
        return None
    return Change(row.created_at, row.payload["before"])


def take_back(actor: Actor) -> bool:
    """Choose for the actor what held before the last change; False when they chose since."""
    change = latest(actor)
    if change is None:
        return False
    before = json.loads(change.before)
    if before["digest"] is None:
        db.session.execute(delete(DigestChoice).where(DigestChoice.member_id == actor.id))
    else:
        subscriptions.choose_frequency(actor.id, Frequency(before["digest"]))
    db.session.execute(delete(NoticeChoice).where(NoticeChoice.member_id == actor.id))
    notice_choices.choose(actor.id, {name: Delivery(how) for name, how in before["notices"].items()})
    return True


def _state(member_id: int) -> str:
    """How often the digest comes, and what was chosen of notices; no names, no words."""
    digest = subscriptions.choice_of(member_id)
    chosen = {"digest": digest.frequency if digest else None, "notices": notice_choices.chosen(member_id)}
    return json.dumps(chosen, sort_keys=True)
