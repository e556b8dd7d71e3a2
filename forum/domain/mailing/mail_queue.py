"""The mail queue: each mail is queued once by its key, claimed and finished one by one. Rows hold ids, never text."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import exists, select, update

from forum.infra import clock, tokens
from forum.infra.db import db
from forum.infra.rows import insert_new, update_rows
from forum.models.mail import Lane, MailState, OutgoingMail

LEASE = timedelta(minutes=5)  # a worker that has not finished a claimed mail by then is taken for dead
GIVE_UP = timedelta(days=4)
MESSAGE_ID = "message-id"  # the purpose of its mark
UNREADABLE = 5  # tries for a letter that cannot even be made
_MINUTES = (1, 5, 15, 60, 4 * 60, 8 * 60, 12 * 60)
DELAYS = tuple(timedelta(minutes=minutes) for minutes in _MINUTES)
# A lost connection says little about this mail: retry often, most of all while the mail is young.
AWAY, LONG_AWAY, YOUNG = timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)


def queue_mail(
    kind: str,
    *,
    key: str,
    member_id: int | None = None,
    invitation_id: int | None = None,
    access_request_id: int | None = None,
    lane: Lane = Lane.DIRECT,
    payload: dict[str, Any] | None = None,
) -> bool:
    """Queue one mail; return False when the same `key` was queued before."""
    row = mail_row(
        kind,
        key=key,
        member_id=member_id,
        invitation_id=invitation_id,
        access_request_id=access_request_id,
        lane=lane,
        payload=payload,
    )
    return bool(insert_new(OutgoingMail, [row], OutgoingMail.id))


def mail_row(
    kind: str,
    *,
    key: str,
    member_id: int | None = None,
    invitation_id: int | None = None,
    access_request_id: int | None = None,
    lane: Lane = Lane.DIRECT,
    payload: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the row of a mail to be queued, for callers that queue many at once."""
    now = clock.now()
    return {
        "key": key,
        "kind": kind,
        "lane": lane,
        "member_id": member_id,
        "invitation_id": invitation_id,
        "access_request_id": access_request_id,
        "payload": payload or {},
        "state": MailState.QUEUED,
        "message_id": f"<{tokens.mark(MESSAGE_ID, key)}@{_host()}>",  # a key counts what happens; strangers read this
        "created_at": now,
        "due_at": now,
        "next_try_at": now,
    }


def state_of(kind: str, member_id: int, *, since: datetime | None) -> MailState | None:
    """Return what became of the first mail of this kind that was queued for a member since then; None for none."""
    query = select(OutgoingMail.state).where(OutgoingMail.kind == kind, OutgoingMail.member_id == member_id)
    query = query.where(OutgoingMail.created_at >= since).order_by(OutgoingMail.id).limit(1)
    return db.session.scalar(query)


def anything_due() -> bool:
    """Return whether a mail waits to be sent at this moment."""
    due = exists().where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= clock.now())
    return bool(db.session.scalar(select(due)))


def claim_next() -> OutgoingMail | None:
    """Claim and return the next mail that is due, direct ones before bulk; commit before sending it."""
    for lane in (Lane.DIRECT, Lane.BULK):
        mail = db.session.scalars(
            select(OutgoingMail)
            .where(
                OutgoingMail.state == MailState.QUEUED,
                OutgoingMail.lane == lane,
                OutgoingMail.next_try_at <= clock.now(),
            )
            .order_by(OutgoingMail.next_try_at, OutgoingMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if mail is not None:
            mail.state, mail.claimed_at = MailState.SENDING, clock.now()
            db.session.flush()
            return mail
    return None


def still_claimed(mail: OutgoingMail, claimed_at: datetime | None) -> bool:
    """Lock the mail and return False when the claim of that moment lapsed and another worker has it."""
    db.session.refresh(mail, with_for_update=True)
    return mail.state == MailState.SENDING and mail.claimed_at == claimed_at


def mark_sent(mail: OutgoingMail) -> None:
    """Note that the mail server took it."""
    mail.state, mail.sent_at, mail.reason = MailState.SENT, clock.now(), ""
    mail.attempts += 1


def mark_cancelled(mail: OutgoingMail, reason: str) -> None:
    """Note that it need not or may not go out any more."""
    mail.state, mail.reason = MailState.CANCELLED, reason


def mark_failed(mail: OutgoingMail, reason: str) -> None:
    """Note that it will never arrive."""
    mail.state, mail.reason = MailState.FAILED, reason
    mail.attempts += 1


def schedule_retry(mail: OutgoingMail, reason: str, *, unreachable: bool = False) -> None:
    """Retry after a growing delay, failed after about four days; sooner when the server was `unreachable`."""
    delay = DELAYS[min(mail.attempts, len(DELAYS) - 1)]
    if unreachable:
        delay = min(delay, AWAY if clock.now() - mail.created_at < YOUNG else LONG_AWAY)
    if clock.now() + delay - mail.created_at > GIVE_UP:
        mark_failed(mail, reason)
        return
    mail.attempts += 1
    mail.state, mail.reason = MailState.QUEUED, reason
    mail.next_try_at = clock.now() + delay


def mark_render_failed(mail: OutgoingMail, reason: str) -> None:
    """Note that the letter could not be made: retry a few times, then fail it, so that the other mail goes on."""
    if mail.attempts + 1 >= UNREADABLE:
        mark_failed(mail, reason)
    else:
        schedule_retry(mail, reason)


def requeue_abandoned(lease: timedelta = LEASE) -> int:
    """Queue again what a worker claimed and never finished; the Message-ID stays, so a double can be recognised."""
    lapsed = update(OutgoingMail).where(
        OutgoingMail.state == MailState.SENDING, OutgoingMail.claimed_at < clock.now() - lease
    )
    return update_rows(lapsed.values(state=MailState.QUEUED, next_try_at=clock.now()))


def _host() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
