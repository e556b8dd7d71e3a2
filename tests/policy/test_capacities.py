"""What a capacity is worth for each act: every state, every act, and nothing in the code that asks without a column."""

import ast

import pytest

from forum.models.accounts import Capacity
from tests.policy.capacity_rows import STATES, answers, columns_set
from tests.policy.tables import differences, read
from tests.rules.source import ROOT
from tests.sweeps import once

ACTS = {
    "rng": "the city in the ring of a thread, by a post",
    "res": "the city that recognises a story, by a response to it",
    "unk": "the city that shares a question of a lesson, by somebody who speaks for it",
    "rst": "the city on which a lesson rests, by an excerpt of that post",
    "eye": "publishing a lesson of another city",
    "ado": "letting an editor confirm a lesson by a report that it went well",
    "byl": "the function beside the post",
    "oth": "confirming what somebody else speaks as",
    "con": "being confirmed by a moderator of Gent",
}
ANSWERS = "x.?=cf"
TABLE = """
                                              rng  res  unk  rst  eye  ado  byl  oth  con
confirmed                                      x    x    x    x    x    x    x    .    =
waiting                                        .    .    .    .    .    .    ?    .    x
waiting, confirmed after it                    x    x    .    x    x    x    x    .    =
waiting since before there was confirmation    x    x    .    x    .    x    x    .    x
refused                                        .    .    .    .    .    .    .    .    c
refused after it                               .    .    .    .    .    .    ?    .    c
ended                                          .    .    .    .    .    .    .    .    =
ended after it                                 x    x    x    x    .    x    x    .    =
ended unconfirmed                              .    .    .    .    .    .    .    .    c
own                                            .    .    .    .    .    .    ?    x    f
own, confirmed                                 x    x    x    x    x    x    x    x    f
of somebody brought alone into another city    .    .    .    .    .    .    ?    .    f
guest's body                                   .    .    .    .    .    .    ?    .    x
guest's body, confirmed                        .    .    .    .    .    .    x    .    =
editor, waiting for Gent                       .    .    .    .    x    .    ?    .    x
editor of the network                          .    .    .    .    x    .    x    .    =
"""


# What in the code asks what a capacity is worth: the act in whose column that shows, or why it is none.
ASKS = {
    "domain/threads/post_store.py": "rng",
    "domain/digests/pool_queries.py": "rng",
    "domain/responses/page.py": "res",
    "domain/lessons/unknowns/agenda_queries.py": "unk",
    "domain/lessons/unknowns/sharing.py": "unk",
    "domain/threads/excerpts.py": "rst",
    "domain/lessons/review_facts.py": "eye",
    "domain/lessons/reviews.py": "eye",
    "domain/lessons/review_candidates.py": "eye",
    "domain/lessons/page_queries.py": "ado",
    "domain/people/bylines.py": "byl",
    "domain/spaces/confirmations.py": "con",
    "domain/spaces/join_requests.py": "con",
}
NO_ACTS = {
    "domain/people/capacities.py": "the rule itself",
    "domain/people/said_under.py": "hands what waits over, with what was said under it",
    "domain/desk/decided.py": "tells who came second that it was confirmed or refused",
    "domain/spaces/undone_answers.py": "lets it wait again",
    "domain/people/profiles.py": "keeps what is confirmed while other words for it wait",
    "domain/people/affirmations.py": "asks the member whether it is still right",
    "domain/digests/need_queries.py": "tells its member in a digest that it was refused, or may need another look",
    "domain/doctor/reviews.py": "proves of the past what the reviews stored",
    "domain/people/directory.py": "shows of each person the city that their ring lights",
    "domain/lessons/workbench/live.py": "counts for the curator whose level is confirmed",
    "domain/spaces/member_page.py": "shows each capacity with who confirmed it",
    "domain/threads/nominations.py": "tells moderators from which cities a thread was nominated",
    "domain/threads/latest_words.py": "says from which city words came, as the ring of their thread does",
    "jobs/letter_kinds.py": "tells its member that it is confirmed",
    "web/settings.py": "tells its member that the words they had already are confirmed",
}
NAMES = {"Capacity", "capacity", "capacities", "held"}
WORTH = {"confirmed_at", "counts_until", "speaks_today", "counted", "lit", "lit_city"}
# Columns of a capacity that may be empty and say nothing of how it stands.
NO_STATES = {"added_at": "since when it waits", "affirmed_at": "when its member was asked last"}

# What the databases are asked of differs here: a moment, a day, nothing at all, an appointment.
ON_BOTH = (
    "confirmed",
    "waiting, confirmed after it",
    "waiting",
    "ended after it",
    "editor, waiting for Gent",
)


@pytest.mark.parametrize("name", once(STATES, *ON_BOTH))
def test_what_a_capacity_in_this_state_is_worth_for_each_act(session, name):
    expected = read(TABLE, answers=ANSWERS, columns=ACTS)
    assert expected.keys() == STATES.keys(), "a row for every state"
    assert differences({name: expected[name]}, {name: answers(STATES[name])}, columns=ACTS) == []


def asking(source: str) -> set[str]:
    """What a module takes of capacities that says what one is worth."""
    nodes = list(ast.walk(ast.parse(source)))
    found = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in NAMES
    }
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and str(node.module).endswith("people.capacities"):
            found |= {alias.name for alias in node.names}
    return found & WORTH


def test_everything_that_asks_what_a_capacity_is_worth_has_a_column():
    known = ASKS.keys() | NO_ACTS.keys()
    folder = ROOT / "forum"
    modules = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.py")}
    found = {name for name, source in modules.items() if asking(source) and not name.startswith("demo/")}
    assert found == known, "give it a column in TABLE, or say why it is no act"
    assert set(ASKS.values()) <= ACTS.keys()
    assert asking("from forum.domain.people.capacities import counted") == {"counted"}
    assert asking("capacities.speaks_today()") == {"speaks_today"}


def test_every_column_says_both_yes_and_no_and_every_standing_has_a_row(session):
    table = read(TABLE, answers=ANSWERS, columns=ACTS)
    for code in ACTS:
        cells = {row[code] for row in table.values()}
        assert "x" in cells, code
        assert cells - {"x"}, code
    states = {column.name for column in Capacity.__table__.columns if column.nullable} - NO_STATES.keys()
    reached = {column for state in STATES.values() for column in columns_set(state)}
    assert states - reached == set(), "a column of a capacity that no row sets"
