"""Passwords of members: signing in, a forgotten one, a new one. Known and unknown addresses get the same answer."""

from flask import current_app
from sqlalchemy import update

from forum.domain.mailing import events
from forum.domain.people import accounts, mail_links, sessions
from forum.infra import addresses, passwords, rates, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import claim
from forum.models.accounts import Member
from forum.policy.actors import Actor, actor_for
from forum.policy.errors import Invalid

# Counted for an account at one address, so that a stranger who guesses does not lock the owner out elsewhere.
GUESSES = "10 per 15 minutes"
GUESSES_FROM_ONE_PLACE = "100 per 15 minutes"
LETTERS = "3 per hour"
LETTERS_FROM_ONE_PLACE = "20 per hour"
DEMO_PEOPLE = "@demo.leerkring.example"


def sign_in(email: str, password: str, *, address: str, device: str) -> tuple[str, Actor]:
    """Return the secret of a new device and the actor; Invalid at `password`, in the same words and time in every case.

    `address` is where the request comes from; TooOften above the limits for the account and for that address.
    """
    email = addresses.key(email)
    rates.spend("sign_in", f"account:{tokens.digest(email)}@{address}", limit=GUESSES)
    rates.spend("sign_in_place", f"address:{address}", limit=GUESSES_FROM_ONE_PLACE)
    member = accounts.by_email(email)
    fits = passwords.verify(member.password_hash if member else None, password) and not is_shut_out(email)
    if member is None or not fits or member.confirmed_at is None or member.suspended_at is not None:
        raise Invalid("password", _("This e-mail address and this password do not match."))
    if member.password_hash and passwords.needs_rehash(member.password_hash):
        member.password_hash = passwords.hash_password(password)
    return begin(member, device=device)


def is_shut_out(address: str) -> bool:
    """Return whether this is an account of the demo outside the demo: its password is public."""
    return address.endswith(DEMO_PEOPLE) and not current_app.config["DEMO"]


def begin(member: Member, *, device: str) -> tuple[str, Actor]:
    """Sign a device in for a member who has just proven who they are; return its secret and the actor."""
    return sessions.begin(member, device=device), actor_for(member)


def request_reset(email: str, *, address: str) -> None:
    """Send a link for a new password to that address, if it has an account; nobody can see whether it has. TooOften."""
    email = addresses.key(email)
    rates.spend("forgot", f"address:{address}", limit=LETTERS_FROM_ONE_PLACE)
    rates.spend("forgot_account", f"account:{tokens.digest(email)}", limit=LETTERS)
    member = accounts.by_email(email)
    reachable = member is not None and member.suspended_at is None
    # Recorded for unknown addresses too: the same work takes the same time.
    events.record("password.forgotten", member_id=member.id if member is not None and reachable else None)
    db.session.flush()


def reset(token: str, password: str) -> Member:
    """Set a new password with the link from the mail, once; every device is signed out.

    LinkExpired; Invalid at `password`.
    """
    member = mail_links.resetting_member(token)
    _set_password(member, password)
    accounts.confirm_address(member)
    sessions.end_all(member.id)
    events.record("password.changed", member_id=member.id)
    return member


def change(actor: Actor, *, current: str, password: str, secret: str | None) -> None:
    """Set a new password, knowing the present one; other devices than the one with `secret` are signed out.

    Invalid at `current` or `password`; TooOften.
    """
    rates.spend("change_password", f"member:{actor.id}", limit=GUESSES)
    member = db.session.get_one(Member, actor.id, populate_existing=True)
    if not passwords.verify(member.password_hash, current):
        raise Invalid("current", _("This is not your current password."))
    _set_password(member, password)
    sessions.end_all(member.id, but=secret)
    events.record("password.changed", member_id=member.id)
    db.session.flush()


def _set_password(member: Member, password: str) -> None:
    password_hash = accounts.validate_and_hash(password, name=member.name, email=member.email)
    # The stamp decides between two requests with the same link at the same moment: one finds it changed.
    renewed = claim(
        update(Member)
        .where(Member.id == member.id, Member.password_stamp == member.password_stamp)
        .values(password_hash=password_hash, password_stamp=tokens.random_token(16))
    )
    if not renewed:
        raise mail_links.LinkExpired(_("This link was used already, or a newer e-mail replaced it."))
    db.session.refresh(member)
