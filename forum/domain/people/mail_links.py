"""Links in mails: signed, bound to one purpose, and expired once they are used or a newer one replaces them."""

import hmac
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.domain.mailing.stops import DIGEST
from forum.infra import clock, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.spaces import AccessRequest, Invitation
from forum.policy.errors import DomainError, NotFound

CONFIRM, RESET, INVITATION, UNSUBSCRIBE = "confirm", "reset", "invitation", "unsubscribe"
CONFIRM_SECONDS = 14 * 24 * 3600
RESET_SECONDS = 60 * 60


class LinkExpired(DomainError):
    """A link that no longer works; `reason` says why and what to do. `used`: what it was for may have been done."""

    def __init__(self, reason: str, *, used: bool = False) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.used = used


def confirm_token(request: AccessRequest) -> str:
    """Return the token of the mail that asks somebody to confirm their address: it is of this one request."""
    return tokens.sign(CONFIRM, _stamped(request.id, request.stamp))


def reset_token(member: Member) -> str:
    """Return the token of the mail with which a member chooses a new password."""
    return tokens.sign(RESET, _stamped(member.id, member.password_stamp))


def invitation_token(invitation: Invitation) -> str:
    """Return the token of the mail that invites; how long it works stands in the row."""
    return tokens.sign(INVITATION, {"i": invitation.id})


def unsubscribe_token(member_id: int, stop: str) -> str:
    """Return the token with which a member stops one kind of mail: it works as long as the account exists."""
    return tokens.sign(UNSUBSCRIBE, {"m": member_id, "l": stop})


def access_request_of(token: str) -> AccessRequest:
    """Return the request for access behind a link, with its space; LinkExpired once its address has an account."""
    number, stamp = _claims(CONFIRM, token, CONFIRM_SECONDS)
    request = db.session.get(
        AccessRequest, number, options=[joinedload(AccessRequest.space)], populate_existing=True
    )
    if request is None or not _fits(request.stamp, stamp):
        raise _replaced()
    known = select(Member.id).where(Member.email == request.email, Member.confirmed_at.is_not(None))
    if db.session.scalar(known) is not None:
        raise confirmed_already()
    return request


def confirmed_already() -> LinkExpired:
    """Return the error of a link to a request whose address has an account by now."""
    return LinkExpired(
        _("Your address is confirmed already. Sign in with the password that you chose then."), used=True
    )


def resetting_member(token: str) -> Member:
    """Return the member whose password a link replaces; LinkExpired once it was used or is an hour old."""
    number, stamp = _claims(RESET, token, RESET_SECONDS)
    member = db.session.get(Member, number, populate_existing=True)
    if member is None or not _fits(member.password_stamp, stamp):
        raise _replaced()
    return member


def invitation_of(token: str) -> Invitation:
    """Return the invitation behind a link with its space and who invites; LinkExpired, which says what became of it."""
    invitation = _behind(token)
    if invitation is None or invitation.withdrawn_at is not None:
        raise LinkExpired(_("This invitation was withdrawn. Ask whoever invited you what happened."))
    if invitation.accepted_at is not None:
        raise LinkExpired(_("This invitation was already used. Do you have an account? Then sign in."))
    if invitation.expires_at <= clock.now():
        raise LinkExpired(
            _("This invitation is older than four weeks. Ask whoever invited you for a new one.")
        )
    return invitation


def invitation_accepted_by(member_id: int, token: str) -> Invitation | None:
    """Return the invitation behind a link with its space, where that member accepted it; None for any other link."""
    try:
        invitation = _behind(token)
    except LinkExpired:
        return None
    return invitation if invitation is not None and invitation.accepted_by_id == member_id else None


def _behind(token: str) -> Invitation | None:
    try:
        invitation_id = int(tokens.read(INVITATION, token)["i"])
    except (tokens.BadToken, KeyError, ValueError):
        raise LinkExpired(_("This link is not complete. Copy it whole from the e-mail.")) from None
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(
            joinedload(Invitation.space),
            joinedload(Invitation.invited_by),
            joinedload(Invitation.responsible),
        )
    ).one_or_none()


class Unsubscribing(NamedTuple):
    """Whose mail of which kind somebody wants no more."""

    member_id: int
    stop: str


def unsubscribing(token: str) -> Unsubscribing:
    """Return who stops what; NotFound for a token that is not ours.

    Those of before named only the member: they stand in digests and stop only those.
    """
    try:
        claims = tokens.read(UNSUBSCRIBE, token)
        return Unsubscribing(int(claims["m"]), str(claims.get("l", DIGEST)))
    except (tokens.BadToken, KeyError, ValueError):
        raise NotFound from None


def is_account(member_id: int) -> bool:
    """Return whether there still is an account with that id."""
    return db.session.get(Member, member_id) is not None


def _stamped(number: int, stamp: str) -> dict[str, int | str]:
    # "m" also for a request: it has the number of the account that stood for one before there were requests, so that
    # links in letters of then still lead to it.
    return {"m": number, "s": tokens.digest(stamp)[:16]}


def _claims(purpose: str, token: str, seconds: int) -> tuple[int, str]:
    try:
        claims = tokens.read(purpose, token, max_age_seconds=seconds)
        return int(claims["m"]), str(claims["s"])
    except (tokens.BadToken, KeyError, ValueError):
        raise LinkExpired(_("This link no longer works, or it is not complete.")) from None


def _fits(kept: str, stamp: str) -> bool:
    return hmac.compare_digest(tokens.digest(kept)[:16], stamp)


def _replaced() -> LinkExpired:
    return LinkExpired(_("This link was used already, or a newer e-mail replaced it."), used=True)
