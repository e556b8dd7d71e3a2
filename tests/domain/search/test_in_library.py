"""A search within the library: the lessons that have the words, with the filters, counts and orders of all lessons."""

import pytest

from forum.domain.lessons import library_sorts
from forum.domain.lessons.library import EVERYTHING
from forum.domain.lessons.library_choice import KINDS, Choice
from forum.domain.search import in_library, language
from forum.domain.search.in_library import BEST, Part
from forum.infra.logs import count_queries
from forum.models.spaces import Audience
from forum.models.themes import Axis
from tests.domain.lessons import test_library_filters
from tests.domain.lessons.test_library_filters import name_of, publish, readers
from tests.domain.search.test_results import marks
from tests.lesson_scenario import build
from tests.sweeps import few_of

pytestmark = pytest.mark.both_databases
scenario = test_library_filters.scenario
WORD = "roster"  # stands in the advice of each of these lessons


def searched(reader, typed, choice=EVERYTHING, sort=BEST, page=1, **asked):
    return in_library.answer(
        reader, language.read(typed), Part(choice, sort, page), address="192.0.2.1", **asked
    )


def titles(found):
    return ["".join(text for text, _is_found in each.title) for each in found.lessons]


# Nothing, and what is counted by the database beside what is counted of the lessons.
FEW = (Choice(), Choice(axis=(Axis.DENSITY,), applied=("brugge",)))


@pytest.mark.parametrize(
    "chosen",
    few_of(
        (
            *FEW,
            Choice(confidence=("fair",)),
            Choice(addressee=("Alderman",), applied=("brugge",)),
            Choice(axis=(Axis.DENSITY,)),
            Choice(city=("aalst",)),
        ),
        *FEW,
    ),
)
def test_each_count_of_a_search_is_that_of_its_list_for_five_readers(scenario, chosen):
    totals = {}
    for name, reader in readers(scenario).items():
        found = searched(reader, WORD, chosen)
        assert found.counts.total == len(found.lessons), name
        for kind in KINDS:
            for value, number in found.counts.by[kind].items():
                one = chosen.without(kind).toggled(kind, name_of(kind, value, found.spelt))
                assert len(searched(reader, WORD, one).lessons) == number, (name, kind, value)
        totals[name] = searched(reader, WORD).counts.total
        assert searched(reader, "zonnepaneel").counts.total == 0
    assert totals == {"visitor": 2, "member": 3, "guest": 4, "moderator": 4, "administrator": 3}


def test_the_best_match_comes_first_unless_another_order_is_asked(session):
    scenario = build(Audience.PUBLIC)
    publish(scenario, Audience.PUBLIC, title="Nights in the roster")
    publish(scenario, Audience.PUBLIC, title="Something else")
    reader = scenario.actor("reader")
    found = searched(reader, WORD)
    assert titles(found) == ["Nights in the roster", "Something else"]
    assert marks(found.lessons[0].title) == ["roster"]
    assert (found.lessons[1].body.name, marks(found.lessons[1].body.words)) == ("recommendation", ["roster"])
    latest = searched(reader, WORD, sort=library_sorts.LATEST)
    assert titles(latest) == ["Something else", "Nights in the roster"]


def test_a_search_goes_on_over_pages_and_costs_the_same_few_queries(session, monkeypatch):
    monkeypatch.setattr(in_library, "MANY", 2)
    scenario = build(Audience.PUBLIC)
    reader, asked = scenario.actor("reader"), []
    for number in range(5):
        publish(scenario, Audience.PUBLIC, title=f"Roster {number}")
        with count_queries() as seen:
            searched(reader, WORD)
        asked.append(seen.count)
    assert len({*asked}) == 1
    for sort in (BEST, *library_sorts.SORTS):
        pages = [searched(reader, WORD, sort=sort, page=page) for page in (1, 2, 3, 4)]
        assert [len(each.lessons) for each in pages] == [2, 2, 1, 0]
        assert {title for each in pages for title in titles(each)} == {
            f"Roster {number}" for number in range(5)
        }
        assert [each.pages for each in pages] == [3, 3, 3, 3]


def test_typing_errors_are_forgiven_and_a_part_of_the_words_is_said_to_be_one(session):
    scenario = build(Audience.PUBLIC)
    publish(scenario, Audience.PUBLIC, title="Vergaderen in de gang")
    reader = scenario.actor("reader")
    found = searched(reader, "vregaderen")
    assert (titles(found), found.instead.plain) == (["Vergaderen in de gang"], "vergaderen")
    assert titles(searched(reader, "vregaderen", literally=True)) == []
    some = searched(reader, "roster zonnepaneel")
    assert (titles(some), some.some) == (["Vergaderen in de gang"], True)
