"""What changed between two texts: nothing is left out, prose keeps its words, and no text is dear to compare."""

import pytest

from forum.infra.word_diff import pieces
from tests.infra.costs import BAR, milliseconds, prose_cost

pytestmark = pytest.mark.any_database
TOKENS = ["a ", ".", ".,", "\n", "één ", "x", "- ", "a b ", "9", " ", "wijk straat ", "de de "]
LENGTH = 4_000  # characters: the longest field of a lesson


def before_and_after(merged):
    """Both texts, put together again from their pieces."""
    before = "".join(text for kind, text in merged if kind != "added")
    after = "".join(text for kind, text in merged if kind != "removed")
    return before, after


def test_what_changed_is_told_word_by_word():
    assert pieces("De straat ging open.", "De straat ging dicht.") == [
        ("same", "De straat ging "),
        ("removed", "open"),
        ("added", "dicht"),
        ("same", "."),
    ]
    assert pieces("gelijk", "gelijk") == [("same", "gelijk")]
    assert pieces("", "nieuw") == [("added", "nieuw")]
    assert pieces("weg", "") == [("removed", "weg")]
    assert pieces("", "") == []


def test_a_passage_that_was_added_in_the_middle_leaves_the_rest_as_it_was():
    old = "De ploeg komt om acht uur. De ploeg blijft tot twaalf uur."
    new = "De ploeg komt om acht uur. Op dinsdag niet. De ploeg blijft tot twaalf uur."
    kinds = [kind for kind, _text in pieces(old, new)]
    assert kinds == ["same", "added", "same"]


def test_a_blank_between_two_changes_changes_with_them():
    merged = pieces("een twee drie vier", "vijf zes drie vier")
    assert merged == [("removed", "een twee"), ("added", "vijf zes"), ("same", " drie vier")]


def test_nothing_is_left_out_whatever_is_compared(chance):
    for _ in range(300):
        before, after = ("".join(chance.choices(TOKENS, k=chance.randint(0, 60))) for _ in range(2))
        assert before_and_after(pieces(before, after)) == (before, after)


def test_prose_with_some_edits_keeps_nearly_all_its_words(chance):
    words = [f"woord{chance.randint(0, 300)}" for _ in range(600)]
    edited = [word if chance.random() > 0.05 else "anders" for word in words]
    kept = sum(len(text) for kind, text in pieces(" ".join(words), " ".join(edited)) if kind == "same")
    assert kept > 0.85 * len(" ".join(words))


def field(chance):
    unit = "".join(chance.choices(TOKENS, k=chance.choice([1, 2, 4, 40])))
    return (unit * LENGTH)[: chance.choice([LENGTH, LENGTH // 2])]


def check_cost(before, after):
    least = min(milliseconds(lambda: pieces(before, after)) / prose_cost() for _ in range(2))
    assert least < BAR, (before[:40], after[:40])


def test_s2_comparing_costs_no_more_than_ten_times_prose(chance):
    check_cost("." * 1200, ".," * 600)
    check_cost("." * LENGTH, ".," * (LENGTH // 2))
    for _ in range(5):
        check_cost(field(chance), field(chance))


@pytest.mark.proof
def test_comparing_costs_no_more_whatever_is_drawn(chance):
    for _ in range(300):
        check_cost(field(chance), field(chance))
