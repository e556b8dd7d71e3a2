"""Mail that came back: a score for each address, and addresses that get no mail until their owner says they work.

An address that does not exist stops at the first report: mail servers know unwanted senders by their letters to such
addresses. What comes back for now counts little, and half as much two weeks later. Nothing goes to a stopped address,
letters about security included: nobody would read them there. The exception is what somebody asks for in front of a
page at this moment (`ASKED_FOR`), such as a link to a new password: the address may work again, and whoever cannot
sign in has no other way to say so.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.accounts import Member
from forum.models.bounces import Bounce, BounceKind, Suppression
from forum.models.mail import MailState, OutgoingMail
from forum.models.spaces import Invitation

STOP = 1.0
WEIGHTS = {BounceKind.PERMANENT: STOP, BounceKind.TEMPORARY: 0.1, BounceKind.COMPLAINT: 0.0}
HALF_LIFE = timedelta(days=14)
FORGOTTEN = 10 * HALF_LIFE  # what is older weighs nothing
REASON = "address"  # of mail that is cancelled because nothing is sent to its address
ASKED_FOR = frozenset({"confirm_email", "already_member", "reset_password", "address_works"})


def record(email: str, kind: BounceKind, *, report: str, member_id: int | None, sent_at: datetime) -> bool:
    """Count a report about a mail that was sent then to an address.

    Return False when it counts for nothing: the same one was counted before, or its owner read mail there since.

    At the stop, nothing more is sent there. Who reports a letter as unwanted and has no account gets no more either; a
    member who does is unsubscribed by whoever calls this.
    """
    now = clock.now()
    lifted_at = db.session.scalar(select(Suppression.lifted_at).where(Suppression.email == email))
    if lifted_at is not None and sent_at <= lifted_at and kind != BounceKind.COMPLAINT:
        return False
    row = {"email": email, "member_id": member_id, "kind": kind, "report": report, "at": now}
    if not insert_new(Bounce, [row], Bounce.id):
        return False
    if score(email, at=now) >= STOP or (kind == BounceKind.COMPLAINT and member_id is None):
        _suppress(email, kind, now)
    return True


def score(email: str, *, at: datetime | None = None) -> float:
    """Return what the reports about an address weigh, since its owner last said that it works."""
    moment = at or clock.now()
    lifted = select(Suppression.lifted_at).where(Suppression.email == email).scalar_subquery()
    rows = db.session.execute(
        select(Bounce.kind, Bounce.at).where(
            Bounce.email == email, Bounce.at > moment - FORGOTTEN, or_(lifted.is_(None), Bounce.at > lifted)
        )
    )
    return float(
        sum(WEIGHTS[kind] * 0.5 ** (max(moment - when, timedelta(0)) / HALF_LIFE) for kind, when in rows)
    )


def _suppress(email: str, reason: BounceKind, now: datetime) -> None:
    insert_new(Suppression, [{"email": email, "reason": reason, "since_at": now}])
    row = db.session.get_one(Suppression, email, populate_existing=True, with_for_update=True)
    if row.lifted_at is not None:
        row.reason, row.since_at, row.lifted_at = reason, now, None
        db.session.flush()


def stopped(email: Any) -> ColumnElement[bool]:
    """Return what is true, as part of a query, of an address that gets no mail."""
    return exists().where(Suppression.email == email, Suppression.lifted_at.is_(None))


def is_stopped(email: str) -> bool:
    """Return whether an address gets no mail."""
    return bool(db.session.scalar(select(stopped(email))))


def cancel_waiting(email: str) -> list[OutgoingMail]:
    """Cancel what is queued for an address, but for what its owner asked for, and return it."""
    members = select(Member.id).where(Member.email == email)
    invitations = select(Invitation.id).where(Invitation.email == email)
    waiting = select(OutgoingMail).where(
        OutgoingMail.state == MailState.QUEUED,
        OutgoingMail.kind.not_in(ASKED_FOR),
        or_(
            OutgoingMail.member_id.in_(members),
            and_(OutgoingMail.member_id.is_(None), OutgoingMail.invitation_id.in_(invitations)),
        ),
    )
    # In one order, so that two who do it at once do not wait for each other.
    locked = waiting.order_by(OutgoingMail.id).with_for_update().execution_options(populate_existing=True)
    mails = list(db.session.scalars(locked))
    for mail in mails:
        mail.state, mail.reason = MailState.CANCELLED, REASON
    db.session.flush()
    return mails


def lift(email: str) -> None:
    """Send mail to an address again: whoever owns it has just read some. Doing it twice is the same."""
    row = db.session.get(Suppression, email, populate_existing=True, with_for_update=True)
    if row is not None and row.lifted_at is None:
        row.lifted_at = clock.now()
        db.session.flush()


def forget_old() -> None:
    """Forget reports that weigh nothing any more; what they stopped stays stopped."""
    db.session.execute(delete(Bounce).where(Bounce.at < clock.now() - FORGOTTEN))
