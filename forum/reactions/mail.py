"""From an event to the mail for which somebody waits in front of a page: it goes through the direct lane.

Keys name the event, so that reacting twice queues once.
"""

from typing import Any

from forum.domain.mailing.mail_queue import queue_mail
from forum.models.events import Event
from forum.models.mail import Lane


def invitation_sent(event: Event) -> None:
    """Queue the invitation; renewing one is a new event and a new mail."""
    _queue("invitation", event, invitation_id=event.payload["invitation_id"])


def access_requested(event: Event) -> None:
    """Ask the newcomer to confirm their address."""
    _queue("confirm_email", event, access_request_id=event.payload["access_request_id"])


def member_already_registered(event: Event) -> None:
    """Somebody filled in an address that has an account: only its owner is told."""
    _to_member("already_member", event)


def password_forgotten(event: Event) -> None:
    """Send a link to set a new password, or once more the one with which a newcomer chooses the first."""
    _to_member("reset_password", event)
    if event.payload.get("access_request_id") is not None:
        access_requested(event)


def password_changed(event: Event) -> None:
    """Tell the member, in case it was somebody else."""
    _to_member("password_changed", event)


def _to_member(kind: str, event: Event) -> None:
    # An address without an account leaves an event too, so that nobody can tell the two apart; no letter follows.
    if event.payload["member_id"] is not None:
        _queue(kind, event, member_id=event.payload["member_id"])


def _queue(kind: str, event: Event, **recipient: Any) -> None:
    """Queue the mail of an event, due since it happened."""
    queue_mail(kind, key=f"{kind}.{event.id}", lane=Lane.DIRECT, due_at=event.created_at, **recipient)
