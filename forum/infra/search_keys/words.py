"""The words of a text, the same for what is indexed, what is asked and what is marked on a page."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 60  # letters of a word that count; what is longer is an address or noise
# Inside a word: accents that are signs by themselves, and what nobody sees, such as the place of a hyphen.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_INSIDE = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f" + _INVISIBLE
# Letters and digits; an apostrophe with an s after them belongs to the word and says nothing ("foto's").
_RUN = re.compile(rf"([^\W_](?:[^\W_]|[{_INSIDE}])*)(?:['’ʼ][sS](?![^\W_]))?")
_PLAIN = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th"})


class Word(NamedTuple):
    """A word as it is compared, and where it stands: `text[start:end]`, with the apostrophe that belongs to it."""

    form: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words of a text in order."""
    return list(_words(text))


def fold(word: str) -> str:
    """Return a word in small letters without accents, as NFKC has it; "ĳ" is two letters."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    bare = (sign for sign in plain if not unicodedata.combining(sign) and sign not in _INVISIBLE)
    return "".join(bare).translate(_LETTERS)


def _words(text: str) -> Iterator[Word]:
    for run in _RUN.finditer(text):
        start, end = run.span()
        # Signs such as "½" are several words once they are written out, all in the same place.
        for form in _forms(run[1]):
            yield Word(form[:LONGEST], start, end)


def _forms(run: str) -> list[str]:
    return [run.lower()] if run.isascii() else _PLAIN.findall(fold(run))
