"""Two moderators at one moment at what waits on the desk, at a measure that is objected to, and at who stands in.

As in `test_acts_at_once.py`, of acts whose state hangs on who did what before.
"""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from forum.domain.desk import hands
from forum.domain.desk import notes as desk_notes
from forum.domain.moderation import measure_objections, narrowing
from forum.domain.regrouping import agreements
from forum.domain.spaces import deputies, measures, memberships
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from tests.acts import on_archive, on_desk, on_measures, on_posts, on_threads, on_words
from tests.acts.places import thread
from tests.attack.test_deputies_at_once import acts
from tests.attack.two_at_once import PAIR, TIMES, Two, alone, differing, parts, plain, settled_town
from tests.conftest import POSTGRES
from tests.factories import actor
from tests.policy.people import Town

pytestmark = [pytest.mark.live, pytest.mark.timeout(3000)]
ON_THE_DESK = {
    "take it": lambda who, at: hands.take(who, on_desk.key(at)),
    "take it over": lambda who, at: hands.take(who, on_desk.key(at), seen=at.mod),
    "give it back": lambda who, at: hands.give_back(who, on_desk.key(at)),
    "write a note": lambda who, at: desk_notes.write(who, on_desk.key(at), words="Ask him."),
    "ask the authors": lambda who, at: narrowing.ask_authors(who, at.thread.id, audience=Audience.PUBLIC),
    "ask no more": lambda who, at: agreements.take_back(who, at.thread.id),
}
BESIDE = {
    "archive a thread",
    "close a thread",
    "delete a story",
    "hide a story",
    "let fewer people read",
    "no answer needed",
}
ON_A_MEASURE = {
    "end it": lambda who, at: measures.end(who, at.id),
    "give in": lambda who, at: measure_objections.give_in(who, at.id),
    "keep it": lambda who, at: measure_objections.keep(who, at.id, answer="You were."),
}
ON_A_DEPUTY = {
    "name one": lambda who, at: deputies.name(who, at.space, handle="aut"),
    "name another": lambda who, at: deputies.name(who, at.space, handle="gue"),
    "end it": lambda who, at: deputies.end(who, at.space),
    "make them a guest": lambda who, at: memberships.set_role(who, at.space, at.aut, role=Role.GUEST),
    "make them a moderator": lambda who, at: memberships.set_role(who, at.space, at.aut, role=Role.MODERATOR),
    "remove them": lambda who, at: memberships.remove(who, at.space, at.aut, reason="Gone."),
}


def waiting(town: Town) -> Any:
    """A story without an answer, which one has in hand, and of which the authors are asked for more readers."""
    place = thread(alone(town), audience=Audience.SPACE)
    on_desk.asked(town, on_desk.taken(town, place))
    db.session.flush()
    found = plain(place)
    found.mod = town.member("mod").id
    return found


def measure(town: Town) -> Any:
    """A mute by one moderator, to which they object."""
    return on_measures.objected(alone(town))


def standing_in(town: Town) -> Any:
    """A space for whose moderators `mem` stands in, and two others who may."""
    fresh = alone(town)
    mod, gue = actor(town.member("mod")), town.member("gue")
    memberships.set_role(mod, fresh.here.id, gue.id, role=Role.MEMBER)
    deputies.name(mod, fresh.here.id, handle="mem")
    db.session.flush()
    return SimpleNamespace(space=fresh.here.id, aut=town.member("aut").id)


def pairs() -> list[Two]:
    """Each two of the same, and each on the desk with what ends the waiting, by either."""
    desk, on_measure = acts(ON_THE_DESK), acts(ON_A_MEASURE)
    others = (*on_archive.ACTS, *on_posts.ACTS, *on_threads.ACTS, *on_words.ACTS)
    beside = [one for one in others if one.name in BESIDE]
    assert len(beside) == len(BESIDE)
    found = [
        Two(pair, waiting) for pair in [*itertools.product(desk, repeat=2), *itertools.product(desk, beside)]
    ]
    found += [Two(pair, waiting, PAIR[::-1]) for pair in itertools.product(desk, beside)]
    # Whoever decided it does not decide on the objection, and may end it.
    found += [Two((on_measure[0], one), measure, ("cur", "mod")) for one in on_measure]
    found += [Two(pair, measure, ("mod", "mod")) for pair in itertools.product(on_measure, repeat=2)]
    return found + [Two(pair, standing_in) for pair in itertools.product(acts(ON_A_DEPUTY), repeat=2)]


if POSTGRES:

    @pytest.fixture
    def ground(live_app):
        """The town, committed."""
        return settled_town(live_app)

    def test_a_pair_gives_what_one_after_the_other_gives(ground, chance):
        assert differing(ground, chance.sample(pairs(), 1), 1) == []

    @pytest.mark.proof
    @pytest.mark.parametrize("part", range(len(parts(pairs()))))
    def test_every_pair_gives_what_one_after_the_other_gives(ground, part):
        assert differing(ground, parts(pairs())[part], TIMES) == []
