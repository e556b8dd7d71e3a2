"""Words of a post that was changed since: the same ones are found again, and others are not taken for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.domain.threads.revised import LEAST_WORDS, is_same

pytestmark = pytest.mark.any_database
TEXT = "Ja, de ploeg komt op dinsdag. Niemand vroeg het de buren. Ja, dat was te laat."
WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=12, max_size=40, unique=True)


def span(text, words):
    at = text.index(words)
    return at, at + len(words)


@pytest.mark.parametrize(
    ("gone", "after", "words", "same"),
    [
        (
            "Niemand vroeg het de buren.",
            TEXT.replace("dinsdag", "maandag"),
            "Niemand vroeg het de buren.",
            True,
        ),
        (
            "Niemand vroeg het de buren.",
            TEXT.replace("Niemand vroeg", "niemand, vroeg"),
            "vroeg het de",
            True,
        ),
        ("Niemand vroeg het de buren.", TEXT.replace("Niemand", "Geen mens"), "Geen mens vroeg", True),
        ("Niemand vroeg het de buren.", "Vooraf. " + TEXT, "de ploeg komt", False),
        (
            "Niemand vroeg het de buren.",
            "Niemand vroeg het de buren. " + TEXT[:30],
            "Niemand vroeg het",
            True,
        ),
        ("Ja", TEXT.replace("dinsdag", "maandag"), "Ja, dat was te laat.", False),
        ("Ja", TEXT.replace("dinsdag", "maandag"), "Ja, de ploeg", True),
        ("de ploeg", TEXT.replace("de buren", "de ploeg"), "vroeg het de ploeg", False),
        ("dinsdag", TEXT.replace("dinsdag", "maandag"), "op maandag", True),
        ("dinsdag", "Heel iets anders.", "iets", True),  # nobody can say what came in whose place
    ],
)
def test_words_are_found_again_by_their_place_and_when_there_are_enough_of_them_anywhere(
    gone, after, words, same
):
    assert is_same(TEXT, span(TEXT, gone), after, span(after, words)) is same


@given(words=WORDS, data=st.data())
def test_of_a_text_that_was_edited_elsewhere_only_the_words_themselves_are_taken_for_the_same(words, data):
    first = data.draw(st.integers(4, len(words) - 6))
    last = data.draw(st.integers(first + 1, first + 5))
    before, gone = " ".join(words), words[first:last]
    start = len(" ".join(words[:first])) + 1
    after = data.draw(st.sampled_from([["zeker", *words[1:]], [*words, "zeker"], [*words[:2], *words[3:]]]))
    at = 0
    for word in after:
        spot = (at, at + len(word))
        assert is_same(before, (start, start + len(" ".join(gone))), " ".join(after), spot) is (word in gone)
        at += len(word) + 1
    moved = ", ".join(gone).upper() + ". " + " ".join(reversed(words[:4]))
    if len(gone) >= LEAST_WORDS:
        assert is_same(before, (start, start + len(" ".join(gone))), moved, (0, len(", ".join(gone))))
