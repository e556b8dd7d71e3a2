"""How many people call our mail unwanted: mail providers count too, and refuse the mail of everybody where it is many.

Above one in a thousand who runs the forum is warned; above three the digests wait, until it is less or somebody who
knows why says that they may go. Fewer than five people say nothing.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.models.bounces import Bounce, BounceKind, Suppression
from forum.models.mail import Lane, OutgoingMail

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
    who = select(func.count(func.distinct(Bounce.email)))
    who = who.where(Bounce.kind == BounceKind.COMPLAINT, Bounce.at > since)
    stopped = select(func.count()).select_from(Suppression).where(Suppression.lifted_at.is_(None))
    people, addresses = db.session.execute(select(who.scalar_subquery(), stopped.scalar_subquery())).one()
    if people < FEWEST:
        return Complaints(people, 0, addresses)
    sent = select(func.count()).where(OutgoingMail.sent_at > since, OutgoingMail.lane != Lane.DIRECT)
    return Complaints(people, db.session.scalars(sent).one(), addresses)


def lift() -> Complaints | None:
    """Count the complaints of this week no more, and let digests go; return what was counted, None when they go anyway.

    Who complained stays unsubscribed: that was done when they did. Older complaints stay as they are: they count for
    nothing any longer.
    """
    counted = of_last_week()
    if not counted.stop_digests:
        return None
    counting = Bounce.kind == BounceKind.COMPLAINT, Bounce.at > clock.now() - WINDOW
    db.session.execute(delete(Bounce).where(*counting))
    wakeups.announce(db.session)
    log.warning(
        "digests go again, though %s people called one of %s mails unwanted", counted.people, counted.sent
    )
    return counted
