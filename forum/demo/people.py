"""The people of the demo: an account, a capacity, for some a role in the network."""

from datetime import UTC, date, datetime
from typing import Any

from forum.demo import codes
from forum.demo.book import FOUNDED, Book
from forum.domain.people import accounts, capacities
from forum.infra import clock, passwords
from forum.infra.db import db
from forum.models.accounts import Body, Level, Member, NetworkRole

DOMAIN = "demo.leerkring.example"
PASSWORD = "leerkring-demo"
SINCE = date(2024, 9, 1)
ADMIN = "beheer"
# Everything before this day counts as read, so that a demo member has some news and not everything unread.
CAUGHT_UP = datetime(2026, 6, 1, tzinfo=UTC)


def bring(book: Book, *, with_password: bool) -> None:
    """Create everybody in the file, and an administrator. Without a password nobody can sign in."""
    secret = passwords.hash_password(PASSWORD) if with_password else None
    with clock.at(FOUNDED):
        for person in book.source["people"]:
            _add(book, person, secret)
            book.counts["people"] += 1
        _admin(book, secret)


def address(name: str) -> str:
    """Return the e-mail address of a person of the demo."""
    return f"{name}@{DOMAIN}"


def _add(book: Book, person: dict[str, Any], secret: str | None) -> None:
    member = _account(book, person["id"], person["first_name"], secret)
    capacities.add(
        member.id,
        function=person["job"],
        level=codes.LEVELS[person["level"]],
        body=codes.BODIES[person["org_type"]],
        city=codes.city(person["city"]),
        starts_on=SINCE,
    )
    if person["platform_role"] == "netwerkredacteur":
        accounts.appoint(member.id, NetworkRole.EDITOR)


def _admin(book: Book, secret: str | None) -> None:
    member = _account(book, ADMIN, "Beheer", secret)
    capacities.add(
        member.id, function="beheerder", level=Level.STAFF, body=Body.NETWORK, city=None, starts_on=SINCE
    )
    accounts.appoint(member.id, NetworkRole.ADMIN)


def _account(book: Book, name: str, first_name: str, secret: str | None) -> Member:
    member = accounts.create(
        email=address(name), name=first_name, locale="nl", handle=name, confirmed=True, approved=True
    )
    member.password_hash = secret
    member.all_read_at = CAUGHT_UP
    db.session.flush()
    book.members[name] = member.id
    return member
