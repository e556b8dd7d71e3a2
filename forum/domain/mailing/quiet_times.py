"""The quiet hours of members, as they chose them, and what waits for them when these or their time zone change."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from forum.domain.mailing import notices, quiet_hours
from forum.domain.mailing.stops import DIGEST
from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.infra.rows import upsert
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.notifications import Notification
from forum.models.subscriptions import QuietHours
from forum.models.undo import UndoableAct


def chosen(member_id: int) -> tuple[int, int] | None:
    """Return from which hour until which no notice reaches a member, in their own time zone; None for none."""
    hours = select(QuietHours.from_hour, QuietHours.until_hour).where(QuietHours.member_id == member_id)
    row = db.session.execute(hours).first()
    return (row.from_hour, row.until_hour) if row is not None else None


def choose(member_id: int, hours: tuple[int, int] | None) -> None:
    """Keep the quiet hours of a member, None for none; where they change, what waits for them leaves by these."""
    if hours == chosen(member_id):
        return
    if hours is None:
        db.session.execute(delete(QuietHours).where(QuietHours.member_id == member_id))
    else:
        row = {"member_id": member_id, "from_hour": hours[0], "until_hour": hours[1]}
        upsert(QuietHours, [row], keys=("member_id",))
    replan(member_id)


def replan(member_id: int) -> None:
    """Let what waits for a member leave as if it were planned by the quiet hours and the time zone of now.

    Not before what it tells can no longer be undone, and notices no earlier than they are bundled. What waits for its
    next try, and the digest, stay as they are.
    """
    mails = _waiting(member_id)
    rows = _notices(mails)
    moments = _moments(member_id, mails, rows)
    for key, moment in moments.items():
        mails[key].next_try_at = moment
        if key in rows:
            rows[key].mail_at = moment
    if moments:
        wakeups.announce(db.session)
    db.session.flush()


def _waiting(member_id: int) -> dict[str, OutgoingMail]:
    """The mails that are planned for later, by their keys."""
    planned = select(OutgoingMail).where(
        OutgoingMail.member_id == member_id,
        OutgoingMail.lane != Lane.DIRECT,
        OutgoingMail.kind != DIGEST,
        OutgoingMail.state == MailState.QUEUED,
        OutgoingMail.reason == "",
        OutgoingMail.next_try_at > clock.now(),
    )
    planned = planned.order_by(OutgoingMail.id).with_for_update().execution_options(populate_existing=True)
    return {mail.key: mail for mail in db.session.scalars(planned)}


def _notices(mails: Mapping[str, OutgoingMail]) -> dict[str, Notification]:
    """The notifications for which some of them are planned, by the same keys, in the order in which they were told."""
    ids = [notices.told_by(mail.key) for mail in mails.values() if mail.kind == notices.LETTER]
    told = select(Notification).where(Notification.id.in_(ids), Notification.mail_id.is_(None))
    told = told.order_by(Notification.created_at, Notification.id).execution_options(populate_existing=True)
    return {notices.key_of(row.id): row for row in db.session.scalars(told)}


def _moments(
    member_id: int, mails: Mapping[str, OutgoingMail], rows: Mapping[str, Notification]
) -> dict[str, datetime]:
    """When each of them leaves, by its key."""
    now, until = clock.now(), _undone_until(list(mails.values()))
    found: dict[str, datetime] = {}
    bundles: set[datetime] = set()
    hours = chosen(member_id)
    zone = db.session.scalar(select(Member.timezone).where(Member.id == member_id))

    def awake(moment: datetime) -> datetime:
        later = max(moment, now)
        if hours is None:
            return later
        return quiet_hours.leaves_at(later, zone=zone, from_hour=hours[0], until_hour=hours[1])

    for key, row in rows.items():
        earliest = max(row.created_at, row.shown_at or row.created_at)
        # With the first that leaves late enough, as it was planned.
        with_another = [moment for moment in bundles if moment > earliest]
        found[key] = min([awake(earliest + notices.BUNDLED), *with_another])
        bundles.add(found[key])
    letters = {key: mail for key, mail in mails.items() if mail.kind != notices.LETTER}
    return found | {key: awake(until.get(mail.payload.get("act_id"), now)) for key, mail in letters.items()}


def _undone_until(mails: Sequence[OutgoingMail]) -> dict[int | None, datetime]:
    """Until when the acts can be undone of which some of them tell."""
    acts = [mail.payload["act_id"] for mail in mails if mail.payload.get("act_id") is not None]
    rows = db.session.execute(select(UndoableAct.id, UndoableAct.until).where(UndoableAct.id.in_(acts)))
    return {row.id: row.until for row in rows}
