"""The people of the demo: an account, a capacity, for some a role in the network."""

from typing import Any

from forum.demo import codes
from forum.demo.book import CAUGHT_UP, FOUNDED, Book
from forum.domain.people import accounts, capacities
from forum.infra import passwords
from forum.infra.db import db
from forum.models.accounts import Body, Confirmation, Level, Member, NetworkRole

DOMAIN = "demo.leerkring.example"
PASSWORD = "leerkring-demo"
SINCE = "2024-09-01"
ADMIN = "beheer"
ASKED = "yasmina"  # who is asked today whether what she speaks as is still right; the others said so


def bring(book: Book, *, with_password: bool) -> None:
    """Create everybody in the file, and an administrator. Without a password nobody can sign in."""
    secret = passwords.hash_password(PASSWORD) if with_password else None
    with book.on(FOUNDED):
        for person in book.source["people"]:
            _add(book, person, secret)
            book.counts["people"] += 1
        _admin(book, secret)


def address(name: str) -> str:
    """Return the e-mail address of a person of the demo."""
    return f"{name}@{DOMAIN}"


def _add(book: Book, person: dict[str, Any], secret: str | None) -> None:
    member = _account(book, person["id"], person["first_name"], secret)
    held = capacities.add(
        member.id,
        function=person["job"],
        level=codes.LEVELS[person["level"]],
        body=codes.BODIES[person["org_type"]],
        city=codes.city(person["city"]),
        starts_on=book.day(SINCE),
        confirmation=Confirmation.OPERATOR,
    )
    if person["id"] != ASKED:
        held.affirmed_at = book.moment(CAUGHT_UP)
    if person["platform_role"] == "netwerkredacteur":
        accounts.appoint(member.id, NetworkRole.EDITOR)


def _admin(book: Book, secret: str | None) -> None:
    member = _account(book, ADMIN, "Beheer", secret)
    held = capacities.add(
        member.id,
        function="beheerder",
        level=Level.STAFF,
        body=Body.NETWORK,
        city=None,
        starts_on=book.day(SINCE),
        confirmation=Confirmation.OPERATOR,
    )
    held.affirmed_at = book.moment(CAUGHT_UP)
    accounts.appoint(member.id, NetworkRole.ADMIN)


def _account(book: Book, name: str, first_name: str, secret: str | None) -> Member:
    member = accounts.create(
        email=address(name), name=first_name, locale="nl", handle=name, confirmed=True, approved=True
    )
    member.password_hash = secret
    member.all_read_at = book.moment(CAUGHT_UP)
    db.session.flush()
    book.members[name] = member.id
    return member
