"""The passages that are shown of what was found, and which words of them are marked.

A page escapes what stands in them, and marks it then: nothing here is HTML.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from forum.domain.indexing.keys import Keys
from forum.domain.search.sought import Search, Sought
from forum.infra.search_keys.words import Word, words

BEFORE, LENGTH = 60, 240  # characters of a passage before the first word that was found, and in all
LOOKED_AT = 20_000  # characters of a text
HEAD = 2  # letters of a key that every word made of it holds
_BLANKS = re.compile(r"\s+")
Marked = tuple[tuple[str, bool], ...]  # a text in parts, each with whether it was found
Span = tuple[int, int]


class Keyed(NamedTuple):
    """A text, and the keys of its words in order, as the index has them."""

    text: str
    terms: Sequence[str]


def marked(keyed: Keyed, search: Search, keys: Keys) -> Marked:
    """Return a text as a whole, in parts."""
    return _cut(keyed.text, spans(keyed, search, keys), 0, len(keyed.text))


def passage(keyed: Keyed, search: Search, keys: Keys) -> Marked:
    """Return the part of a text in which most of what is looked for stands; its beginning where nothing does."""
    found = spans(keyed, search, keys)
    if not found:
        return _cut(keyed.text, (), *_around(keyed.text, 0))
    best = max(found, key=lambda span: (_within(found, span[0]), -span[0]))
    return _cut(keyed.text, found, *_around(keyed.text, best[0]))


def spans(keyed: Keyed, search: Search, keys: Keys) -> list[Span]:
    """Return where in a text something stands that is looked for, in order, none within another."""
    # The index has one key for each word of a text, in order.
    aligned = list(zip(words(keyed.text[:LOOKED_AT]), keyed.terms, strict=False))
    marks = {at for sought in search.wanted for at in _places(sought, aligned, keys)}
    merged: list[Span] = []
    for at in sorted(marks):
        word = aligned[at][0]
        if merged and not keyed.text[merged[-1][1] : word.start].strip():
            merged[-1] = (merged[-1][0], max(merged[-1][1], word.end))
        else:
            merged.append((word.start, word.end))
    return merged


def compounds(keyed: Keyed, search: Search) -> set[str]:
    """Return the words of a text that may be made of what is looked for: `spans` asks their parts."""
    heads = {way[0][:HEAD] for sought in search.wanted if sought.is_word for way in sought.ways}
    heads |= {part[:HEAD] for sought in search.wanted for part in sought.parts}
    forms = {word.form for word in words(keyed.text[:LOOKED_AT])}
    return {form for form in forms if any(head in form for head in heads)}


def _places(sought: Sought, aligned: Sequence[tuple[Word, str]], keys: Keys) -> Iterable[int]:
    """At which words of a text something stands."""
    terms = [key for _word, key in aligned]
    if not sought.is_word:
        size = max(map(len, sought.ways))
        starts = (at for at in range(len(terms) - size + 1) if tuple(terms[at : at + size]) in sought.ways)
        return {at + step for at in starts for step in range(size)}
    whole = {way[0] for way in sought.ways}
    return _words(whole, aligned, keys) or _words(set(sought.parts), aligned, keys)


def _words(wanted: set[str], aligned: Sequence[tuple[Word, str]], keys: Keys) -> set[int]:
    """The words with one of these keys, or a part with one."""
    heads = {key[:HEAD] for key in wanted}
    return {
        at
        for at, (word, key) in enumerate(aligned)
        if key in wanted
        or (any(head in word.form for head in heads) and not wanted.isdisjoint(keys.dutch(word.form).parts))
    }


def _within(found: Sequence[Span], start: int) -> int:
    return sum(start <= span[0] < start + LENGTH - BEFORE for span in found)


def _around(whole: str, at: int) -> Span:
    """Where a passage begins and ends, whole words, so that it holds what stands at a place."""
    start = max(0, at - BEFORE)
    if start:
        blank = whole.rfind("\n", start, at) if "\n" in whole[start:at] else whole.find(" ", start, at)
        start = blank + 1 if blank >= 0 else start
    end = min(len(whole), start + LENGTH)
    if end < len(whole):
        blank = whole.rfind(" ", start, end)
        end = blank if blank > at else end
    return start, end


def _cut(whole: str, found: Sequence[Span], start: int, end: int) -> Marked:
    """`whole[start:end]` in parts, in one line, with dots where it goes on."""
    parts: list[tuple[str, bool]] = []
    done = start
    for begin, finish in found:
        if begin < start or begin >= end:
            continue
        parts += [(whole[done:begin], False), (whole[begin : min(finish, end)], True)]
        done = min(finish, end)
    parts.append((whole[done:end], False))
    if start > 0 and whole[start - 1] != "\n":
        parts.insert(0, ("… ", False))
    if end < len(whole):
        parts.append((" …", False))
    return tuple((_BLANKS.sub(" ", text), is_found) for text, is_found in parts if text)
