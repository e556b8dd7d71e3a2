"""Writes what members are told, once for an event, and plans the mails that carry what has no letter of its own.

Whom a row is for, its caller asked the rule of reading. It is asked again when the row is shown, counted or mailed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, literal, select, update

from forum.domain.mailing import mail_queue, notice_choices, quiet_hours
from forum.domain.mailing.kinds import KINDS
from forum.domain.mailing.reasons import way
from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new, update_rows
from forum.models.accounts import Member
from forum.models.events import Event
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.notifications import Notification
from forum.models.subscriptions import Delivery, QuietHours

LETTER = "notices"
BUNDLED = timedelta(minutes=3)  # what comes in the meantime goes with the same mail
KEPT = timedelta(days=365)
AT_ONCE = 500  # rows in one statement


@dataclass(frozen=True, slots=True)
class Subject:
    """What it is about: its reader must be allowed to see all of it, or there is no trace of it."""

    thread_id: int | None = None
    post_id: int | None = None
    lesson_id: int | None = None
    space_id: int | None = None


class Told(NamedTuple):
    """A row that was written."""

    id: int
    member_id: int
    kind: str


def tell(
    kinds: Mapping[int, str],
    *,
    event_id: int,
    about: Subject,
    actor_id: int | None = None,
    shown_at: datetime | None = None,
) -> list[Told]:
    """Write what each of these members is told of an event, its kind by their ids; return those that are new.

    `actor_id` is who did it. Nothing shows before `shown_at`, when it can no longer be undone.
    """
    common = {
        **asdict(about),
        "event_id": event_id,
        "actor_id": actor_id,
        "created_at": clock.now(),
        "shown_at": shown_at,
    }
    rows = [{"member_id": member_id, "kind": kind, **common} for member_id, kind in sorted(kinds.items())]
    returned = (Notification.id, Notification.member_id, Notification.kind)
    return [
        Told(*row)
        for start in range(0, len(rows), AT_ONCE)
        for row in insert_new(Notification, rows[start : start + AT_ONCE], *returned)
    ]


def key_of(notification_id: int) -> str:
    """Return the key of the mail that is planned for a notification."""
    return f"{LETTER}.{notification_id}"


def told_by(key: str) -> int:
    """Return the id of the notification for which the mail of that key is planned."""
    return int(key.removeprefix(f"{LETTER}."))


def plan(
    told: Sequence[Told],
    *,
    happened_at: datetime,
    shown_at: datetime | None = None,
    reasons: Mapping[int, Sequence[str]] = MappingProxyType({}),
    subscribed: Mapping[int, Delivery] = MappingProxyType({}),
) -> None:
    """Queue a mail for each of these rows that reaches its member at once: in a few minutes, outside quiet hours.

    By member id: `reasons` are all that there are, the strongest first, where they are several; and `subscribed` is
    what their own subscriptions say of the thread, as `reasons.way` takes it.
    """
    to_mail = _at_once(told, reasons, subscribed)
    if not to_mail:
        return
    earliest = max(clock.now(), shown_at or clock.now())
    moments = _moments({one.member_id for one in to_mail}, earliest)
    by_moment: dict[datetime, list[int]] = defaultdict(list)
    for one in to_mail:
        by_moment[moments[one.member_id]].append(one.id)
    for mail_at, ids in by_moment.items():
        _set_moment(ids, mail_at)
    mail_queue.queue_rows(
        [
            mail_queue.mail_row(
                LETTER,
                key=key_of(one.id),
                lane=Lane.NOTICE,
                member_id=one.member_id,
                due_at=happened_at,
                not_before=moments[one.member_id],
            )
            for one in to_mail
        ]
    )


def leaves_at(member_ids: Collection[int], earliest: datetime) -> dict[int, datetime]:
    """Return when a notice leaves for each of these members: at a moment, or when their quiet hours end (one query)."""
    rows = db.session.execute(
        select(Member.id, Member.timezone, QuietHours.from_hour, QuietHours.until_hour)
        .join(QuietHours, QuietHours.member_id == Member.id)
        .where(Member.id.in_(list(member_ids)))
    )
    awake = {
        row.id: quiet_hours.leaves_at(
            earliest, zone=row.timezone, from_hour=row.from_hour, until_hour=row.until_hour
        )
        for row in rows
    }
    return {member_id: awake.get(member_id, earliest) for member_id in member_ids}


def own_mail_is_over() -> ColumnElement[bool]:
    """Return whether the mail that was planned for a notification is: what that left out, no later one carries."""
    key = literal(f"{LETTER}.") + cast(Notification.id, String)
    ended = OutgoingMail.state.not_in((MailState.QUEUED, MailState.SENDING))
    return exists().where(OutgoingMail.key == key, ended).correlate(Notification)


def forget(act_id: int, *, since: datetime) -> None:
    """Delete what was written about an act of that moment that was undone, before anybody was told of it."""
    waiting = (Notification.created_at >= since, Notification.shown_at > clock.now())
    found = db.session.execute(
        select(Event.id, Event.payload).where(Event.id.in_(select(Notification.event_id).where(*waiting)))
    )
    undone = [row.id for row in found if row.payload.get("act_id") == act_id]
    if undone:
        db.session.execute(delete(Notification).where(*waiting, Notification.event_id.in_(undone)))


def forget_planned(kinds: Collection[str], *, about: Subject) -> None:
    """Delete what of these kinds was written about one thing and shows to nobody yet: by then it is no longer so."""
    planned = (Notification.kind.in_(list(kinds)), Notification.shown_at > clock.now())
    db.session.execute(delete(Notification).where(*planned, *_named(about)))


def take_back(kind: str, member_id: int | None, *, about: Subject) -> bool:
    """Delete what a member, or anybody (None), was told as this kind and did not read yet; return whether any was.

    `about` names the one thing that it is about.
    """
    told = [Notification.kind == kind, Notification.read_at.is_(None)]
    if member_id is not None:
        told.append(Notification.member_id == member_id)
    gone = db.session.execute(delete(Notification).where(*told, *_named(about)).returning(Notification.id))
    return gone.first() is not None


def forget_old() -> int:
    """Delete a batch of what was told more than a year ago; return how many."""
    old = select(Notification.id).where(Notification.created_at < clock.now() - KEPT)
    ids = db.session.scalars(old.order_by(Notification.created_at).limit(AT_ONCE)).all()
    db.session.execute(delete(Notification).where(Notification.id.in_(ids)))
    return len(ids)


def _named(about: Subject) -> list[ColumnElement[bool]]:
    return [getattr(Notification, name) == its_id for name, its_id in asdict(about).items() if its_id]


def _at_once(
    told: Sequence[Told], reasons: Mapping[int, Sequence[str]], subscribed: Mapping[int, Delivery]
) -> list[Told]:
    """Those that have no letter of their own and come at once by what their member chose (one query)."""
    mailed = {one.member_id: one for one in told if not KINDS[one.kind].letters}
    choices = notice_choices.chosen_by(mailed) if mailed else {}
    ways = {
        member_id: way(
            reasons.get(member_id, (one.kind,)), choices.get(member_id, {}), subscribed.get(member_id)
        )
        for member_id, one in mailed.items()
    }
    return [one for member_id, one in mailed.items() if ways[member_id].is_at_once]


def _moments(member_ids: Collection[int], earliest: datetime) -> dict[int, datetime]:
    """When a mail leaves for each: with the one that already waits for them, if it leaves late enough, but not later.

    That one may wait for the end of quiet hours that were taken away since.
    """
    waiting = (
        select(Notification.member_id, func.min(Notification.mail_at).label("mail_at"))
        .where(
            Notification.member_id.in_(member_ids),
            Notification.mail_at > earliest,
            Notification.mail_id.is_(None),
            Notification.read_at.is_(None),
        )
        .group_by(Notification.member_id)
    )
    with_another = {row.member_id: row.mail_at for row in db.session.execute(waiting)}
    alone = leaves_at(member_ids, earliest + BUNDLED)
    return {one: min(moment, with_another.get(one, moment)) for one, moment in alone.items()}


def _set_moment(ids: Iterable[int], mail_at: datetime) -> None:
    update_rows(
        update(Notification)
        .where(Notification.id.in_(list(ids)))
        .values(mail_at=mail_at)
        .execution_options(synchronize_session=False)
    )
