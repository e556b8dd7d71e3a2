"""No word that somebody wrote vanishes between the source, the page and the plain text."""

import html as entities
import random
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.infra import text
from tests.infra.pasted import LONG, SHORT, STYLES, Post, markdown_of_every_kind
from tests.infra.reading import allowed_only

pytestmark = pytest.mark.any_database

AS_WRITTEN = '<pre dir="auto">'


def signs(source: str) -> list[str]:
    """The letters and figures of a text, in their order."""
    return [sign for sign in source if sign.isalnum()]


def test_w1_a_cell_without_a_heading_is_shown():
    html = text.render("| stad | jaar |\n|---|---|\n| Gent | 2024 | extra opmerking |\n| Genk |")
    assert "extra opmerking</td>" in html
    assert text.plain(html).split("\n") == ["stad jaar", "Gent 2024 extra opmerking", "Genk"]
    assert [row.count("</t") - 1 for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL)] == [3, 3, 3]


def test_w2_words_behind_a_fence_are_shown_and_a_language_is_not():
    assert text.plain(text.render("```Beste mensen\ninhoud\n```")) == "Beste mensen\ninhoud"
    assert text.plain(text.render("~~~ Dank\ninhoud\n~~~")) == "Dank\ninhoud"
    assert text.plain(text.render("```python\nprint(1)\n```")) == "print(1)"
    assert text.plain(text.render("```Python extra\nx\n```")) == "Python extra\nx"
    assert text.plain(text.render("``` Groeten")) == "Groeten"


def test_a_table_too_large_and_text_that_is_all_marks_are_shown_as_written():
    wide = "|".join("abcdefg" * 9) + "\n" + "|".join("-" * 63) + "\n" + "|".join("1234567" * 9)
    assert signs(text.plain(text.render(wide))) == signs(wide)
    assert "<table>" not in text.render(wide)
    heavy = "*a* _b_\n" * 2_400
    html = text.render(heavy)
    assert html.startswith('<pre dir="auto">*a* _b_\n')
    assert text.plain(html) == heavy.strip()


@pytest.mark.parametrize("control", [chr(code) for code in [*range(1, 9), *range(11, 32), *range(127, 160)]])
def test_control_characters_part_words_and_never_become_question_marks(control):
    shown = text.plain(text.render(f"voor{control}na *vet* `x{control}y`"))
    assert "?" not in shown
    assert "\ufffd" not in shown
    assert shown.replace("`", "").split() == ["voor", "na", "vet", "x", "y"]


# Nothing of this alphabet can be an address, an entity, a language or a number of a list: every letter stays, in order.
ANY_MARKS = st.text(alphabet="abéß\u0645 \n\t*_~`#>|-+=![]{}'\"\\.,;•–\x0b\u00a0😀", max_size=200)


def check_letters(source: str) -> None:
    html = text.render(source)
    assert signs(text.plain(html)) == signs(source)
    assert "?" not in html
    assert allowed_only(html) == []


@settings(max_examples=250, deadline=None)
@given(ANY_MARKS)
def test_letters_stay_in_their_order_whatever_marks_stand_around_them(source):
    check_letters(source)


@pytest.mark.proof
@pytest.mark.timeout(900)
@settings(max_examples=20_000, deadline=None)
@given(ANY_MARKS)
def test_letters_stay_however_many_texts_one_tries(source):
    check_letters(source)


def check_words(chance: random.Random, documents: int) -> None:
    for _ in range(documents):
        source, words = markdown_of_every_kind(chance)
        assert signs(text.plain(text.render(source))) == signs(words), source


def test_every_word_of_every_kind_of_markdown_is_in_the_plain_text(chance):
    check_words(chance, 250)


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_every_word_is_there_however_many_documents_one_tries(chance):
    check_words(chance, 20_000)


@pytest.mark.parametrize("style", STYLES)
def test_posts_as_people_paste_them_keep_their_letters_lines_and_links(style, chance):
    for _ in range(25):
        check_post(STYLES[style](chance))
    check_post(STYLES[style](chance, LONG))


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_twenty_thousand_posts_keep_their_letters_lines_and_links(chance, capsys):
    counts = dict.fromkeys(STYLES, 0)
    links = 0
    for number in range(20_000):
        style = list(STYLES)[number % len(STYLES)]
        links += check_post(STYLES[style](chance, LONG if number % 20 == 0 else SHORT))
        counts[style] += 1
    with capsys.disabled():
        sys.stdout.write(f"\n  {counts}, {links} links whole\n")


def check_post(post: Post) -> int:
    """Letters, lines and links of a post as its writer would count them; returns how many links it has."""
    html = text.render(post.source)
    shown = text.plain(html)
    assert signs(shown) == signs(" ".join(post.lines)), post.source
    kept = [" ".join(signs(line)) for line in shown.split("\n") if signs(line)]
    assert kept == [" ".join(signs(line)) for line in post.lines if signs(line)], post.source
    assert re.findall(r'<a href="([^"]*)"', html) == [entities.escape(link) for link in post.links], (
        post.source
    )
    assert AS_WRITTEN not in html, post.source[:200]
    return len(post.links)
