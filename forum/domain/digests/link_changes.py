"""What was changed of a member's mail without signing in: they are told of it at home, and take it back with one click.

Mails are forwarded, and whoever has one may stop what comes. The event keeps how it was and what it became.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from forum.domain.digests import subscriptions
from forum.domain.mailing import events, notice_choices
from forum.infra import rates
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.notifications import Notification
from forum.models.subscriptions import Delivery, DigestChoice, Frequency, NoticeChoice
from forum.policy.actors import Actor

KIND = "mail_changed"
# How often mail is turned on again, or comes in another rhythm, by links alone: for one member and from one place. It
# bounds also how often it can be stopped, which is never refused: what is stopped already changes nothing.
TURNED_ON = "10 per day"
TURNED_ON_FROM_ONE_PLACE = "100 per day"


@dataclass(frozen=True, slots=True)
class Change:
    """When it was changed, and the choice of before."""

    at: datetime
    before: str


@contextmanager
def noted(member_id: int) -> Iterator[None]:
    """Note what is changed meanwhile of what a member gets by mail, so that they are told; nothing if nothing is.

    One after the other: of two who stop the same at once, the second changes nothing.
    """
    db.session.get(Member, member_id, with_for_update={"key_share": True})
    before = _state(member_id)
    yield
    after = _state(member_id)
    if after != before:
        events.record("mail_choice.changed", member_id=member_id, before=before, after=after)


def choose(member_id: int, frequency: Frequency | None, stopped: Collection[str], *, address: str) -> float:
    """Keep what somebody chose at `address` who has a mail of this member: how often the digest comes, what is stopped.

    None leaves the digest as it is. Return 0; or where more was turned on too often, the seconds until it may be again.
    Then what is stopped is kept, and nothing else.
    """
    refused_for = 0.0
    with noted(member_id):
        before = notice_choices.stopped_by(member_id)
        if before.difference(stopped) or _is_another_rhythm(member_id, frequency):
            try:
                _count(member_id, address)
            except rates.TooOften as error:
                refused_for, stopped = error.retry_after, before.union(stopped)
                frequency = frequency if frequency == Frequency.NEVER else None
        keep(member_id, frequency, stopped)
    return refused_for


def keep(member_id: int, frequency: Frequency | None, stopped: Collection[str]) -> None:
    """Keep the same for the member themselves, who need not be told; nothing for whoever is gone."""
    if frequency is not None:
        subscriptions.choose_frequency(member_id, frequency)
    notice_choices.stop_these(member_id, stopped)


def _is_another_rhythm(member_id: int, frequency: Frequency | None) -> bool:
    choice = subscriptions.choice_of(member_id)
    return frequency not in (None, Frequency.NEVER, choice.frequency if choice else None)


def _count(member_id: int, address: str) -> None:
    place = rates.place(address)
    rates.spend_all(
        [
            ("turned_on_place", f"place:{place}", TURNED_ON_FROM_ONE_PLACE),
            ("turned_on", f"member:{member_id}", TURNED_ON),
        ]
    )


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
