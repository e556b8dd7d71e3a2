"""A line end is a line end; lists as people paste them are lists; spaces before a line make no code."""

import re

import pytest

from forum.infra import text

pytestmark = pytest.mark.any_database


def lines(source: str) -> list[str]:
    return text.plain(text.render(source)).split("\n")


def items(source: str) -> int:
    return text.render(source).count("<li")


def test_w3_line_ends_are_kept_on_the_page_and_in_plain_text_and_summary():
    source = "Straat 1\n9000 Gent\nbel 2x"
    html = text.render(source)
    assert html.count("<br>") == 2
    assert text.plain(html) == text.summary(text.plain(html)) == source


@pytest.mark.parametrize(
    "line_end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "  \n", "\\\n", " \t\n   "]
)
def test_every_kind_of_line_end_is_one(line_end):
    assert lines(f"een{line_end}twee") == ["een", "twee"]
    assert lines(f"*een*{line_end}`twee`") == ["een", "twee"]
    assert lines(f"> een{line_end}> twee") == ["een", "twee"]
    assert lines(f"- een{line_end}  twee") == ["een", "twee"]


def test_an_empty_line_is_no_line_of_its_own():
    assert lines("een\n\n\n\ntwee") == ["een", "", "twee"]
    assert "<br>" not in text.render("een\n\ntwee\n")


@pytest.mark.parametrize("bullet", ["•", "·", "▪", "◦", "–", "—", "\uf0b7", "-", "*", "+"])
@pytest.mark.parametrize("space", ["\t", " ", "\u00a0  ", "    "])
def test_w4_bullets_of_word_processors_make_lists(bullet, space):
    if bullet in "-*+":
        space = space.strip("\u00a0")  # Markdown's own marks take a plain space
    source = "\n".join(f"{bullet}{space}{word}" for word in ("een", "twee", "drie"))
    assert items(source) == 3
    assert lines(source) == ["een", "twee", "drie"]
    assert items(f"Punten:\n{source}") == 3
    assert items("\n".join(f"> {line}" for line in source.split("\n"))) == 3


def test_a_dash_alone_is_what_somebody_says_and_fenced_bullets_stay():
    assert lines("– Nee, zei ze.\n\n– Ja.") == ["– Nee, zei ze.", "", "– Ja."]
    assert lines("```\n• een\n2. twee\n```\n\n•\tdrie") == ["• een", "2. twee", "", "drie"]
    assert lines("12 – 14 uur\n–\n5 °C") == ["12 – 14 uur", "–", "5 °C"]


@pytest.mark.parametrize("before", ["    ", "\t", "        ", " \t "])
def test_an_indented_line_is_no_code_and_fenced_code_is(before):
    assert "<code>" not in text.render(f"{before}een\n{before}twee")
    assert lines(f"{before}een\n\n{before}twee") == ["een", "", "twee"]
    assert items(f"{before}- een\n{before}- twee") == 2
    assert text.plain(text.render("```\n  een\n    twee\n```")) == "  een\n    twee"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("12. maart was koud", "12. maart was koud"),
        ("het jaar\n1986. Toen begon het", "het jaar\n1986. Toen begon het"),
        ("2) tweede deur", "2) tweede deur"),
    ],
)
def test_a_number_that_begins_no_list_is_text(source, shown):
    assert text.plain(text.render(source)) == shown


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((1, 2, 3), (1, 2, 3)),
        ((1, 1, 1), (1, 2, 3)),
        ((4, 5, 6), (4, 5, 6)),
        ((1, 2, 4, 5), (1, 2, 4, 5)),
        ((1, 2, 1, 2), (1, 2, 1, 2)),
    ],
)
def test_a_list_counts_as_it_was_typed(numbers, shown):
    html = text.render("\n".join(f"{number}. punt" for number in numbers))
    assert counted(html) == list(shown)


def counted(html: str) -> list[int]:
    """The numbers that a browser shows before the items of a list."""
    start = re.search(r'<ol start="(\d+)"', html)
    number, found = int(start[1]) - 1 if start else 0, []
    for item in re.finditer(r"<li[^>]*>", html):
        value = re.search(r'value="(\d+)"', item[0])
        number = int(value[1]) if value else number + 1
        found.append(number)
    return found


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "> vraag van Els\nmijn antwoord",
            "<blockquote><p>vraag van Els</p></blockquote><p>mijn antwoord</p>",
        ),
        (
            ">> van Els\n> van Jan\nvan mij",
            "<blockquote><blockquote><p>van Els</p></blockquote><p>van Jan</p></blockquote><p>van mij</p>",
        ),
        ("> een\n> twee", "<blockquote><p>een<br>twee</p></blockquote>"),
        ("- een\n- twee\nGroeten\nJan", "<ul><li>een</li><li>twee</li></ul><p>Groeten<br>Jan</p>"),
        ("- een\n  vervolg\nGroeten", "<ul><li>een<br>vervolg</li></ul><p>Groeten</p>"),
        ("1. een\nuitleg\n2. twee", "<ol><li>een<br>uitleg</li><li>twee</li></ol>"),
        (f"- {'woord ' * 11}\ngaat voort", f"<ul><li>{'woord ' * 10}woord<br>gaat voort</li></ul>"),
        ("–\teen\nvervolg\n–\ttwee", "<ul><li>een<br>vervolg</li><li>twee</li></ul>"),
    ],
)
def test_nobodys_words_stand_in_the_quote_or_the_list_of_another(source, shown):
    html = text.render(source).replace(' dir="auto"', "")
    assert re.sub(r"\s*\n\s*", "", html) == shown
