"""The mail queue: each mail is queued once, by its key. Rows hold ids, never text; workers claim them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select, update

from forum.domain.mailing import hold
from forum.infra import clock, tokens, wakeups
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.mail import Lane, MailState, OutgoingMail

MESSAGE_ID = "message-id"  # the purpose of its mark


def queue_mail(
    kind: str,
    *,
    key: str,
    lane: Lane,
    member_id: int | None = None,
    invitation_id: int | None = None,
    access_request_id: int | None = None,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Queue one mail; return False when the same `key` was queued before. See `mail_row` for the moments."""
    row = mail_row(
        kind,
        key=key,
        lane=lane,
        member_id=member_id,
        invitation_id=invitation_id,
        access_request_id=access_request_id,
        payload=payload,
        due_at=due_at,
        not_before=not_before,
    )
    return queue_rows([row]) == 1


def mail_row(
    kind: str,
    *,
    key: str,
    lane: Lane,
    member_id: int | None = None,
    invitation_id: int | None = None,
    access_request_id: int | None = None,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    not_before: datetime | None = None,
) -> dict[str, Any]:
    """Return the row of a mail for `queue_rows`.

    `due_at` is when what it tells happened or fell due, now by default; until `not_before` it does not leave.
    """
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
        "reason": "",
        "message_id": _message_id(key),
        "created_at": now,
        "due_at": due_at or now,
        "next_try_at": max(not_before, now) if not_before else now,
    }


def queue_rows(rows: list[dict[str, Any]]) -> int:
    """Queue those mails that have a new key; return how many.

    In a restored copy, what was due before the restore is cancelled at once, and the others get names of their own:
    the forum that it is a copy of sent, or still sends, other letters under the same keys.
    """
    restored_at = hold.restored_at() if rows else None
    if restored_at is not None:
        for row in rows:
            row["message_id"] = _message_id(f"{row['key']} {restored_at.isoformat()}")
            if row["due_at"] <= restored_at:
                row["state"], row["reason"] = MailState.CANCELLED, hold.RESTORED
    queued = insert_new(OutgoingMail, rows, OutgoingMail.id)
    if queued:
        wakeups.announce(db.session)
    return len(queued)


def cancel(keys: Collection[str], reason: str) -> set[str]:
    """Cancel those of these mails that no worker claimed yet; return their keys."""
    if not keys:
        return set()
    waiting = update(OutgoingMail).where(OutgoingMail.key.in_(keys), OutgoingMail.state == MailState.QUEUED)
    cancelled = waiting.values(state=MailState.CANCELLED, reason=reason).returning(OutgoingMail.key)
    return set(db.session.scalars(cancelled.execution_options(synchronize_session=False)))


def state_of(kind: str, member_id: int, *, since: datetime | None) -> MailState | None:
    """Return what became of the first mail of this kind that was queued for a member since then; None for none."""
    query = select(OutgoingMail.state).where(OutgoingMail.kind == kind, OutgoingMail.member_id == member_id)
    query = query.where(OutgoingMail.created_at >= since).order_by(OutgoingMail.id).limit(1)
    return db.session.scalar(query)


def _message_id(key: str) -> str:
    """The name of a letter, which strangers read: a key counts what happens, so it is not in it."""
    return f"<{tokens.mark(MESSAGE_ID, key)}@{_host()}>"


def _host() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
