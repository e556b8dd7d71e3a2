"""How much mail one domain gets in an hour: mail servers take little from a sender that they do not know yet.

Without MAIL_PER_DOMAIN_PER_HOUR there is no bound. What somebody waits for is never kept back, but counted first. Of
what that leaves, digests leave a quarter, and one at least, to what is told at once, which thousands of them must not
keep waiting; and that leaves an eighth, and one at least, to them. Where it leaves one they take turns by the hour.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, false, func, or_, select, true

from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.spaces import AccessRequest, Invitation

HOUR = timedelta(hours=1)
# After that long everything has been written that was sent by a moment, also by another clock.
SETTLES = timedelta(minutes=2)
# For that long a count of what has settled is used again: a domain gets less meanwhile, never more.
KEPT = timedelta(minutes=1)
LOCK = 0x1EE8 << 32  # of those who claim under a bound, among the advisory locks of the database


Got = Mapping[tuple[str, Lane], int]  # how many mails of each lane a domain got


@dataclass(frozen=True, slots=True)
class Bound:
    """How many mails one domain may have got in an hour for one more of a lane to leave.

    `most` of all lanes together; and of those that share with this one, its part of what lane direct leaves.
    """

    most: int
    of: tuple[Lane, ...]
    has_turn: bool

    def may_leave(self, got: Got) -> ColumnElement[bool]:
        """Return what is true of a mail that may leave."""
        if not self._share(self.most):
            return false()
        full = self.full(got)
        return _domain().not_in(full) if full else true()

    def full(self, got: Got) -> list[str]:
        """Return the domains that may not get more, of those that got any."""
        return sorted({domain for domain, _lane in got if not self.has_room(got, domain)})

    def within(self, got: Got, mails: Sequence[OutgoingMail]) -> list[OutgoingMail]:
        """Return those of these mails, in their order, with which no domain gets more (one query)."""
        named = select(OutgoingMail.id, _domain().label("domain")).where(
            OutgoingMail.id.in_([each.id for each in mails])
        )
        domains = {row.id: row.domain for row in db.session.execute(named)}
        counts, taken = Counter(got), []
        for mail in mails:
            if self.has_room(counts, domains[mail.id]):
                counts[domains[mail.id], mail.lane] += 1
                taken.append(mail)
        return taken

    def has_room(self, got: Got, domain: str) -> bool:
        """Return whether that domain may get one more."""
        return self.reached(got, domain) is None

    def reached(self, got: Got, domain: str) -> int | None:
        """Return which number of mails that domain got, so that it may not get one more; None where it may.

        `most`, or fewer: the share of the lane. 0 where one is left and the lane has no turn in this hour.
        """
        counts = {lane: got.get((domain, lane), 0) for lane in Lane}
        if sum(counts.values()) >= self.most:
            return self.most
        share = self._share(self.most - counts[Lane.DIRECT])
        return share if sum(counts[lane] for lane in self.of) >= share else None

    def _share(self, left: int) -> int:
        if left == 1:
            return int(self.has_turn)
        return left - max(1, left // 8) if Lane.NOTICE in self.of else left * 3 // 4


def bound_of(lane: Lane) -> Bound | None:
    """Return what bounds the mail of this lane to one domain at this moment; None for any number."""
    most: int = current_app.config["MAIL_PER_DOMAIN_PER_HOUR"]
    if lane == Lane.DIRECT or not most:
        return None
    is_told_at_once = lane == Lane.NOTICE
    of = (Lane.NOTICE,) if is_told_at_once else (Lane.BULK, Lane.SLOW)
    return Bound(most, of, has_turn=is_told_at_once == (int(clock.now().timestamp()) // 3600 % 2 == 0))


class Tally:
    """How many mails each domain got in the last hour, with what is on its way, for whoever asks again and again.

    What has settled is counted once a minute, which takes long where it is much, and only the rest each time.
    """

    def __init__(self) -> None:
        # Until when it counted, and what: one value, as threads may share it.
        self._settled: tuple[datetime, Counter[tuple[str, Lane]]] | None = None

    def read(self) -> Got:
        """Return them (one query; two, once a minute)."""
        now = clock.now()
        kept = self._settled
        if kept is None or not kept[0] <= now < kept[0] + KEPT:
            within = OutgoingMail.sent_at > now - HOUR, OutgoingMail.sent_at <= now - SETTLES
            kept = self._settled = (now, _counted(*within))
        lately = or_(OutgoingMail.sent_at > kept[0] - SETTLES, OutgoingMail.state == MailState.SENDING)
        return kept[1] + _counted(lately)


def take_turns() -> None:
    """Let nobody else claim until this transaction ends: two who count at once would both take what is left."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


@dataclass(frozen=True, slots=True)
class Due:
    """How much mail of a lane is due for a domain, and since when."""

    lane: Lane
    domain: str
    count: int
    oldest_at: datetime


def due() -> list[Due]:
    """Return what waits to be sent at this moment, but for what nothing keeps back (one query)."""
    waits = (OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= clock.now())
    rows = _by_domain(OutgoingMail.lane != Lane.DIRECT, *waits)
    return [Due(lane, domain, count, oldest) for domain, lane, count, oldest in rows]


def _counted(*which: ColumnElement[bool]) -> Counter[tuple[str, Lane]]:
    return Counter({(domain, lane): count for domain, lane, count, _oldest in _by_domain(*which)})


def _by_domain(*which: ColumnElement[bool]) -> Any:
    """How many of these mails there are, by domain and lane, and since when the oldest is due."""
    domain = _domain().label("domain")
    query = select(domain, OutgoingMail.lane, func.count(), func.min(OutgoingMail.next_try_at))
    return db.session.execute(query.where(*which).group_by(domain, OutgoingMail.lane))


def _domain() -> ColumnElement[str]:
    """The domain to which a mail goes, as part of a query; empty where nobody is there any more."""
    address = func.coalesce(
        select(Member.email).where(Member.id == OutgoingMail.member_id).scalar_subquery(),
        select(Invitation.email).where(Invitation.id == OutgoingMail.invitation_id).scalar_subquery(),
        select(AccessRequest.email)
        .where(AccessRequest.id == OutgoingMail.access_request_id)
        .scalar_subquery(),
        "@",
    )
    if db.session.get_bind().dialect.name == "postgresql":
        return func.split_part(address, "@", 2)
    return func.substr(address, func.instr(address, "@") + 1)
