"""Two people do something to the same thing: one after the other, either way round, one alone, or at one moment."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import select

from forum.infra.db import Model, db
from forum.models.accounts import Member
from forum.models.spaces import Space
from forum.policy.actors import actor_of
from tests.acts.act import Act, attempt
from tests.acts.places import Place
from tests.attack.new_rows import Made, Rows, marks, rows_since
from tests.factories import make_space
from tests.policy import people
from tests.policy.people import Town

PAIR = ("mod", "cur")
# Whoever looked at what would be done just before the other did something is asked to look again.
ALONE = ("the first alone", "the second alone")
TIMES = 50  # each, in the proof
EACH = 30  # pairs of one test of it: minutes, so that several processes share the work, each on a database of its own


# The ids of the two, by their code; waits until both are about to begin.
Numbers, Ready = dict[str, int], Callable[[], None]
LEAD = 0.03  # seconds that one begins before the other at most: about as long as an act takes


class Two(NamedTuple):
    """Two acts, what they are both done to, made anew each time, and who does them, by their codes.

    `standing`: one changes what the other may do, who is refused one way or the other when their request began before.
    """

    acts: tuple[Act, Act]
    make: Callable[[Town], Any]
    who: tuple[str, str] = PAIR
    standing: bool = False

    @property
    def name(self) -> str:
        """How a failure calls them."""
        return f"{self.acts[0].name} + {self.acts[1].name}"


class Outcome(NamedTuple):
    """What both were told, and every row that came of it without what is chance."""

    told: tuple[str, ...]
    rows: Rows


def plain(subject: Any) -> Any:
    """A subject without a session behind it: ids, and what is read of it."""
    if isinstance(subject, Place):
        post = SimpleNamespace(id=subject.post.id, number=subject.post.number)
        return SimpleNamespace(thread=SimpleNamespace(id=subject.thread.id), post=post)
    return SimpleNamespace(id=subject.id) if isinstance(subject, Model) else subject


def alone(town: Town) -> Town:
    """The same people, with their roles in a space in which nothing stands."""
    return replace(town, here=people.settle(town, make_space("Nieuw")))


def one_by_one(app: Any, numbers: Numbers, two: Two, subject: Any, *, swapped: bool) -> tuple[str, str]:
    """What each was told, in the order of the two."""
    told = {}
    for place in (1, 0) if swapped else (0, 1):
        told[place] = once(app, numbers[two.who[place]], two.acts[place], subject)
    return told[0], told[1]


def once(app: Any, number: int, act: Act, subject: Any, ready: Ready | None = None) -> str:
    """Do it in a connection of one's own, as a request does: committed when it went well, else taken back.

    At one moment with another, what is no answer to a request counts as one that nobody is told alone.
    """
    with app.app_context():
        who = actor_of(number)
        assert who is not None
        if ready is not None:
            ready()
        try:
            told = attempt(act, subject, who)
            if told == "x":
                db.session.commit()
            else:
                db.session.rollback()
        except Exception as error:
            if ready is None:
                raise
            told = f"failed: {error!r}"
            db.session.rollback()
        db.session.remove()
        return told


def at_once(app: Any, numbers: Numbers, two: Two, subject: Any, lead: float = 0.0) -> tuple[str, str]:
    """The same by both at one moment, or the first so many seconds before the second, less than none: after it."""
    ready = threading.Barrier(2)

    def by(place: int) -> str:
        def begin() -> None:
            ready.wait(10)
            time.sleep(max(0.0, lead if place == 1 else -lead))

        return once(app, numbers[two.who[place]], two.acts[place], subject, begin)

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(by, (0, 1))
    return first, second


def outcome(app: Any, two: Two, how: str | float) -> Outcome:
    """What comes of the two, done to something that nobody touched before: "first", "second", or ALONE.

    A number: at once, with so much of a lead for the first.
    """
    with app.app_context():
        town = _town()
        numbers = {code: town.member(code).id for code in two.who}
        before = marks()
        subject = two.make(town)
        db.session.commit()
        subject = plain(subject)
        made = Made.since(before)
        db.session.remove()
    told: tuple[str, ...]
    if isinstance(how, float):
        told = at_once(app, numbers, two, subject, how)
    elif how in ALONE:
        place = ALONE.index(how)
        told = (once(app, numbers[two.who[place]], two.acts[place], subject), "c")[:: 1 if place == 0 else -1]
    else:
        told = one_by_one(app, numbers, two, subject, swapped=how == "second")
    with app.app_context():
        # Words that are gone are no longer in the field, or went meanwhile: either is a clear word to the second.
        told = tuple("c" if one in ("i.0" if two.standing else "i") else one for one in told)
        found = Outcome(told, rows_since(made))
        db.session.remove()
    return found


def _town() -> Town:
    """The town as it was built before, with its people and places read anew."""
    here, elsewhere = (
        db.session.scalars(select(Space).where(Space.name == name)).one() for name in ("Aalst", "Gent")
    )
    members = {one.handle: one for one in db.session.scalars(select(Member))}
    return Town(here, elsewhere, elsewhere, {code: members.get(code) for code in people.PEOPLE}, {})


def differing(app: Any, chosen: Iterable[Two], times: int) -> list[str]:
    """The pairs of which something else came than one after the other would give, either way round."""
    wrong = []
    for two in chosen:
        serial = {outcome(app, two, how) for how in ("first", "second")}
        for lead in leads(times):
            found = outcome(app, two, lead)
            if found not in serial:
                serial |= {outcome(app, two, how) for how in ALONE}  # rare enough to make them only now
            if found not in serial:
                alike = [one for one in serial if one.told == found.told] or serial
                rows = min((found.rows ^ one.rows for one in alike), key=len)
                told = sorted(one.told for one in serial)
                wrong.append(f"{two.name}: {found.told}, not {told}: {sorted(map(str, rows))[:6]}")
                break
    return wrong


def parts(pairs: list[Two]) -> list[list[Two]]:
    """The same pairs, a few to each part."""
    count = -(-len(pairs) // EACH)
    return [pairs[number::count] for number in range(count)]


def leads(times: int) -> list[float]:
    """Half of the times both begin at one moment, the others one so much before the other that each meets each part."""
    return [0.0 if time % 2 == 0 else LEAD * (2 * time / times - 1) for time in range(times)]


def settled_town(app: Any) -> Any:
    """The app, with the town committed in its database."""
    with app.app_context():
        people.build()
        db.session.commit()
        db.session.remove()
    return app
