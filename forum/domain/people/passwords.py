"""Passwords of members: signing in, a forgotten one, a new one. Known and unknown addresses get the same answer.

Hashing takes long: `check`, `new_by_link` and `new_by_current` do it, and only read; what they return is what the verbs
that write begin with, so that nobody waits at a lock for a hash.
"""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import update

from forum.domain.mailing import events
from forum.domain.people import accounts, mail_links, sessions
from forum.infra import addresses, passwords, rates, tokens
from forum.infra.db import db, let_go
from forum.infra.i18n import _
from forum.infra.rows import claim
from forum.models.accounts import Member
from forum.policy.actors import Actor, actor_for
from forum.policy.errors import Invalid

# Wrong guesses: of who is signed in or holds a link; and at the door, for an account at one place, of all places
# together, of one place at any account, and on a device of the owner, which has a count of its own. Above them the door
# goes slowly and is never shut, so nobody keeps the owner out: at an account at most 100 + 180 guesses an hour get an
# answer, and 40 + 180 on a device on which it was signed in before.
GUESSES = "10 per 15 minutes"
GUESSES_HERE = "10 per 15 minutes, then 1 per 5 seconds"
GUESSES_OF_ONE_ACCOUNT = "100 per hour, then 1 per 20 seconds"
GUESSES_FROM_ONE_PLACE = "200 per 15 minutes, then 1 per 2 seconds"
GUESSES_ON_ONE_DEVICE = "10 per 15 minutes, then 1 per 20 seconds"
# Letters: they fill a mailbox, also where each was asked for in good faith.
LETTERS = "3 per hour"
LETTERS_TO_ONE_ACCOUNT = "10 per hour"
LETTERS_FROM_ONE_PLACE = "120 per hour"
DEMO_PEOPLE = "@demo.leerkring.example"


