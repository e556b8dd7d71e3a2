"""The e-mail in the morning, to a moderator or deputy for whom something is due today or late, and never without.

Who is away gets none: what only they could do meanwhile is due for the deputy of the space.

It says how much of what kind, and nothing of what that is: no title, no name. What is true is counted when it leaves.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.domain.desk import numbers, waiting
from forum.domain.desk.queues.registry import QUEUES
from forum.domain.mailing import notices
from forum.domain.mailing.mail_queue import mail_row, queue_rows
from forum.domain.spaces import absences
from forum.infra import clock, days, workdays
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane, OutgoingMail
from forum.policy.actors import Actor, actor_of, actors_of

LETTER = "desk_due"
FROM_HOUR, UNTIL_HOUR = 7, 10  # in the time zone of each


@dataclass(frozen=True, slots=True)
class DueLine:
    """A kind of what waits, and how much of it is due."""

    title: Any
    number: int


def queue_batch(*, after_id: int) -> int | None:
    """Queue the mail of today for the next moderators for whom it is a working morning; return as `numbers` does.

    Queued once a day for each, by its key.
    """
    ids = numbers.moderators(after_id=after_id)
    actors = {one.id: one for one in actors_of(ids).values() if _is_morning(one)}
    keys = {one.id: f"{LETTER}.{days.today(one.timezone)}.{one.id}" for one in actors.values()}
    queued = set(db.session.scalars(select(OutgoingMail.key).where(OutgoingMail.key.in_(keys.values()))))
    gone = absences.away_today(keys)
    left = [member_id for member_id, key in keys.items() if key not in queued and member_id not in gone]
    due = [member_id for member_id in left if _due(actors[member_id])]
    moments = notices.leaves_at(due, clock.now())
    queue_rows(
        [
            mail_row(
                LETTER,
                key=keys[member_id],
                lane=Lane.BULK,
                member_id=member_id,
                not_before=moments[member_id],
            )
            for member_id in due
        ]
    )
    return ids[-1] if len(ids) == numbers.BATCH else None


def due_of(member: Member) -> list[DueLine]:
    """Return what is due for a moderator or deputy now, by its kinds; nothing for who is neither, or away."""
    actor = actor_of(member.id)
    return _due(actor) if actor is not None and not absences.away_today([actor.id]) else []


def moderates(member: Member) -> bool:
    """Return whether somebody has a desk of their own, where it stands; a deputy has a page."""
    actor = actor_of(member.id)
    return actor is not None and actor.moderates


def _due(actor: Actor) -> list[DueLine]:
    everything = numbers.everything(actor)
    found = waiting.counts(everything) if everything is not None else {}
    lines = [(queue, found[queue.name].due) for queue in QUEUES if queue.name in found]
    return [DueLine(queue.title, due) for queue, due in lines if due]


def _is_morning(actor: Actor) -> bool:
    hour = clock.now().astimezone(days.zone_of(actor.timezone)).hour
    return FROM_HOUR <= hour < UNTIL_HOUR and workdays.is_workday(days.today(actor.timezone))
