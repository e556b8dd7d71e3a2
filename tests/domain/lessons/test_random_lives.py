"""Random walks over the life of a lesson: whoever tries whatever in whichever order, what is published holds.

The rules are in `lives` and `lives_after`, what must hold after each of them in `lives_hold`.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from forum.models.lesson_steps import StepKind
from forum.models.spaces import Audience
from tests.domain.lessons import lives_hold, lives_town
from tests.domain.lessons.lives_whole import Life

WALKS = 3  # in every run of the suite; the proof takes two thousand
SETTINGS = {
    "deadline": None,
    "stateful_step_count": 30,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate],  # a walk that fails is short enough, and takes minutes to make shorter
}


def _walk(number):
    """Let so many lives go by; gives what came about in them."""
    seen = lives_hold.Seen()
    towns = {audience: lives_town.town(audience) for audience in Audience}
    made = type("OneLife", (Life,), {"towns": towns, "seen": seen})
    run_state_machine_as_test(made, settings=settings(max_examples=number, **SETTINGS))
    return seen


def test_random_lives_of_a_lesson(session):
    _walk(WALKS)


@pytest.mark.proof
@pytest.mark.timeout(7_200)
def test_two_thousand_random_lives_of_a_lesson(session):
    seen = _walk(2_000)
    assert min(seen.attempts[True], seen.attempts[False]) > 0
    assert set(StepKind) == set(seen.steps), "a step that no walk ever took"
