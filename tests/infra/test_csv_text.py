"""Cells that a spreadsheet would take for a formula are words in it."""

import csv
from io import StringIO

from forum.infra import csv_text

WORDS = (
    "=1+1",
    "+32 9 210",
    "-",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "plain = same",
    "a;b",
    'a "word"',
    "two\nlines",
    "",
)


def test_a_table_comes_back_as_it_was_with_no_formula_in_it():
    text = "".join(csv_text.lines([WORDS, (1, None, "ë")]))
    assert text.startswith("\ufeff")
    first, second = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
    assert first == [f"'{word}" for word in WORDS[:7]] + list(WORDS[7:])
    assert second == ["1", "None", "ë"]
