"""Digests: unique windows per member, composed when they are sent, so that only what is visible then goes out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select

from forum.domain.digests import calendar as digest_calendar
from forum.domain.digests import news as digest_news
from forum.domain.digests.letter import DigestLetter
from forum.domain.digests.subscriptions import DigestPreferences, preferences_of
from forum.domain.mailing import hold, mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.mail import Lane
from forum.models.subscriptions import Delivery, Digest, DigestChoice, DigestItem, DigestState, Frequency
from forum.models.threads import Thread
from forum.policy.actors import Actor, actor_of
from forum.policy.visibility import visible

BATCH = 500


def open_windows(now: datetime, *, member_id: int | None = None) -> int:
    """Open every window that ended by `now` and queue its letter; return how many. A second run adds nothing."""
    opened, last_id = 0, 0
    while batch := open_batch(now, after_id=last_id, member_id=member_id):
        opened, last_id = opened + batch.opened, batch.last_id
    return opened


@dataclass(frozen=True, slots=True)
class Batch:
    """How many windows were opened, and the member at whom the next batch goes on."""

    opened: int
    last_id: int


def open_batch(now: datetime, *, after_id: int, member_id: int | None = None) -> Batch | None:
    """Do what `open_windows` does for the next members after that id; None when there are none.

    Who opens many commits after each batch.
    """
    subscribers = _subscribers(after_id, member_id)
    if not subscribers:
        return None
    rows = _window_rows(subscribers, now)
    digests = insert_new(
        Digest, rows, Digest.id, Digest.member_id, Digest.period, Digest.state, Digest.ends_at
    )
    letters = [
        mail_queue.mail_row(
            "digest",
            key=f"digest.{digest.member_id}.{digest.period.replace(':', '.')}",
            lane=Lane.BULK,
            member_id=digest.member_id,
            payload={"digest_id": digest.id},
            due_at=digest.ends_at,
        )
        for digest in digests
        if digest.state == DigestState.QUEUED
    ]
    mail_queue.queue_rows(letters)
    return Batch(len(letters), subscribers[-1].id)


def due(now: datetime, *, member_id: int | None = None) -> list[Digest]:
    """Return the windows that `open_windows` would open, as rows that are not stored: for a dry run."""
    digests, last_id = [], 0
    while subscribers := _subscribers(last_id, member_id):
        last_id = subscribers[-1].id
        digests += [
            Digest(**row) for row in _window_rows(subscribers, now) if row["state"] == DigestState.QUEUED
        ]
    return digests


def _subscribers(after_id: int, only_id: int | None) -> list[Row[Any]]:
    statement = (
        select(
            Member.id,
            Member.timezone,
            Member.confirmed_at,
            Member.approved_at,
            Member.suspended_at,
            DigestChoice.frequency,
            DigestChoice.chosen_at,
        )
        .join(DigestChoice, DigestChoice.member_id == Member.id)
        .where(DigestChoice.frequency != Frequency.NEVER, Member.id > after_id)
        .order_by(Member.id)
        .limit(BATCH)
    )
    if only_id is not None:
        statement = statement.where(Member.id == only_id)
    return list(db.session.execute(statement))


def _window_rows(subscribers: list[Row[Any]], now: datetime) -> list[dict[str, Any]]:
    windows = {
        person.id: digest_calendar.latest(person.frequency, now, person.timezone) for person in subscribers
    }
    periods = {window.period for window in windows.values()}
    opened = select(Digest.member_id, Digest.period).where(
        Digest.member_id.in_(windows), Digest.period.in_(periods)
    )
    known = {(row.member_id, row.period) for row in db.session.execute(opened)}
    ended, restored_at = _last_ends(list(windows)), hold.restored_at()
    rows = []
    for person in subscribers:
        window = windows[person.id]
        # What ended before they chose was never promised to them.
        if (person.id, window.period) in known or window.ends_at <= person.chosen_at:
            continue
        is_old = restored_at is not None and window.ends_at <= restored_at
        reason = hold.RESTORED if is_old else _member_skip_reason(person)
        rows.append(
            {
                "member_id": person.id,
                "period": window.period,
                "starts_at": digest_calendar.beginning(
                    person.frequency, window.ends_at, ended.get(person.id)
                ),
                "ends_at": window.ends_at,
                "state": DigestState.SKIPPED if reason else DigestState.QUEUED,
                "reason": reason,
                "created_at": clock.now(),
            }
        )
    return rows


def _last_ends(member_ids: list[int]) -> dict[int, datetime]:
    rows = db.session.execute(
        select(Digest.member_id, func.max(Digest.ends_at).label("ends_at"))
        .where(
            Digest.member_id.in_(member_ids),
            # What was due before a restore went out from where the backup was made.
            or_(Digest.state == DigestState.SENT, Digest.reason == hold.RESTORED),
        )
        .group_by(Digest.member_id)
    )
    return {row.member_id: row.ends_at for row in rows}


def _member_skip_reason(person: Any) -> str:
    if person.suspended_at is not None:
        return "suspended"
    return "" if person.approved_at is not None and person.confirmed_at is not None else "unapproved"


def skip_reason(digest: Digest) -> str:
    """Return why this letter may not go out now, or "" when it may.

    "suspended", "unapproved", "stopped"; "told later" for one that failed and is tried again after a later one.
    """
    if digest.state == DigestState.FAILED:
        told_until = _last_ends([digest.member_id]).get(digest.member_id)
        if told_until is not None and told_until > digest.ends_at:
            return "told later"
    member = db.session.get_one(Member, digest.member_id, populate_existing=True)
    choice = db.session.get(DigestChoice, digest.member_id, populate_existing=True)
    if choice is None or choice.frequency == Frequency.NEVER:
        return "stopped"
    return _member_skip_reason(member)


def compose(digest: Digest) -> DigestLetter:
    """Return the letter of a window as it is true now; empty for a member who may not take part at this moment."""
    actor = actor_of(digest.member_id)
    preferences = preferences_of(digest.member_id)
    if actor is None or preferences is None:
        return DigestLetter(
            digest.member_id, "", Frequency.NEVER, None, starts_at=digest.starts_at, ends_at=digest.ends_at
        )
    member = db.session.get_one(Member, actor.id)
    return _letter(actor, preferences, digest.starts_at, digest.ends_at, read_up_to=member.all_read_at)


def preview(actor: Actor) -> DigestLetter:
    """Return the letter as it would be now; without a choice, an example of a week as if nothing had been read."""
    preferences = preferences_of(actor.id)
    if preferences is None:
        return _example(actor)
    now = clock.now()
    frequency = preferences.frequency if preferences.frequency != Frequency.NEVER else Frequency.WEEKLY
    starts_at = digest_calendar.beginning(frequency, now, _last_ends([actor.id]).get(actor.id))
    member = db.session.get_one(Member, actor.id)
    return _letter(
        actor, replace(preferences, frequency=frequency), starts_at, now, read_up_to=member.all_read_at
    )


def _example(actor: Actor) -> DigestLetter:
    """The letter of this week; when it was quiet, of the last week in which somebody posted."""
    now = clock.now()
    latest = db.session.scalar(visible(Thread, actor, func.max(Thread.last_post_at)))
    ends = [now] if latest is None or latest > now else [now, latest]
    for ends_at in ends:
        starts_at = digest_calendar.beginning(Frequency.WEEKLY, ends_at, None)
        letter = _letter(actor, DigestPreferences(Frequency.WEEKLY, now), starts_at, ends_at, read_up_to=None)
        if not letter.is_empty:
            break
    return letter


def _letter(
    actor: Actor,
    preferences: DigestPreferences,
    starts_at: datetime,
    ends_at: datetime,
    *,
    read_up_to: datetime | None,
) -> DigestLetter:
    wanted_spaces = frozenset(key for key, how in preferences.spaces.items() if how != Delivery.NOTHING)
    wanted_axes = frozenset(key for key, how in preferences.axes.items() if how != Delivery.NOTHING)
    scope = digest_news.Scope(actor, starts_at, ends_at, read_up_to, wanted_spaces, wanted_axes)
    lessons = digest_news.lessons(scope)
    stories, active = digest_news.threads(scope)
    return DigestLetter(
        member_id=actor.id,
        name=actor.name,
        frequency=preferences.frequency,
        chosen_at=preferences.chosen_at,
        starts_at=starts_at,
        ends_at=ends_at,
        lessons=lessons[: digest_news.MOST_LESSONS],
        more_lessons=max(0, len(lessons) - digest_news.MOST_LESSONS),
        stories=stories,
        threads=active,
    )


def mark_sent(digest: Digest, letter: DigestLetter) -> None:
    """Note that the letter went out with these items; its end is where the next one begins."""
    digest.state, digest.reason, digest.sent_at = DigestState.SENT, "", clock.now()
    insert_new(DigestItem, [{"digest_id": digest.id, "kind": k, "item_id": i} for k, i in letter.items])


def mark_skipped(digest: Digest, reason: str) -> None:
    """Note that there is no letter this time, and why."""
    digest.state, digest.reason = DigestState.SKIPPED, reason


def mark_failed(digest: Digest, reason: str) -> None:
    """Note that the letter could not be delivered; its items come back in the next one."""
    digest.state, digest.reason = DigestState.FAILED, reason[:60]
