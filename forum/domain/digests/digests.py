"""Digests: unique windows per member, composed when they are sent, so that only what is visible then goes out."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func

from forum.domain.digests import calendar as digest_calendar
from forum.domain.digests import news as digest_news
from forum.domain.digests import windows
from forum.domain.digests.calendar import Schedule
from forum.domain.digests.letter import DigestLetter
from forum.domain.digests.subscriptions import DigestPreferences, preferences_of
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.subscriptions import Delivery, Digest, DigestChoice, DigestItem, DigestState, Frequency
from forum.models.threads import Thread
from forum.policy.actors import Actor, actor_of
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
    actor = actor_of(digest.member_id)
    preferences = preferences_of(digest.member_id)
    if actor is None or preferences is None or preferences.frequency == Frequency.NEVER:
        return DigestLetter(
            digest.member_id, "", Frequency.NEVER, None, starts_at=digest.starts_at, ends_at=digest.ends_at
        )
    # Where the last one ended that was told, which may be another one than when this window was opened.
    told_until = windows.told_until([actor.id]).get(actor.id, digest.starts_at)
    return _letter(actor, preferences, digest.ends_at, told_until=told_until)


def preview(actor: Actor) -> DigestLetter:
    """Return the letter as it would be now; without a choice, an example of a week as if nothing had been read."""
    preferences = preferences_of(actor.id)
    if preferences is None:
        return _example(actor)
    if preferences.frequency == Frequency.NEVER:
        preferences = replace(preferences, frequency=Frequency.WEEKLY)
    told_until = windows.told_until([actor.id]).get(actor.id)
    return _letter(actor, preferences, clock.now(), told_until=told_until)


def _example(actor: Actor) -> DigestLetter:
    """The letter of this week; when it was quiet, of the last week in which somebody posted."""
    now = clock.now()
    latest = db.session.scalar(visible(Thread, actor, func.max(Thread.last_post_at)))
    ends = [now] if latest is None or latest > now else [now, latest]
    for ends_at in ends:
        preferences = DigestPreferences(Frequency.WEEKLY, ends_at)
        letter = _letter(actor, preferences, ends_at, as_if_new=True)
        if not letter.is_empty:
            break
    return letter


def _letter(
    actor: Actor,
    preferences: DigestPreferences,
    ends_at: datetime,
    *,
    told_until: datetime | None = None,
    as_if_new: bool = False,
) -> DigestLetter:
    """The letter of the window that ends then; `as_if_new`: for somebody who has read nothing."""
    member = db.session.get_one(Member, actor.id)
    schedule = Schedule(preferences.frequency, preferences.weekday, preferences.hour, member.timezone)
    starts_at = digest_calendar.beginning(
        schedule, ends_at, chosen_at=preferences.chosen_at or ends_at, told_until=told_until
    )
    told_from = digest_calendar.told_from(schedule, starts_at, ends_at)
    wanted_spaces = frozenset(key for key, how in preferences.spaces.items() if how != Delivery.NOTHING)
    wanted_axes = frozenset(key for key, how in preferences.axes.items() if how != Delivery.NOTHING)
    scope = digest_news.Scope(
        actor, told_from, ends_at, None if as_if_new else member.all_read_at, wanted_spaces, wanted_axes
    )
    lessons = digest_news.lessons(scope)
    stories, active = digest_news.threads(scope)
    return DigestLetter(
        member_id=actor.id,
        name=actor.name,
        frequency=preferences.frequency,
        chosen_at=preferences.chosen_at,
        starts_at=starts_at,
        ends_at=ends_at,
        told_from=told_from,
        lessons=lessons[: digest_news.MOST_LESSONS],
        more_lessons=max(0, len(lessons) - digest_news.MOST_LESSONS),
        stories=stories,
        threads=active,
    )


def mark_sent(digest: Digest, letter: DigestLetter) -> None:
    """Note that the letter went out with these items; its end is where the next one begins."""
    digest.state, digest.reason, digest.sent_at = DigestState.SENT, "", clock.now()
    digest.starts_at = letter.starts_at
    insert_new(DigestItem, [{"digest_id": digest.id, "kind": k, "item_id": i} for k, i in letter.items])


def mark_skipped(digest: Digest, reason: str) -> None:
    """Note that there is no letter this time, and why."""
    digest.state, digest.reason = DigestState.SKIPPED, reason


def mark_failed(digest: Digest, reason: str) -> None:
    """Note that the letter could not be delivered; its items come back in the next one."""
    digest.state, digest.reason = DigestState.FAILED, reason[:60]
