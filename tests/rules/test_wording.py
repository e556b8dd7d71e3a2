"""One thing has one word on the pages: the glossary says which words they do not use, in both languages."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages import pofile

from tests.rules.source import ROOT

pytestmark = pytest.mark.any_database
GLOSSARY = Path("docs/glossary.md")
CATALOGUE = Path("translations/nl/LC_MESSAGES/messages.po")
HEADING = "## Words that pages do not use"
LANGUAGES = {"English", "Dutch"}


class Avoided(NamedTuple):
    """Words of one language that pages do not use, the word they use, and the phrases in which they may stand."""

    language: str
    words: tuple[str, ...]
    instead: str
    except_as: tuple[str, ...]


def avoided(root: Path) -> list[Avoided]:
    """The table of the glossary."""
    part = (root / GLOSSARY).read_text().partition(HEADING)[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")][2:]
    return [Avoided(a.strip(), _list(b), c.strip(), _list(d)) for a, b, c, d in lines]


def _list(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(",") if word.strip())


def visible(root: Path) -> Iterator[tuple[str, str]]:
    """Every sentence of the catalogue, with its language."""
    with (root / CATALOGUE).open("rb") as file:
        for message in pofile.read_po(file):
            if message.id:
                yield from (("English", text) for text in _forms(message.id))
                yield from (("Dutch", text) for text in _forms(message.string))


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def other_words(root: Path) -> list[str]:
    """Sentences with a word that the glossary tells to avoid, each with the word to use instead."""
    table = avoided(root)
    return [
        f"{language}: “{word}” in “{text}”: say {row.instead}"
        for language, text in visible(root)
        for row in table
        if row.language == language
        for word in row.words
        if _has(text, word, row.except_as)
    ]


def _has(text: str, word: str, except_as: tuple[str, ...]) -> bool:
    plain = re.sub(r"%\(\w+\)[sd]", " ", text).lower()
    for phrase in except_as:
        plain = plain.replace(phrase.lower(), " ")
    return _whole(word).search(plain) is not None


@cache
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(word.lower())}(?![\w-])")


def test_pages_say_one_word_for_one_thing():
    assert other_words(ROOT) == []


def test_dutch_quotes_with_single_marks_and_english_with_double_ones():
    marks = {"English": re.compile("‘"), "Dutch": re.compile("[“”]")}
    assert [text for language, text in visible(ROOT) if marks[language].search(text)] == []
    assert marks["Dutch"].search("Kies “Laat nalezen”")


def test_dutch_has_no_straight_apostrophe_in_a_word():
    straight = re.compile(r"\w'\w")
    assert [text for language, text in visible(ROOT) if language == "Dutch" and straight.search(text)] == []
    assert straight.search("Kies thema's")


def test_the_table_of_the_glossary_is_read():
    table = avoided(ROOT)
    assert {row.language for row in table} == LANGUAGES
    assert all(row.words and row.instead for row in table)
    assert len(table) > 15


@pytest.mark.parametrize(
    ("english", "dutch", "found"),
    [
        ("Close this talk", "Sluit dit gesprek", 1),
        ("Close this thread", "Deze brief is voor jou", 1),
        ("Write a letter about your talk", "Over welke assen?", 3),
        ("Use small letters", "Werkt als het een basis heeft", 0),
        ("%(talk)s is talked about", "%(brief)s is ondertekend", 0),
    ],
)
def test_a_word_beside_the_glossary_is_found(tmp_path, english, dutch, found):
    for file in (GLOSSARY, CATALOGUE):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / GLOSSARY).write_text((ROOT / GLOSSARY).read_text())
    (tmp_path / CATALOGUE).write_text(f'msgid ""\nmsgstr ""\n\nmsgid "{english}"\nmsgstr "{dutch}"\n')
    assert len(other_words(tmp_path)) == found, other_words(tmp_path)
