"""Where words of a post stand in another text of it: an author who changes a post does not lose a say over the rest."""

import re

from forum.infra.word_diff import pieces

LEAST_WORDS = 3  # fewer are said too often to tell by them what was moved
WORD = re.compile(r"\w+")


def is_same(before: str, span: tuple[int, int], after: str, other: tuple[int, int]) -> bool:
    """Return whether `after[other]` has words that were `before[span]`, or what came in their place.

    Spans are start and end. What stands elsewhere now counts from three words on, or as a whole; commas, capitals and
    blanks make no difference.
    """
    start, end = other
    if any(at < end and start < until for at, until in _places(before, span, after)):
        return True
    return _has(_words(before[slice(*span)]), _words(after[start:end]))


def _places(before: str, span: tuple[int, int], after: str) -> list[tuple[int, int]]:
    """Where `before[span]` is in `after`: pieces that stayed, and what replaced or split one of it."""
    found = []
    start, end = span
    a = c = 0
    replaced = False  # the piece before was removed, and it was of the span
    for kind, text in pieces(before, after):
        size = len(text)
        if kind == "added":
            if replaced or start < a < end:
                found.append((c, c + size))
        elif kind == "same":
            first, last = max(start, a), min(end, a + size)
            if first < last and WORD.search(before, first, last):
                found.append((c + first - a, c + last - a))
        replaced = kind == "removed" and a < end and start < a + size
        a += size if kind != "added" else 0
        c += size if kind != "removed" else 0
    return found


def _has(gone: list[str], words: list[str]) -> bool:
    """Whether one of two runs of words is the other, or holds it where it is long enough."""
    short, long = sorted((gone, words), key=len)
    if not short or (len(short) < LEAST_WORDS and len(short) != len(long)):
        return False
    return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]
