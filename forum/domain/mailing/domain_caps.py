"""How much mail one domain gets in an hour: mail servers take little from a sender that they do not know yet.

Without MAIL_PER_DOMAIN_PER_HOUR there is no bound. What somebody waits for is never kept back, but counted. Digests
fill three quarters of it: thousands of them to one domain must not keep waiting what is told at once.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select, true

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


def bound_of(lane: Lane) -> int | None:
    """Return how many mails one domain may have got in an hour for one of this lane to leave; None for any number."""
    most: int = current_app.config["MAIL_PER_DOMAIN_PER_HOUR"]
    if lane == Lane.DIRECT or not most:
        return None
    return most if lane == Lane.NOTICE else max(1, most * 3 // 4)


class Tally:
    """How many mails each domain got in the last hour, with what is on its way, for whoever asks again and again.

    What has settled is counted once a minute, which takes long where it is much, and only the rest each time.
    """

    def __init__(self) -> None:
        self._settled: Counter[str] = Counter()
        self._read_at: datetime | None = None

    def read(self) -> Counter[str]:
        """Return them (one query; two, once a minute)."""
        now = clock.now()
        if self._read_at is None or not self._read_at <= now < self._read_at + KEPT:
            self._read_at = now
            self._settled = _counted(OutgoingMail.sent_at > now - HOUR, OutgoingMail.sent_at <= now - SETTLES)
        since = self._read_at - SETTLES
        lately = or_(OutgoingMail.sent_at > since, OutgoingMail.state == MailState.SENDING)
        return self._settled + _counted(lately)


def full(bound: int, got: Mapping[str, int]) -> list[str]:
    """Return the domains that may not get more."""
    return [domain for domain, count in got.items() if count >= bound]


def not_to(domains: Collection[str]) -> ColumnElement[bool]:
    """Return what is true of a mail to none of these domains."""
    return _domain().not_in(domains) if domains else true()


def take_turns() -> None:
    """Let nobody else claim until this transaction ends: two who count at once would both take what is left."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def within(bound: int, got: Mapping[str, int], mails: Sequence[OutgoingMail]) -> list[OutgoingMail]:
    """Return those of these mails, in their order, with which no domain gets more (one query)."""
    named = select(OutgoingMail.id, _domain().label("domain")).where(
        OutgoingMail.id.in_([each.id for each in mails])
    )
    domains = {row.id: row.domain for row in db.session.execute(named)}
    counts, taken = Counter(got), []
    for mail in mails:
        if counts[domains[mail.id]] < bound:
            counts[domains[mail.id]] += 1
            taken.append(mail)
    return taken


def _counted(*which: ColumnElement[bool]) -> Counter[str]:
    domain = _domain().label("domain")
    query = select(domain, func.count().label("sent")).where(*which).group_by(domain)
    return Counter({row.domain: row.sent for row in db.session.execute(query)})


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
