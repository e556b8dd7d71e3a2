"""Words that are left out of a text: where they stand in it, however they are written there, and the text without them.

Letters and figures count, without capitals and accents; whatever stands between them is one gap. So `Jan Peeters` is
found in `jan-péeters@…`, across a line end and in an address, too.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from forum.infra.words import INVISIBLE

# What stands in their place, in each language of the interface.
MARKS = {"nl": "[weggelaten door een moderator]", "en": "[left out by a moderator]"}
SHORT = "[…]"  # where that would be too long
COVER = "█"  # each letter of them, where all others must keep their place
_ENCODED = re.compile(r"\S*%[0-9A-Fa-f]{2}\S*")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Span(NamedTuple):
    """`text[start:end]`."""

    start: int
    end: int


def is_enough(words: str) -> bool:
    """Return whether these words can be looked for: at least two letters or figures."""
    return len(_Folded(words).text.replace(" ", "")) > 1


def spans(words: str, text: str) -> list[Span]:
    """Return where the words stand in a text, in order; places that touch each other are one."""
    wanted, folded = _Folded(words).text.strip(), _Folded(text)
    found, at = [], folded.text.find(wanted) if wanted else -1
    while at >= 0:
        found.append(Span(folded.starts[at], folded.ends[at + len(wanted) - 1]))
        at = folded.text.find(wanted, at + 1)
    found += [
        Span(*match.span())
        for match in _ENCODED.finditer(text)
        if wanted and wanted in _Folded(unquote(match[0])).text
    ]
    return _merged(sorted(found))


def holds(words: str, text: str) -> bool:
    """Return whether the words stand anywhere in a text."""
    return bool(spans(words, text))


def covered(text: str, places: Sequence[Span]) -> str:
    """Return the text with each letter at these places covered: as long as before, and every other where it was."""
    return _with(text, places, lambda gone: re.sub(r"\S", COVER, gone))


def replaced(text: str, places: Sequence[Span], mark: str) -> str:
    """Return the text with the mark in these places."""
    return _with(text, places, lambda _gone: mark)


def without(words: str, text: str, mark: str, limit: int) -> str:
    """Return a text, with the mark where the words stood, within its limit."""
    places = spans(words, text)
    for one in (mark, SHORT):
        made = replaced(text, places, one)
        if len(made) <= limit:
            return made
    return made[:limit]


def escaped(plain: str) -> str:
    """Return Markdown that shows this plain text, line by line."""
    lines = (_PUNCTUATION.sub(r"\\\1", line.strip()) for line in plain.split("\n"))
    return "\n".join(lines)


def _with(text: str, places: Sequence[Span], instead: Callable[[str], str]) -> str:
    parts, at = [], 0
    for start, end in places:
        parts += [text[at:start], instead(text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _merged(found: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for one in found:
        if merged and one.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(one.end, merged[-1].end))
        else:
            merged.append(one)
    return merged


class _Folded:
    """A text as it is compared, and where each of its letters begins and ends in the text as it is."""

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        for at, sign in enumerate(text):
            if INVISIBLE.match(sign) or unicodedata.category(sign)[0] == "M":
                if self.ends and letters[-1] != " ":
                    self.ends[-1] = at + 1  # an accent goes with its letter
                continue
            plain = [one for one in unicodedata.normalize("NFKD", sign).casefold() if one.isalnum()]
            if not plain and letters and letters[-1] == " ":
                continue
            for one in plain or [" "]:
                letters.append(one)
                self.starts.append(at)
                self.ends.append(at + 1)
        self.text = "".join(letters)
