"""The whole demo, from people to adoption reports, in one transaction that the caller ends."""

from collections.abc import Mapping

from sqlalchemy import func, select, text

from forum.demo import (
    adoptions,
    aftermath,
    book,
    cahiers,
    drafts,
    hand_overs,
    house_rules,
    lessons,
    moderation,
    nominations,
    offers,
    people,
    policy,
    questions,
    responses,
    spaces,
    subscriptions,
    summaries,
    threads,
)
from forum.domain.audit import chains
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent

LATER = ("needs_register", "tasks")  # the forum has no tables for these yet


class Refused(RuntimeError):
    """There are members in this database already."""


class AlreadyThere(Refused):
    """The demo was loaded before."""


def is_empty() -> bool:
    """Return whether nobody has an account yet."""
    return db.session.scalar(select(Member.id).limit(1)) is None


def load(*, with_password: bool, force: bool = False) -> Mapping[str, int]:
    """Load the demo; return how much there is of everything. AlreadyThere, Refused unless empty or with `force`."""
    if db.session.scalar(select(Member.id).where(Member.email == people.address(people.ADMIN))) is not None:
        raise AlreadyThere
    if not (force or is_empty()):
        raise Refused
    loaded = book.opened()
    people.bring(loaded, with_password=with_password)
    spaces.bring(loaded)
    policy.bring(loaded)
    threads.bring(loaded)
    responses.bring(loaded)
    summaries.bring(loaded)
    lessons.bring(loaded)
    nominations.bring(loaded)
    questions.bring(loaded)
    cahiers.bring(loaded)
    adoptions.bring(loaded)
    subscriptions.bring(loaded)
    drafts.bring(loaded)
    offers.bring(loaded)
    hand_overs.bring(loaded)
    moderation.bring(loaded)
    house_rules.bring(loaded)
    _plan_for_what_is_there()
    aftermath.settle(loaded)
    while chains.link():  # as the worker does
        pass
    _count(loaded)
    return {**loaded.counts, **loaded.not_loaded}


def _plan_for_what_is_there() -> None:
    """Let PostgreSQL count what this transaction wrote: whoever counts from outside it finds every table empty.

    It then plans loops over whole tables, and looks up for half a minute who may read one lesson.
    """
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text("ANALYZE"))


def _count(loaded: book.Book) -> None:
    for name, model in (("claims", Claim), ("excerpts", Excerpt), ("consents", Consent)):
        loaded.counts[name] = db.session.scalar(select(func.count()).select_from(model)) or 0
    for name in LATER:
        loaded.not_loaded[f"{name} kept for later"] = len(loaded.source[name])
