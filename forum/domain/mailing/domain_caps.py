"""How much mail one domain gets in an hour: mail servers take little from a sender that they do not know yet.

Without MAIL_PER_DOMAIN_PER_HOUR there is no bound. What somebody waits for is never kept back, but counted.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select

from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.spaces import AccessRequest, Invitation

HOUR = timedelta(hours=1)
LOCK = 0x1EE8 << 32  # of those who claim under a bound, among the advisory locks of the database


def bound_of(lane: Lane) -> int | None:
    """Return how many mails of a lane one domain gets in an hour; None for any number."""
    return None if lane == Lane.DIRECT else current_app.config["MAIL_PER_DOMAIN_PER_HOUR"] or None


def full(bound: int) -> list[str]:
    """Return the domains that got so many in the last hour, with what is on its way now (one query)."""
    query = _counts().having(func.count() >= bound)
    return [row.domain for row in db.session.execute(query)]


def not_full(bound: int) -> ColumnElement[bool]:
    """Return what is true of a mail to a domain that may get more."""
    return _domain().not_in(full(bound))


def take_turns() -> None:
    """Let nobody else claim until this transaction ends: two who count at once would both take what is left."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def within(bound: int, mails: Sequence[OutgoingMail]) -> list[OutgoingMail]:
    """Return those of these mails, in their order, with which no domain gets more."""
    named = select(OutgoingMail.id, _domain().label("domain")).where(
        OutgoingMail.id.in_([each.id for each in mails])
    )
    domains = {row.id: row.domain for row in db.session.execute(named)}
    got = Counter({row.domain: row.sent for row in db.session.execute(_counts())})
    taken = []
    for mail in mails:
        if got[domains[mail.id]] < bound:
            got[domains[mail.id]] += 1
            taken.append(mail)
    return taken


def _counts() -> Any:
    domain = _domain().label("domain")
    lately = or_(OutgoingMail.sent_at > clock.now() - HOUR, OutgoingMail.state == MailState.SENDING)
    return select(domain, func.count().label("sent")).where(lately).group_by(domain)


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
