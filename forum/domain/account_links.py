"""The signed links of account mails: what is in each, how long it lives, and what ends it sooner."""

from datetime import timedelta

from sqlalchemy import select

from forum.infra import tokens
from forum.infra.db import db
from forum.infra.tokens import BadToken
from forum.models.accounts import Member
from forum.models.spaces import Invitation
from forum.policy.errors import NotFound

CONFIRM_WITHIN = timedelta(days=3)
RESET_WITHIN = timedelta(hours=1)
INVITE_WITHIN = timedelta(days=28)


def confirm_token(member: Member) -> str:
    """For the link that confirms an address; dies when the address changes."""
    return tokens.sign("confirm", {"member": member.id, "email": member.email})


def confirmed_member(token: str) -> Member | None:
    """The member whose address this link confirms, or None."""
    payload = _read("confirm", token, CONFIRM_WITHIN)
    return _member(payload, Member.email == payload["email"]) if payload else None


def reset_token(member: Member) -> str:
    """For the link that sets a new password; dies with its first use, with a newer link, and after an hour."""
    return tokens.sign("reset", {"member": member.id, "stamp": member.password_stamp})


def resetting_member(token: str) -> Member | None:
    """The member whose password this link may set, or None."""
    payload = _read("reset", token, RESET_WITHIN)
    return _member(payload, Member.password_stamp == payload["stamp"]) if payload else None


def invitation_token(invitation: Invitation) -> str:
    """For the link of an invitation; the row decides whether it is still good."""
    return tokens.sign("invite", {"invitation": invitation.id})


def invitation_id(token: str) -> int | None:
    """The id of the invitation behind a link, or None."""
    payload = _read("invite", token, INVITE_WITHIN)
    return int(payload["invitation"]) if payload else None


def unsubscribe_token(member_id: int) -> str:
    """For the link that stops the digest. It never expires: an old mail must still be able to stop the next."""
    return tokens.sign("unsubscribe", {"member": member_id})


def unsubscribing_member(token: str) -> int:
    """The id of the member behind an unsubscribe link; NotFound for a link that we never made."""
    payload = _read("unsubscribe", token, None)
    if payload is None:
        raise NotFound
    return int(str(payload["member"]))


def _read(purpose: str, token: str, within: timedelta | None) -> dict[str, object] | None:
    try:
        return tokens.read(purpose, token, max_age_seconds=int(within.total_seconds()) if within else None)
    except BadToken:
        return None


def _member(payload: dict[str, object], condition: object) -> Member | None:
    query = select(Member).where(Member.id == payload["member"], condition)
    return db.session.scalars(query).one_or_none()
