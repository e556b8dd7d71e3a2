"""Showing that an address works again: a letter goes there, and the link in it lets mail go there as before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select

from forum.domain.mailing import bounces
from forum.domain.mailing.mail_queue import queue_mail
from forum.infra import clock, tokens
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.bounces import Bounce, Suppression
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

LETTER = "address_works"
ADDRESS = "address"  # the purpose of the token
BETWEEN = timedelta(minutes=10)  # two letters of that kind


@dataclass(frozen=True, slots=True)
class Trial:
    """What the letter says: since when mail came back, and the token of its link."""

    since_at: datetime
    token: str


def ask_for_trial(actor: Actor) -> bool:
    """Queue the letter with which a member shows that their address works.

    False when nothing is stopped, or so soon after another.
    """
    if actor.mail_stopped_at is None:
        return False
    slot = int(clock.now().timestamp() // BETWEEN.total_seconds())
    return queue_mail(
        LETTER,
        key=f"{LETTER}.{actor.id}.{slot}",
        lane=Lane.DIRECT,
        member_id=actor.id,
        payload={"since": actor.mail_stopped_at.isoformat()},
    )


def trial_asked_at(actor: Actor) -> datetime | None:
    """Return when the member asked for that letter; None when they did not, or when it came back too."""
    asked = select(func.max(OutgoingMail.created_at)).where(
        OutgoingMail.member_id == actor.id,
        OutgoingMail.kind == LETTER,
        OutgoingMail.created_at >= actor.mail_stopped_at,
        OutgoingMail.state.not_in([MailState.FAILED, MailState.CANCELLED]),
    )
    asked_at = db.session.scalar(asked)
    if asked_at is None:
        return None
    came_back = select(exists().where(Bounce.email == actor.email, Bounce.at >= asked_at))
    return None if db.session.scalar(came_back) else asked_at


def trial(member: Member, since: str) -> Trial | None:
    """Return what that letter says; None when mail goes to the address again, or was stopped anew."""
    stop = _stop(member)
    if stop is None or stop.since_at.isoformat() != since:
        return None
    return Trial(stop.since_at, tokens.sign(ADDRESS, {"m": member.id, "s": since}))


def address_behind(token: str) -> tuple[str, bool]:
    """Return the address that a link is about, and whether mail to it is stopped still; NotFound for another link.

    A link of before the last stop shows nothing about the address of today: NotFound.
    """
    member, since = _read(token)
    stop = _stop(member)
    if stop is not None and stop.since_at.isoformat() != since:
        raise NotFound
    return member.email, stop is not None


def prove(token: str) -> None:
    """Send mail to the address of the link again: whoever has the link reads its mail. NotFound as above."""
    address, is_stopped = address_behind(token)
    if is_stopped:
        bounces.lift(address)


def _read(token: str) -> tuple[Member, str]:
    try:
        payload = tokens.read(ADDRESS, token)
        number, since = int(payload["m"]), str(payload["s"])
    except (tokens.BadToken, KeyError, ValueError):
        raise NotFound from None
    member = db.session.get(Member, number, populate_existing=True)
    if member is None:
        raise NotFound
    return member, since


def _stop(member: Member) -> Suppression | None:
    query = select(Suppression).where(Suppression.email == member.email, Suppression.lifted_at.is_(None))
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
