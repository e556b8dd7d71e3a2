"""How many people call our mail unwanted: mail providers count too, and refuse the mail of everybody where it is many.

Above one in a thousand who runs the forum is warned; above three the digests wait, until it is less or somebody who
knows why says that they may go. Fewer than five people say nothing. Only members count, each once, and only for mail
that is counted too: whoever asks for access or for a password in the name of others must not stop everybody's digest.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select

from forum.domain.mailing import notice_choices
from forum.domain.mailing.stops import ALL
from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.bounces import Bounce, BounceKind, Suppression
from forum.models.mail import Lane, OutgoingMail
from forum.models.subscriptions import Delivery, DigestChoice, Frequency

log = logging.getLogger(__name__)
WINDOW = timedelta(days=7)
FEWEST = 5  # people: a few who agree must not stop the digests of a small network
WARNS_AT, STOPS_AT = 0.001, 0.003


@dataclass(frozen=True, slots=True)
class Complaints:
    """So many people called one of so many mails of the last week unwanted; so many addresses get no mail at all."""

    people: int
    sent: int
    stopped_addresses: int

    @property
    def are_many(self) -> bool:
        """Whether somebody should ask why."""
        return self.people >= FEWEST and self.people >= WARNS_AT * self.sent

    @property
    def stop_digests(self) -> bool:
        """Whether digests wait until it is less."""
        return self.people >= FEWEST and self.people >= STOPS_AT * self.sent


def of_last_week() -> Complaints:
    """Return how many complained in the last week, of how many mails (one query where nearly nobody did)."""
    since = clock.now() - WINDOW
    who = select(func.count(func.distinct(Bounce.member_id))).where(*_counting())
    stopped = select(func.count()).select_from(Suppression).where(Suppression.lifted_at.is_(None))
    people, addresses = db.session.execute(select(who.scalar_subquery(), stopped.scalar_subquery())).one()
    if people < FEWEST:
        return Complaints(people, 0, addresses)
    sent = select(func.count()).where(OutgoingMail.sent_at > since, OutgoingMail.lane != Lane.DIRECT)
    return Complaints(people, db.session.scalars(sent).one(), addresses)


def members() -> list[int]:
    """Return the ids of who complained in the last week: many of one house or of one day tell why."""
    return list(
        db.session.scalars(select(Bounce.member_id).where(*_counting()).distinct().order_by(Bounce.member_id))
    )


def counts(mail: OutgoingMail) -> bool:
    """Return whether a complaint about a mail counts: it could be stopped, and its member has not stopped all of it.

    Whoever was unsubscribed by an earlier complaint says nothing new with the letters of before, also after a `lift`.
    """
    if mail.member_id is None or mail.lane == Lane.DIRECT:
        return False
    choice = db.session.get(DigestChoice, mail.member_id)
    has_digest = choice is not None and choice.frequency != Frequency.NEVER
    return has_digest or notice_choices.chosen(mail.member_id).get(ALL.name) != Delivery.NOTHING


def lift() -> Complaints | None:
    """Count the complaints of this week no more, and let digests go; return what was counted, None when they go anyway.

    Who complained stays unsubscribed: that was done when they did. Older complaints stay as they are: they count for
    nothing any longer.
    """
    counted = of_last_week()
    if not counted.stop_digests:
        return None
    db.session.execute(delete(Bounce).where(*_counting()))
    wakeups.announce(db.session)
    log.warning(
        "digests go again, though %s people called one of %s mails unwanted", counted.people, counted.sent
    )
    return counted


def _counting() -> tuple[ColumnElement[bool], ...]:
    return (
        Bounce.kind == BounceKind.COMPLAINT,
        Bounce.member_id.in_(select(Member.id).where(Member.suspended_at.is_(None))),
        Bounce.at > clock.now() - WINDOW,
    )
