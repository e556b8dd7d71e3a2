"""What was changed of a member's mail without signing in: they are told of it at home, and take it back with one click.

Mails are forwarded, and whoever has one may stop what comes. The event keeps how it was and what it became.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from forum.domain.digests import subscriptions
from forum.domain.mailing import events, notice_choices, stops
from forum.domain.mailing.stops import ALL, DIGEST
from forum.infra import rates, tokens
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
UNDO = "unsubscribe_undo"  # the purpose of the token
UNDO_SECONDS = 24 * 3600


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
    before = _held(member_id)
    yield
    _record(member_id, before)


def stop(member_id: int, name: str, *, by: Actor | None) -> str:
    """Stop what a link stops, by the member themself or (None) by whoever has the mail, of which they are told.

    Return the token that takes exactly this back for a day, "" where nothing changed. Whoever holds it can decode it:
    it names the event that keeps how it was, and says nothing of that itself.
    """
    before = _held(member_id)
    if name == DIGEST:
        subscriptions.stop(member_id)
    else:
        notice_choices.stop(member_id, name)
    event = _record(member_id, before, by_id=by.id if by is not None else None)
    if event is None:
        return ""
    db.session.flush()
    return tokens.sign(UNDO, {"m": member_id, "l": name, "e": event.id})


def undo(member_id: int, name: str, token: str, *, address: str | None) -> bool:
    """Take back what `stop` did by the link of that list, and nothing else; False when that is no longer so.

    `address`: from where somebody asks it who has the link alone, which counts as turning on; TooOften.
    """
    try:
        made = tokens.read(UNDO, token, max_age_seconds=UNDO_SECONDS)
    except tokens.BadToken:
        return False
    event = db.session.get(Event, made["e"]) if (made["m"], made["l"]) == (member_id, name) else None
    if event is None:
        return False
    before, after = (_of_list(event.payload[when], name) for when in ("before", "after"))
    now = _of_list(_state(member_id), name)
    if now not in (before, after):
        return False
    if now != before:
        if address is not None:
            _count(member_id, address)
        _restore(member_id, before, _names(name))
    return True


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
    _restore(actor.id, json.loads(change.before), None)
    return True


def _restore(member_id: int, before: Any, names: Collection[str] | None) -> None:
    """Choose again what held before of these stops; None: of all of them."""
    if names is None or DIGEST in names:
        if before["digest"] is None:
            db.session.execute(delete(DigestChoice).where(DigestChoice.member_id == member_id))
        else:
            subscriptions.choose_frequency(member_id, Frequency(before["digest"]))
    chosen = delete(NoticeChoice).where(NoticeChoice.member_id == member_id)
    db.session.execute(chosen if names is None else chosen.where(NoticeChoice.stop.in_(names)))
    notice_choices.choose(member_id, {name: Delivery(how) for name, how in before["notices"].items()})


def _names(name: str) -> set[str]:
    """The stops that a link stops, as they are kept."""
    return {*stops.parts(name)} | ({name} if name == ALL.name else set())


def _of_list(kept: str, name: str) -> Any:
    """The part of a state that the link of this list changes."""
    state, names = json.loads(kept), _names(name)
    notices = {one: how for one, how in state["notices"].items() if one in names}
    return {"digest": state["digest"] if DIGEST in names else None, "notices": notices}


def _held(member_id: int) -> str:
    """The state, which nobody else changes until this transaction ends."""
    db.session.get(Member, member_id, with_for_update={"key_share": True})
    return _state(member_id)


def _record(member_id: int, before: str, *, by_id: int | None = None) -> Event | None:
    after = _state(member_id)
    if after == before:
        return None
    return events.record("mail_choice.changed", member_id=member_id, by_id=by_id, before=before, after=after)


def _state(member_id: int) -> str:
    """How often the digest comes, and what was chosen of notices; no names, no words.

    As it works, so that a row which changes nothing is no change: what stops all stops each without a choice.
    """
    digest, chosen = subscriptions.choice_of(member_id), notice_choices.chosen(member_id)
    if ALL.name in chosen:
        chosen = dict.fromkeys(stops.parts(ALL.name), chosen[ALL.name]) | chosen
    return json.dumps({"digest": digest.frequency if digest else None, "notices": chosen}, sort_keys=True)
