"""Windows of digests: one after the other for each member, so that nothing between two letters is lost or told twice.

A window begins where the last letter ended that was sent, or that had nothing to say. That is looked up when its letter
is made: an earlier one that failed, or was stopped, adds its days to the next.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update

from forum.domain.digests import calendar as digest_calendar
from forum.domain.digests.calendar import Schedule, Window
from forum.domain.mailing import hold, mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.subscriptions import Digest, DigestChoice, DigestState, Frequency

BATCH = 500
EMPTY, TOLD_LATER = "empty", "told later"
# There is only news to count: it waits for a letter with something in it, whose window begins where this one does.
ONLY_OLDER = "only older"
# Of these a member heard all there was to hear; what was due before a restore went out from where the backup was made.
_TOLD = or_(
    Digest.state == DigestState.SENT,
    and_(Digest.state == DigestState.SKIPPED, Digest.reason.in_((EMPTY, hold.RESTORED))),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """How many windows were opened, and the member at whom the next batch goes on."""

    opened: int
    last_id: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A letter of a member that did not go out yet. `taken`: a worker has it, or the mail server may have it."""

    digest: Digest
    key: str
    taken: bool


def open_all(now: datetime, *, member_id: int | None = None) -> int:
    """Open every window that ended by `now` and queue its letter; return how many. A second run adds nothing."""
    opened, last_id = 0, 0
    while batch := open_batch(now, after_id=last_id, member_id=member_id):
        opened, last_id = opened + batch.opened, batch.last_id
    return opened


def open_batch(now: datetime, *, after_id: int, member_id: int | None = None) -> Batch | None:
    """Do what `open_all` does for the next members after that id; None when there are none.

    A letter of before that still waits is left out: the new one tells what it would. Who opens many commits after each
    batch.
    """
    subscribers = _subscribers(after_id, member_id)
    if not subscribers:
        return None
    rows = _window_rows(subscribers, now)
    _leave_out(rows)
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
    """Return the windows that `open_all` would open, as rows that are not stored: for a dry run."""
    digests, last_id = [], 0
    while subscribers := _subscribers(last_id, member_id):
        last_id = subscribers[-1].id
        digests += [
            Digest(**row) for row in _window_rows(subscribers, now) if row["state"] == DigestState.QUEUED
        ]
    return digests


def told_until(member_ids: list[int]) -> dict[int, datetime]:
    """Return up to when each of these members was told what was new; nothing for those who had no letter yet."""
    rows = db.session.execute(
        select(Digest.member_id, func.max(Digest.ends_at).label("ends_at"))
        .where(Digest.member_id.in_(member_ids), _TOLD)
        .group_by(Digest.member_id)
    )
    return {row.member_id: row.ends_at for row in rows}


def member_skip_reason(person: Any) -> str:
    """Return why a member gets no letters at this moment, or ""."""
    if person.suspended_at is not None:
        return "suspended"
    return "" if person.approved_at is not None and person.confirmed_at is not None else "unapproved"


def _subscribers(after_id: int, only_id: int | None) -> list[Row[Any]]:
    statement = (
        select(
            Member.id,
            Member.timezone,
            Member.confirmed_at,
            Member.approved_at,
            Member.suspended_at,
            DigestChoice.frequency,
            DigestChoice.weekday,
            DigestChoice.hour,
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
    schedules = {
        person.id: Schedule(person.frequency, person.weekday, person.hour, person.timezone)
        for person in subscribers
    }
    windows = {member_id: digest_calendar.latest(schedule, now) for member_id, schedule in schedules.items()}
    periods = {window.period for window in windows.values()}
    opened = select(Digest.member_id, Digest.period).where(
        Digest.member_id.in_(windows), Digest.period.in_(periods)
    )
    known = {(row.member_id, row.period) for row in db.session.execute(opened)}
    told = told_until(list(windows))
    taken = {waiting.digest.member_id for waiting in _waiting(list(windows)) if waiting.taken}
    restored_at = hold.restored_at()
    rows = []
    for person in subscribers:
        window, told_at = windows[person.id], told.get(person.id)
        if (
            (person.id, window.period) in known
            or person.id in taken
            or not _is_promised(window, person, told_at)
        ):
            continue
        is_old = restored_at is not None and window.ends_at <= restored_at
        reason = hold.RESTORED if is_old else member_skip_reason(person)
        rows.append(
            {
                "member_id": person.id,
                "period": window.period,
                "starts_at": digest_calendar.beginning(
                    schedules[person.id], window.ends_at, chosen_at=person.chosen_at, told_until=told_at
                ),
                "ends_at": window.ends_at,
                "state": DigestState.SKIPPED if reason else DigestState.QUEUED,
                "reason": reason,
                "created_at": clock.now(),
            }
        )
    return rows


def _is_promised(window: Window, person: Row[Any], told_at: datetime | None) -> bool:
    """What ended before they chose was never promised to them, and what ended before their last letter is told."""
    return window.ends_at > person.chosen_at and (told_at is None or window.ends_at > told_at)


def _waiting(member_ids: list[int]) -> list[_Waiting]:
    """The letters of these members that have neither gone out nor failed."""
    # Two queries: joined by what is in the payload, no index leads from one table to the other.
    mails = db.session.execute(
        select(OutgoingMail.key, OutgoingMail.payload, OutgoingMail.state, OutgoingMail.uncertain_at).where(
            OutgoingMail.member_id.in_(member_ids),
            OutgoingMail.kind == "digest",
            OutgoingMail.state.in_((MailState.QUEUED, MailState.SENDING)),
        )
    ).all()
    if not mails:
        return []
    unsent = select(Digest).where(
        Digest.id.in_([mail.payload["digest_id"] for mail in mails]),
        # Failed: somebody lets it be tried again.
        Digest.state.in_((DigestState.QUEUED, DigestState.FAILED)),
    )
    digests = {digest.id: digest for digest in db.session.scalars(unsent)}
    return [
        _Waiting(
            digests[mail.payload["digest_id"]],
            mail.key,
            mail.state == MailState.SENDING or mail.uncertain_at is not None,
        )
        for mail in mails
        if mail.payload["digest_id"] in digests
    ]


def _leave_out(rows: list[dict[str, Any]]) -> None:
    """Cancel the letters that still wait of those who get a new window; who has one that was claimed gets none."""
    waiting = _waiting([row["member_id"] for row in rows])
    free = [one.key for one in waiting if not one.taken]
    cancelled = mail_queue.cancel(free, TOLD_LATER)
    claimed = {one.digest.member_id for one in waiting if one.key not in cancelled}
    rows[:] = [row for row in rows if row["member_id"] not in claimed]
    restored_at = hold.restored_at()
    by_reason: dict[str, list[int]] = {hold.RESTORED: [], TOLD_LATER: []}
    for one in waiting:
        if one.key in cancelled:
            is_old = restored_at is not None and one.digest.ends_at <= restored_at
            by_reason[hold.RESTORED if is_old else TOLD_LATER].append(one.digest.id)
    for reason, ids in by_reason.items():
        if ids:
            db.session.execute(
                update(Digest).where(Digest.id.in_(ids)).values(state=DigestState.SKIPPED, reason=reason)
            )
