"""Digests: unique windows per member, composed when they are sent, so that only what is visible then goes out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, func, update

from forum.domain.digests import calendar as digest_calendar
from forum.domain.digests import windows
from forum.domain.digests.batch import Order
from forum.domain.digests.calendar import Schedule
from forum.domain.digests.composing import Composer, Make
from forum.domain.digests.letter import DigestLetter
from forum.domain.digests.subscriptions import DigestPreferences, preferences_of, preferences_of_many
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_few
from forum.infra.statements import cached, change_rows
from forum.models.accounts import Member
from forum.models.subscriptions import Digest, DigestChoice, DigestItem, DigestState, Frequency
from forum.models.threads import Thread
from forum.policy.actors import Actor, actors_of
from forum.policy.visibility import visible


def skip_reason(digest: Digest) -> str:
    """Return why this letter may not go out now, or "" when it may.

    "suspended", "unapproved", "stopped"; "told later" for one that is tried again after a later one went out.
    """
    told_until = windows.told_until([digest.member_id]).get(digest.member_id)
    if told_until is not None and told_until >= digest.ends_at:
        return windows.TOLD_LATER
    member = db.session.get_one(Member, digest.member_id, populate_existing=True)
    choice = db.session.get(DigestChoice, digest.member_id, populate_existing=True)
    if choice is None or choice.frequency == Frequency.NEVER:
        return "stopped"
    return windows.member_skip_reason(member)


def compose(digest: Digest) -> DigestLetter:
    """Return the letter of a window as it is true now; empty for a member who may not take part at this moment."""
    composed = compose_many([digest], Composer())
    if digest.id in composed:
        return composed[digest.id]()
    return DigestLetter(
        digest.member_id, "", Frequency.NEVER, None, starts_at=digest.starts_at, ends_at=digest.ends_at
    )


def compose_many(digests: Sequence[Digest], composer: Composer) -> dict[int, Make]:
    """Return by the id of each window what makes its letter, in the language of the moment.

    As many queries as for one. Without those of members who may not take part or want none, and of two windows of one
    member only the first: what that one tells is no news in the second.
    """
    first = {digest.member_id: digest for digest in reversed(digests)}
    actors, preferences = actors_of(first.keys()), preferences_of_many(first.keys())
    # Where the last one ended that was told, which may be another one than when this window was opened.
    told = windows.told_until(list(first))
    orders = [
        _order(
            actor,
            preferences[actor.id],
            first[actor.id].ends_at,
            told_until=told.get(actor.id, first[actor.id].starts_at),
        )
        for actor in actors.values()
        if preferences[actor.id].frequency != Frequency.NEVER
    ]
    return {first[member_id].id: make for member_id, make in composer.compose(orders).items()}


def next_at(actor: Actor) -> datetime | None:
    """Return when the next letter of the actor is due by their choice, if there is news then; None for never."""
    chosen = preferences_of(actor.id)
    if chosen is None or chosen.frequency == Frequency.NEVER:
        return None
    schedule = Schedule(chosen.frequency, chosen.weekday, chosen.hour, actor.timezone)
    return digest_calendar.following(schedule, clock.now())


def preview(actor: Actor, preferences: DigestPreferences | None = None) -> DigestLetter:
    """Return the letter as it would be now, with these preferences instead of those that are stored.

    Without a choice, an example of a week as if nothing had been read.
    """
    preferences = preferences or preferences_of(actor.id)
    if preferences is None:
        return _example(actor)
    chosen_at = preferences.chosen_at
    if preferences.frequency == Frequency.NEVER:
        # They chose none then.
        preferences, chosen_at = replace(preferences, frequency=Frequency.WEEKLY), None
    told_until = windows.told_until([actor.id]).get(actor.id)
    letter = _letter(_order(actor, preferences, clock.now(), told_until=told_until))
    return replace(letter, chosen_at=chosen_at)


def _example(actor: Actor) -> DigestLetter:
    """The letter of this week; when it was quiet, of the last week in which somebody posted."""
    now = clock.now()
    latest = db.session.scalar(visible(Thread, actor, func.max(Thread.last_post_at)))
    ends = [now] if latest is None or latest > now else [now, latest]
    for ends_at in ends:
        preferences = DigestPreferences(Frequency.WEEKLY)
        order = _order(actor, preferences, ends_at, as_if_new=True)
        letter = _letter(order if ends_at == now else replace(order, grace=timedelta(0)))
        if not letter.is_empty:
            break
    return letter


def _order(
    actor: Actor,
    preferences: DigestPreferences,
    ends_at: datetime,
    *,
    told_until: datetime | None = None,
    as_if_new: bool = False,
) -> Order:
    """The window that ends then; `as_if_new`: for somebody who has read nothing."""
    schedule = Schedule(preferences.frequency, preferences.weekday, preferences.hour, actor.timezone)
    starts_at = digest_calendar.beginning(
        schedule, ends_at, chosen_at=preferences.chosen_at or ends_at, told_until=told_until
    )
    told_from = digest_calendar.told_from(schedule, starts_at, ends_at)
    return Order(actor, preferences, starts_at, told_from, ends_at, as_if_new=as_if_new)


def _letter(order: Order) -> DigestLetter:
    return Composer().compose([order])[order.actor.id]()


def mark_sent(digest_id: int, letter: DigestLetter) -> None:
    """Note that the letter went out with these items; its end is where the next one begins."""
    values = {"told_id": digest_id, "now": clock.now(), "begins_at": letter.starts_at}
    if change_rows(_mark_sent(), values):
        insert_few(DigestItem, [{"digest_id": digest_id, "kind": k, "item_id": i} for k, i in letter.items])


@cached
def _mark_sent() -> Update:
    told = {"state": DigestState.SENT, "reason": "", "sent_at": bindparam("now")}
    told["starts_at"] = bindparam("begins_at")
    return update(Digest).where(Digest.id == bindparam("told_id")).values(told)


def mark_skipped(digest: Digest, reason: str) -> None:
    """Note that there is no letter this time, and why."""
    digest.state, digest.reason = DigestState.SKIPPED, reason


def mark_failed(digest: Digest, reason: str) -> None:
    """Note that the letter could not be delivered; its items come back in the next one."""
    digest.state, digest.reason = DigestState.FAILED, reason[:60]
