"""The words of a question: what a curator made of what was said, and what every change is."""

import re
from typing import NamedTuple

from forum.infra import word_diff

MARK = re.compile(r"\[[^\]]*\]")  # what the house puts in place of somebody's words
AT_ENDS = " .,;:"


class Changed(NamedTuple):
    """One place where the words of a question differ from what was said; without `becomes` it is left out."""

    was: str
    becomes: str


def changes(said: str, words: str) -> list[Changed]:
    """Return where `words` differ from what was said, in their order."""
    found: list[Changed] = []
    removed = ""
    for kind, text in [*word_diff.pieces(said, words), ("same", "")]:
        if kind == "removed":
            removed = text
        elif kind == "added":
            found.append(Changed(removed.strip(), text.strip()))
            removed = ""
        elif removed:
            found.append(Changed(removed.strip(AT_ENDS), ""))
            removed = ""
    return [change for change in found if change.was != change.becomes]


def is_adapted(said: str, words: str) -> bool:
    """Return whether `words` are no quotation any more: more was done to them than shortening, and masking in brackets.

    What was left out in the middle, without a mark, was not said like that either.
    """
    at = 0
    for piece in MARK.split(words):
        found = said.find(piece.strip(), at)
        if found < 0:
            return True
        at = found + len(piece.strip())
    return False
