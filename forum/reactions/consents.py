"""From the events of a round to queued mail: one to each author, and to whoever makes the lesson when it closes.

Keys name the round and the member: nothing of an answer is in them, nor in their order.
"""

from collections.abc import Iterable

from forum.domain.consents import letters
from forum.domain.mailing.mail_queue import queue_mail
from forum.models.events import Event
from forum.models.mail import Lane


def opened(event: Event) -> None:
    """Ask the authors."""
    _queue("consent_request", event, letters.asked(event.payload["round_id"]))


def reminded(event: Event) -> None:
    """Remind whoever has not said yes: a refusal and no answer alike."""
    _queue("consent_reminder", event, letters.without_yes(event.payload["round_id"]))


def withdrawn(event: Event) -> None:
    """Tell every author the same, but for the one who took it back."""
    authors = letters.asked(event.payload["round_id"])
    _queue("consent_withdrawn", event, (one for one in authors if one != event.payload["member_id"]))


def closed(event: Event) -> None:
    """Tell whoever makes the lesson, and whoever asked."""
    _queue("consent_closed", event, letters.makers(event.payload["round_id"]))


def _queue(kind: str, event: Event, members: Iterable[int]) -> None:
    round_id = event.payload["round_id"]
    for member_id in members:
        queue_mail(
            kind,
            key=f"{kind}.{round_id}.{member_id}",
            lane=Lane.NOTICE,
            due_at=event.created_at,
            member_id=member_id,
            payload={"round_id": round_id},
        )