@dataclass(frozen=True, slots=True)
class Checked:
    """An account whose password was typed: the hash that it fits, and the one to keep from now on."""

    member_id: int
    fitting_hash: str
    hash_to_keep: str


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A new password for an account, found good enough and hashed; `stamp` is that of the one it replaces."""

    member_id: int
    password_hash: str
    stamp: str


def check(email: str, password: str, *, address: str, device: str | None = None) -> Checked:
    """Return whose password this is; Invalid at `password`, in the same words and time in every case.

    `address` is where the request comes from, `device` one on which this account was signed in before. TooOften where
    too many guesses were wrong; one that is right counts for nothing. TooBusy.
    """
    email = addresses.key(email)
    account, place = _counted(email), rates.place(address)
    guesses = [("sign_in", f"{account}@device:{device}", GUESSES_ON_ONE_DEVICE)]
    if device is None:
        guesses = [
            ("sign_in_place", f"place:{place}", GUESSES_FROM_ONE_PLACE),
            ("sign_in", f"{account}@{place}", GUESSES_HERE),
            ("sign_in_account", account, GUESSES_OF_ONE_ACCOUNT),
        ]
    with rates.failures(guesses, Invalid):
        member = accounts.by_email(email)
        kept = member.password_hash if member else None
        let_go()
        fits = passwords.verify(kept, password) and not is_shut_out(email)
        if member is None or kept is None or not fits or not _may_sign_in(member):
            raise _no_match()
    renewed = passwords.hash_password(password) if passwords.needs_rehash(kept) else kept
    return Checked(member.id, fitting_hash=kept, hash_to_keep=renewed)


def sign_in(checked: Checked, *, device: str) -> tuple[str, Actor]:
    """Return the secret of a new device and the actor; Invalid at `password` when that was changed meanwhile."""
    member = db.session.get(Member, checked.member_id, populate_existing=True, with_for_update=True)
    if member is None or member.password_hash != checked.fitting_hash or not _may_sign_in(member):
        raise _no_match()
    member.password_hash = checked.hash_to_keep
    return begin(member, device=device)


def is_shut_out(address: str) -> bool:
    """Return whether this is an account of the demo outside the demo: its password is public."""
    return address.endswith(DEMO_PEOPLE) and not current_app.config["DEMO"]


def begin(member: Member, *, device: str) -> tuple[str, Actor]:
    """Sign a device in for a member who has just proven who they are; return its secret and the actor."""
    return sessions.begin(member, device=device), actor_for(member)


def request_reset(email: str, *, address: str, device: str | None = None) -> None:
    """Send a link for a new password to that address, if it has an account; nobody can see whether it has. TooOften.

    `address` and `device` are as in `check`. Somebody who asked for access and never confirmed gets that link again:
    the password is chosen there.
    """
    email = addresses.key(email)
    rates.spend_all(letters("forgot", email, address=address, device=device))
    member = accounts.by_email(email)
    reachable = member is not None and member.suspended_at is None
    asked = accounts.newest_request(email)
    # Recorded for unknown addresses too: the same work takes the same time.
    events.record(
        "password.forgotten",
        member_id=member.id if member is not None and reachable else None,
        access_request_id=asked if member is None else None,
    )
    db.session.flush()


def letters(name: str, email: str, *, address: str, device: str | None = None) -> list[rates.Count]:
    """Return what one letter to an address counts for, that somebody asks for who is not signed in.

    Three from one place, so that one stranger leaves the owner hers; from one of the owner's devices in any case.
    """
    account, place = _counted(email), rates.place(address)
    if device is not None:
        return [(f"{name}_here", f"{account}@device:{device}", LETTERS)]
    return [
        (name, f"place:{place}", LETTERS_FROM_ONE_PLACE),
        (f"{name}_here", f"{account}@{place}", LETTERS),
        (f"{name}_account", account, LETTERS_TO_ONE_ACCOUNT),
    ]


def new_by_link(token: str, password: str) -> NewPassword:
    """Return the new password of whoever holds the link from the mail.

    LinkExpired, Invalid at `password`, TooOften.
    """
    member = mail_links.resetting_member(token)
    rates.spend("reset_password", f"member:{member.id}", limit=GUESSES)
    return _new(member, password)


def reset(new: NewPassword) -> Member:
    """Set the new password of `new_by_link`, once; every device is signed out. LinkExpired."""
    if not _replace(new):
        raise mail_links.LinkExpired(_("This link was used already, or a newer e-mail replaced it."))
    member = db.session.get_one(Member, new.member_id, populate_existing=True)
    accounts.confirm_address(member)
    sessions.end_all(member.id)
    events.record("password.changed", member_id=member.id)
    return member


def new_by_current(actor: Actor, *, current: str, password: str) -> NewPassword:
    """Return the new password of a member who knows the present one; Invalid at `current` or `password`, TooOften."""
    with rates.failures([("change_password", f"member:{actor.id}", GUESSES)], Invalid):
        member = db.session.get_one(Member, actor.id, populate_existing=True)
        let_go()
        if not passwords.verify(member.password_hash, current):
            raise _not_current()
    return _new(member, password)


def change(new: NewPassword, *, secret: str | None) -> None:
    """Set the new password of `new_by_current`; other devices than the one with `secret` are signed out.

    Invalid at `current` when another one was set meanwhile.
    """
    if not _replace(new):
        raise _not_current()
    sessions.end_all(new.member_id, but=secret)
    events.record("password.changed", member_id=new.member_id)
    db.session.flush()


def _counted(email: str) -> str:
    return f"account:{tokens.digest(email)}"


def _may_sign_in(member: Member) -> bool:
    return member.confirmed_at is not None and member.suspended_at is None


def _new(member: Member, password: str) -> NewPassword:
    stamp = member.password_stamp
    hashed = accounts.validate_and_hash(password, name=member.name, email=member.email)
    return NewPassword(member.id, hashed, stamp)


def _replace(new: NewPassword) -> bool:
    """Of two requests at the same moment the stamp lets one through: the other finds it changed."""
    return claim(
        update(Member)
        .where(Member.id == new.member_id, Member.password_stamp == new.stamp)
        .values(password_hash=new.password_hash, password_stamp=tokens.random_token(16))
    )


def _no_match() -> Invalid:
    return Invalid("password", _("This e-mail address and this password do not match."))


def _not_current() -> Invalid:
    return Invalid("current", _("This is not your current password."))
