"""Two moderators do something to the same thing at one moment: what comes of it is what one after the other would give.

Each pair of acts of `tests/acts` that can be done to the same thing, in two threads with a connection each.
"""

import itertools

import pytest

from tests.acts.act import Act
from tests.acts.on_archive import ACTS as ON_ARCHIVE
from tests.acts.on_measures import ACTS as ON_MEASURES
from tests.acts.on_people import ACTS as ON_PEOPLE
from tests.acts.on_places import ACTS as ON_PLACES
from tests.acts.on_posts import ACTS as ON_POSTS
from tests.acts.on_spaces import ACTS as ON_SPACES
from tests.acts.on_threads import ACTS as ON_THREADS
from tests.acts.on_words import ACTS as ON_WORDS
from tests.attack.two_at_once import PAIR, TIMES, Two, differing, parts, settled_town
from tests.conftest import POSTGRES
from tests.policy.tables import read

pytestmark = [pytest.mark.live, pytest.mark.timeout(3000)]
FRESH = ("a new one", "somebody new", "of somebody new")  # states that nothing before can have touched
SOME = 12  # pairs in `make test`


def state_of(act: Act) -> str | None:
    """The name of a state in which either moderator does it; None where there is none that can be made anew."""
    table = read(act.table, answers="x=s.0ci")
    able = [name for name, cells in table.items() if all(cells[code] == "x" for code in PAIR)]
    fresh = [name for name in able if name in FRESH]
    return next(iter(fresh or able), None)


def pairs() -> list[Two]:
    """Every two acts that can be done to the same thing, each also as the first; one of them twice too."""
    acts = (*ON_POSTS, *ON_ARCHIVE, *ON_THREADS, *ON_WORDS, *ON_PLACES, *ON_PEOPLE, *ON_MEASURES, *ON_SPACES)
    groups = (
        [act for act in acts if act.about == about] for about in sorted({act.about for act in acts} - {""})
    )
    both = (pair for group in groups for pair in itertools.product(group, repeat=2))
    return [Two(pair, pair[0].states[state]) for pair in both if (state := state_of(pair[0])) is not None]


if POSTGRES:

    @pytest.fixture
    def ground(live_app):
        """The town, committed."""
        return settled_town(live_app)

    def test_some_pairs_give_what_one_after_the_other_gives(ground, chance):
        assert differing(ground, chance.sample(pairs(), SOME), 1) == []

    @pytest.mark.proof
    @pytest.mark.parametrize("part", range(len(parts(pairs()))))
    def test_every_pair_gives_what_one_after_the_other_gives(ground, part):
        assert differing(ground, parts(pairs())[part], TIMES) == []
