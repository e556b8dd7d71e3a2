"""Who may do what: every predicate for every person and state, with the reason of each no."""

import pytest

from forum.infra import i18n
from forum.policy import actions
from forum.policy.actions import YES, Answer, deny, require
from forum.policy.actors import actor_of
from forum.policy.errors import Forbidden
from tests.policy import people
from tests.policy.action_rows import arguments
from tests.policy.action_tables import ANSWERS, REASONS, TABLES
from tests.policy.tables import differences, read


def _cell(answer: Answer) -> str:
    """The letter of an answer; a yes has no reason, and "?" is a reason that no table knows."""
    if answer:
        return "?" if answer.reason else "x"
    return next((letter for letter, reason in REASONS.items() if reason == answer.reason), "?")


@pytest.mark.parametrize("predicate", TABLES, ids=lambda predicate: predicate.__name__)
def test_who_may_do_it_and_why_not(session, predicate):
    town = people.build()
    # An account out of good standing has no actor: it looks like a visitor.
    actors = {code: actor_of(member.id) if member else None for code, member in town.people.items()}
    with i18n.force_locale("en"):
        found = {
            name: {
                code: _cell(predicate(actor, *given.values, **given.named)) for code, actor in actors.items()
            }
            for name, given in arguments(town)[predicate].items()
        }
    assert differences(read(TABLES[predicate], answers=ANSWERS), found) == []


def test_a_no_that_is_required_carries_its_reason():
    require(YES)
    with pytest.raises(Forbidden) as refusal:
        require(deny("Not today."))
    assert refusal.value.reason == str(refusal.value) == "Not today."


def test_an_answer_is_a_condition():
    assert bool(YES) is True
    assert bool(deny("No.")) is False
    assert deny("No.") == Answer(allowed=False, reason="No.")
    assert not actions.YES.reason
