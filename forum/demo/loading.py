"""The whole demo, from people to adoption reports, in one transaction that the caller ends."""

from collections.abc import Mapping

from sqlalchemy import func, select

from forum.demo import adoptions, aftermath, book, lessons, people, spaces, subscriptions, threads
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent

LATER = ("needs_register", "collections", "tasks")  # no place in the house yet


class Refused(RuntimeError):
    """There are people in this database already."""


class AlreadyThere(Refused):
    """The demo was brought in before."""


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return db.session.scalar(select(Member.id).limit(1)) is None


def load(*, with_password: bool, force: bool = False) -> Mapping[str, int]:
    """Bring the demo in; returns how much there is of everything, as the summary prints it."""
    if db.session.scalar(select(Member.id).where(Member.email == people.address(people.ADMIN))) is not None:
        raise AlreadyThere
    if not (force or is_empty()):
        raise Refused
    found = book.opened()
    people.bring(found, with_password=with_password)
    spaces.bring(found)
    threads.bring(found)
    lessons.bring(found)
    adoptions.bring(found)
    subscriptions.bring(found)
    aftermath.settle()
    _count(found)
    return {**found.counts, **found.kept}


def _count(found: book.Book) -> None:
    for name, model in (("claims", Claim), ("excerpts", Excerpt), ("consents", Consent)):
        found.counts[name] = db.session.scalar(select(func.count()).select_from(model)) or 0
    for name in LATER:
        found.kept[f"{name} kept for later"] = len(found.source[name])
