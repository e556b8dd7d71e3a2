"""Links in mails: signed, bound to one purpose, and expired once they are used or a newer one replaces them."""

import hmac

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.infra import clock, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.spaces import Invitation
from forum.policy.errors import DomainError, NotFound

CONFIRM, RESET, INVITATION, UNSUBSCRIBE = "confirm", "reset", "invitation", "unsubscribe"
CONFIRM_SECONDS = 14 * 24 * 3600
RESET_SECONDS = 60 * 60


class LinkExpired(DomainError):
    """A link that no longer works; `reason` says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason


def confirm_token(member: Member) -> str:
    """Return the token of the mail that asks a member to confirm their address."""
    return tokens.sign(CONFIRM, _stamped(member))


def reset_token(member: Member) -> str:
    """Return the token of the mail with which a member chooses a new password."""
    return tokens.sign(RESET, _stamped(member))


def invitation_token(invitation: Invitation) -> str:
    """Return the token of the mail that invites; how long it works stands in the row."""
    return tokens.sign(INVITATION, {"i": invitation.id})


def unsubscribe_token(member_id: int) -> str:
    """Return the token at the end of a digest: it works as long as the account exists."""
    return tokens.sign(UNSUBSCRIBE, {"m": member_id})


def confirming_member(token: str) -> Member:
    """Return the member whose address a link confirms; LinkExpired."""
    return _holder(CONFIRM, token, CONFIRM_SECONDS)


def resetting_member(token: str) -> Member:
    """Return the member whose password a link replaces; LinkExpired once it was used or is an hour old."""
    return _holder(RESET, token, RESET_SECONDS)


def invitation_of(token: str) -> Invitation:
    """Return the invitation behind a link with its space and who invites; LinkExpired, which says what became of it."""
    try:
        invitation_id = int(tokens.read(INVITATION, token)["i"])
    except (tokens.BadToken, KeyError, ValueError):
        raise LinkExpired(_("This link is not complete. Copy it whole from the e-mail.")) from None
    invitation = db.session.scalars(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(joinedload(Invitation.space), joinedload(Invitation.invited_by))
    ).one_or_none()
    if invitation is None or invitation.withdrawn_at is not None:
        raise LinkExpired(_("This invitation was withdrawn. Ask whoever invited you what happened."))
    if invitation.accepted_at is not None:
        raise LinkExpired(_("This invitation was already used. Do you have an account? Then sign in."))
    if invitation.expires_at <= clock.now():
        raise LinkExpired(
            _("This invitation is older than four weeks. Ask whoever invited you for a new one.")
        )
    return invitation


def unsubscribing_member(token: str) -> int:
    """Return the id of the member who wants no more letters; NotFound for a token that is not ours."""
    try:
        return int(tokens.read(UNSUBSCRIBE, token)["m"])
    except (tokens.BadToken, KeyError, ValueError):
        raise NotFound from None


def _stamped(member: Member) -> dict[str, int | str]:
    return {"m": member.id, "s": tokens.digest(member.password_stamp)[:16]}


def _holder(purpose: str, token: str, seconds: int) -> Member:
    try:
        claims = tokens.read(purpose, token, max_age_seconds=seconds)
        member = db.session.get(Member, int(claims["m"]), populate_existing=True)
        stamp = str(claims["s"])
    except (tokens.BadToken, KeyError, ValueError):
        raise LinkExpired(_("This link no longer works, or it is not complete.")) from None
    if member is None or not hmac.compare_digest(tokens.digest(member.password_stamp)[:16], stamp):
        raise LinkExpired(_("This link was used already, or a newer e-mail replaced it."))
    return member
