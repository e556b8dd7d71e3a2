"""The sentences of a post: the one way in which a text is cut into what somebody can take whole."""

import re
from collections.abc import Iterable

# Up to where a sentence or its line ends.
_SENTENCE = re.compile(r"\S(?:.*?[.!?…]+[\"'”’»)]*(?=\s)|.*)")

Span = tuple[int, int]


def cut(plain: str, begin: int = 0, finish: int | None = None) -> list[Span]:
    """Return where the sentences of a plain text stand, in order: `plain[start:end]`, without white space around."""
    whole = len(plain) if finish is None else finish
    spans = (match.span() for match in _SENTENCE.finditer(plain, begin, whole))
    return [(start, start + len(plain[start:end].rstrip())) for start, end in spans]


def joined(plain: str, chosen: Iterable[Span]) -> list[Span]:
    """Return the passages that chosen sentences make: those with nothing but white space between them are one."""
    found: list[Span] = []
    for start, end in sorted(set(chosen)):
        if found and not plain[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
