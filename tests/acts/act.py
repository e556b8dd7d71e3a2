"""One act, the states in which it is tried, and what is expected of it there: written by hand, a row for each state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from forum.infra.db import db
from forum.models.moderation import Action, ModerationAction
from forum.policy.actors import Actor, actors_of
from forum.policy.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from tests.policy.people import PEOPLE, Town
from tests.policy.tables import Table

DONE, NOTHING, NOBODY = "x", "=", "s"
ANSWERS = {
    DONE: "done, with its line in the log",
    NOTHING: "nothing to do, and no line",
    NOBODY: "nobody acts: they are not signed in, or not in good standing",
    ".": "refused, with a reason (403)",
    "0": "not there for them (404)",
    "c": "no longer possible, which they are told (409)",
    "i": "not with what was filled in (422)",
}
_ERRORS = {Forbidden: ".", NotFound: "0", Conflict: "c", Invalid: "i"}


@dataclass(frozen=True)
class Act:
    """`states` make what the act is done to, by the name of their row; `do` does it as somebody.

    `lines` are the kinds of lines of which every one done adds one; of an act that writes none, `trace` is what
    differs once it is done.
    """

    name: str
    lines: frozenset[Action]
    states: Mapping[str, Callable[[Town], Any]]
    do: Callable[[Actor, Any], Any]
    table: str
    # What it is done to: two acts about the same are tried at one moment (tests/attack/test_acts_at_once.py).
    about: str = ""
    trace: Callable[[], Any] | None = None


def lines(*actions: Action) -> frozenset[Action]:
    """The kinds of lines that an act adds."""
    return frozenset(actions)


def found(act: Act, town: Town) -> Table:
    """What comes of it for each person in each state; every attempt is taken back, and a refusal wrote no line."""
    ids = {code: member.id if member is not None else 0 for code, member in town.people.items()}
    table: Table = {}
    for name, make in act.states.items():
        with db.session.begin_nested() as outer:
            subject = make(town)
            db.session.flush()
            before, actors = _count(act), actors_of(list(ids.values()))
            table[name] = {code: _tried(act, subject, actors.get(ids[code]), before) for code in PEOPLE}
            outer.rollback()
        db.session.expire_all()
    return table


def _tried(act: Act, subject: Any, who: Actor | None, before: Any) -> str:
    if who is None:
        return NOBODY
    with db.session.begin_nested() as inner:
        cell = attempt(act, subject, who)
        db.session.flush()
        added = _count(act) != before
        inner.rollback()
    db.session.expire_all()
    if cell in (DONE, NOTHING):
        return DONE if added else NOTHING
    assert not added, f"{act.name}: refused, and written in the log"
    return cell


def attempt(act: Act, subject: Any, who: Actor) -> str:
    """Do it, and return what came of it; NOTHING is not told from DONE here."""
    try:
        act.do(who, subject)
    except DomainError as error:
        return next(letter for kind, letter in _ERRORS.items() if isinstance(error, kind))
    return DONE


def _count(act: Act) -> Any:
    if act.trace is not None:
        return act.trace()
    lines = select(func.count()).where(ModerationAction.action.in_(act.lines))
    return db.session.scalar(lines) or 0
