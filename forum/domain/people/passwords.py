"""How somebody proves who she is: signing in, a forgotten password, a new one. Known and unknown look the same."""

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
    """The secret of a new device and who is behind it; Invalid, in the same words and time, for every other case."""
    who = addresses.key(email)
    rates.spend("sign_in", f"account:{tokens.digest(who)}@{address}", limit=GUESSES)
    rates.spend("sign_in_place", f"address:{address}", limit=GUESSES_FROM_ONE_PLACE)
    member = accounts.by_email(who)
    fits = passwords.verify(member.password_hash if member else None, password) and not is_shut_out(who)
    if member is None or not fits or member.confirmed_at is None or member.suspended_at is not None:
        raise Invalid("password", _("This address and this password do not go together."))
    if member.password_hash and passwords.needs_rehash(member.password_hash):
        member.password_hash = passwords.hash_password(password)
    return begin(member, device=device)


def is_shut_out(address: str) -> bool:
    """Everybody knows the password of the demo's people: it opens nothing where there is no demo (any more)."""
    return address.endswith(DEMO_PEOPLE) and not current_app.config["DEMO"]


def begin(member: Member, *, device: str) -> tuple[str, Actor]:
    """Sign a device in for somebody who has just proven who she is."""
    return sessions.begin(member, device=device), actor_for(member)


def request_reset(email: str, *, address: str) -> None:
    """Send a link for a new password to that address, if it has an account; nobody can see whether it has."""
    who = addresses.key(email)
    rates.spend("forgot", f"address:{address}", limit=LETTERS_FROM_ONE_PLACE)
    rates.spend("forgot_account", f"account:{tokens.digest(who)}", limit=LETTERS)
    member = accounts.by_email(who)
    reachable = member is not None and member.suspended_at is None
    # Written for unknown addresses too: the same work takes the same time.
    events.record("password.forgotten", member_id=member.id if member is not None and reachable else None)
    db.session.flush()


def reset(token: str, password: str) -> Member:
    """Choose a new password with the link from the mail, once; every device is signed out."""
    member = mail_links.resetting_member(token)
    _set_password(member, password)
    accounts.confirm_address(member)
    sessions.end_all(member.id)
    events.record("password.changed", member_id=member.id)
    return member


def change(actor: Actor, *, current: str, password: str, secret: str | None) -> None:
    """Choose a new password, knowing the present one; every other device is signed out."""
    rates.spend("change_password", f"member:{actor.id}", limit=GUESSES)
    member = db.session.get_one(Member, actor.id, populate_existing=True)
    if not passwords.verify(member.password_hash, current):
        raise Invalid("current", _("This is not your present password."))
    _set_password(member, password)
    sessions.end_all(member.id, but=secret)
    events.record("password.changed", member_id=member.id)
    db.session.flush()


def _set_password(member: Member, password: str) -> None:
    fresh = accounts.validate_and_hash(password, name=member.name, email=member.email)
    # The stamp decides between two requests with the same link at the same moment: one of them finds it changed.
    renewed = claim(
        update(Member)
        .where(Member.id == member.id, Member.password_stamp == member.password_stamp)
        .values(password_hash=fresh, password_stamp=tokens.random_token(16))
    )
    if not renewed:
        raise mail_links.LinkExpired(_("This link was used already, or a newer letter replaced it."))
    db.session.refresh(member)
