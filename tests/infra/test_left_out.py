"""Words that are left out of a text: found however they are written there, and every other letter keeps its place."""

import pytest

from forum.infra import left_out

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask Jan Peeters now.", "Ask [] now."),
        ("Ask jan\n\nPEETERS now.", "Ask [] now."),
        ("Mail jan.peeters@stad.test or jan_peeters.", "Mail []@stad.test or []."),
        ("Ask Jan Péeters, Jàn-Peeters and Jan\u200b Peet\u00aders.", "Ask [], [] and []."),
        ("Ask Jan Pe\u0301eters’ team.", "Ask []’ team."),
        ("See https://stad.test/wie?Jan%20Peeters and go.", "See [] and go."),
        ("Jan Peeters Jan Peeters", "[] []"),
        ("Ask Jan and Peeters.", "Ask Jan and Peeters."),
        ("", ""),
    ],
)
def test_words_are_found_however_they_are_written(text, left):
    places = left_out.spans("Jan Peeters", text)
    assert left_out.replaced(text, places, "[]") == left
    covered = left_out.covered(text, places)
    assert len(covered) == len(text)
    assert not left_out.holds("Jan Peeters", covered)
    assert left_out.holds("Jan Peeters", text) == bool(places)


def test_two_letters_are_enough_and_signs_are_not():
    assert [left_out.is_enough(words) for words in ("ab", "a b", "é1", "a", "…!", "")] == [
        *(True, True, True),
        *(False, False, False),
    ]
    assert left_out.spans("!!", "Hello!!") == []


def test_a_line_keeps_within_its_limit():
    assert left_out.without("Jan", "I saw Jan", "[left out]", 20) == "I saw [left out]"
    assert left_out.without("Jan", "I saw Jan", "[left out]", 12) == "I saw […]"
    assert left_out.without("Jan", "I saw Jan", "[left out]", 7) == "I saw ["
