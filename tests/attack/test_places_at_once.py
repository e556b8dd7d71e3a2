"""Two moderators at one moment, of whom one moves, merges, pins or undoes.

As in `test_acts_at_once.py`, in spaces of their own: these acts hang on what else stands in a space, or on what one of
the two did before.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from forum.domain.doctor import counters, rows
from forum.domain.moderation import pinning, undo
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.models.measures import MeasureKind
from forum.models.undo import UndoableAct
from tests.acts import on_measures, on_places, on_posts, on_threads, on_words
from tests.acts.act import Act, lines
from tests.acts.on_acts import STEPS
from tests.acts.places import REPLIES, THREADS, thread
from tests.attack.test_acts_at_once import state_of
from tests.attack.two_at_once import PAIR, TIMES, Two, alone, differing, parts, plain, settled_town
from tests.conftest import POSTGRES
from tests.factories import actor, join, make_space
from tests.policy.people import Town

pytestmark = [pytest.mark.live, pytest.mark.timeout(3000)]
Make = Callable[[Town], Any]
ON_PLACE = tuple(
    act for act in (*on_posts.ACTS, *on_threads.ACTS, *on_words.ACTS, *on_places.ACTS) if act.about == "place"
)
ON_MEMBER = tuple(act for act in on_measures.ACTS if act.about == "member")
ON_HELD = tuple(act for act in on_threads.ACTS if act.about == "held")
# What is not done to a post or its thread.
APART = {"a muted member", "a refused post"}


def act(name: str, do: Callable[[Any, Any], Any]) -> Act:
    """One of which the table stands in tests/acts, done to what is made here."""
    return Act(name, lines(), {}, do, "")


MOVE = act("move", lambda who, at: on_places.move(who, (at, at.goal)))
MERGE = act("merge", lambda who, at: on_places.merge(who, (at, at.into)))
PIN = act("pin", lambda who, at: pinning.pin(who, at.thread.id))
REGROUPING = (MOVE, MERGE, PIN, act("unpin", lambda who, at: pinning.unpin(who, at.thread.id)))
UNDO = act("undo", lambda who, at: undo.undo(who, at.done, again=undo.rendered(who, at.done)))
HERE = {"a moved thread": MOVE, "a merged thread": MERGE, "a pinned thread": PIN}


def in_a_space(make: Make, *, pinned: bool = False) -> Make:
    """A state in a space of its own, with a thread to merge with and a space to move to, of both moderators."""

    def made(town: Town) -> Any:
        fresh, goal = alone(town), make_space("Elders", city="genk")
        for code in PAIR:
            join(town.member(code), goal)
        place = make(fresh)
        db.session.flush()
        post_store.recount(place.thread)  # a state is made by hand
        if pinned:
            pinning.pin(actor(town.member("cur")), place.thread.id)
        subject = plain(place)
        subject.goal, subject.into = goal.id, thread(fresh, by="mem").thread.id
        return subject

    return made


def regroupings() -> list[Two]:
    """Each of them with everything that is done to a post or its thread, each also as the first."""
    ready = in_a_space(REPLIES["open"])
    found = [Two((new, old), ready) for new in REGROUPING for old in ON_PLACE]
    for old in ON_PLACE:
        state = state_of(old)
        found += [Two((old, new), in_a_space(old.states[state])) for new in REGROUPING if state is not None]
    pinned = in_a_space(REPLIES["open"], pinned=True)
    return found + [Two(pair, pinned) for pair in itertools.product(REGROUPING, repeat=2)]


def undone(do: Callable[[Any, Any], Any], make: Make) -> Make:
    """The same, after one moderator did this to it."""

    def made(town: Town) -> Any:
        subject = make(town)
        do(actor(town.member("mod")), subject)
        db.session.flush()
        subject.done = db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id.desc())).first()
        return subject

    return made


def undoings() -> list[Two]:
    """Undoing anything, while another moderator does something to the same post or thread; and twice by the same."""
    found = []
    for name, (do, make) in STEPS.items():
        if name in APART:
            continue
        state = in_a_space(REPLIES["open"] if name in HERE else make)
        ready = undone(HERE[name].do if name in HERE else do, state)
        undo_it = replace(UNDO, name=f"undo of {name}")
        found += [Two((undo_it, other), ready) for other in (*ON_PLACE, *REGROUPING)]
        found.append(Two((undo_it, undo_it), ready, ("mod", "mod")))
    return found


def muted(town: Town) -> Any:
    """Somebody whom one moderator muted just now."""
    ids = SimpleNamespace(pair=(alone(town).here.id, town.member("aut").id))
    return undone(lambda who, at: on_measures.decided(MeasureKind.MUTE)(who, at.pair), lambda _town: ids)(
        town
    )


def refused(town: Town) -> Any:
    """A post that one moderator did not let appear just now."""
    fresh = alone(town)
    row = on_threads.held(fresh, THREADS["open"](fresh))
    db.session.flush()
    return undone(STEPS["a refused post"][0], lambda _town: SimpleNamespace(id=row.id))(town)


def undoings_apart() -> list[Two]:
    """The same of what was decided about a member, and about a post that waited."""
    about = [replace(one, do=lambda who, at, do=one.do: do(who, at.pair)) for one in ON_MEMBER]
    found = [Two((UNDO, other), muted) for other in about] + [
        Two((UNDO, other), refused) for other in ON_HELD
    ]
    return found + [Two((UNDO, UNDO), make, ("mod", "mod")) for make in (muted, refused)]


def orphans(app: Any) -> list[str]:
    """What the doctor finds of threads and posts afterwards."""
    with app.app_context():
        found = [*rows.parents(), *rows.texts(), *counters.threads()]
        db.session.remove()
    return [str(one) for one in found]


ALL = {"regrouped": regroupings, "undone": undoings, "undone apart": undoings_apart}
if POSTGRES:

    @pytest.fixture
    def ground(live_app):
        """The town, committed."""
        return settled_town(live_app)

    @pytest.mark.parametrize("kind", ALL)
    def test_a_pair_gives_what_one_after_the_other_gives(ground, chance, kind):
        assert differing(ground, chance.sample(ALL[kind](), 1), 1) == []
        assert orphans(ground) == []

    @pytest.mark.proof
    @pytest.mark.parametrize(
        ("kind", "part"), [(kind, part) for kind, pairs in ALL.items() for part in range(len(parts(pairs())))]
    )
    def test_every_pair_gives_what_one_after_the_other_gives(ground, kind, part):
        assert differing(ground, parts(ALL[kind]())[part], TIMES) == []
        assert orphans(ground) == []
