"""The passages that are shown of what was found, and which words of them are marked.

A page escapes what stands in them, and marks it then: nothing here is HTML.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from forum.domain.indexing.keys import Keys
from forum.domain.search.sought import Search, Sought
from forum.infra.search_keys.compounds import SHORTEST
from forum.infra.search_keys.words import Word, words

BEFORE, LENGTH = 60, 240  # characters of a passage before the first word that was found, and in all
LOOKED_AT = 6_000  # characters of a text: what stands further on is found, and not marked
HEAD = 2  # letters of a key that every word made of it holds
_BLANKS = re.compile(r"\s+")
Marked = tuple[tuple[str, bool], ...]  # a text in parts, each with whether it was found
Span = tuple[int, int]


class Keyed(NamedTuple):
    """A text, and the keys of its words in order, as the index has them."""

    text: str
    terms: Sequence[str]


class Marker:
    """What finds in texts what is looked for. Each text is cut into words once, however often it is looked at."""

    def __init__(self, search: Search, keys: Keys) -> None:
        self.search, self.keys = search, keys
        self._words: dict[str, list[Word]] = {}
        self._may_hold = _heads(search)

    def learn(self, texts: Iterable[Keyed]) -> None:
        """Look up the parts of the words in all of these texts that may be made of what is looked for (one query)."""
        if self._may_hold is not None:
            forms = {word.form for keyed in texts for word in self._of(keyed.text)}
            self.keys.learn(form for form in forms if self._is_compound(form))

    def marked(self, keyed: Keyed) -> Marked:
        """Return a text as a whole, in parts."""
        return _cut(keyed.text, self.spans(keyed), 0, len(keyed.text))

    def passage(self, keyed: Keyed) -> Marked:
        """Return the part of a text in which most of what is looked for stands; its beginning where nothing does."""
        found = self.spans(keyed)
        if not found:
            return _cut(keyed.text, (), *_around(keyed.text, 0))
        best = max(found, key=lambda span: (_within(found, span[0]), -span[0]))
        return _cut(keyed.text, found, *_around(keyed.text, best[0]))

    def spans(self, keyed: Keyed) -> list[Span]:
        """Return where in a text something stands that is looked for, in order, none within another."""
        # The index has one key for each word of a text, in order.
        cut, terms = self._of(keyed.text), keyed.terms
        standing = self._standing(cut, terms)
        marks = {at for sought in self.search.wanted for at in _places(sought, terms, standing)}
        merged: list[Span] = []
        for at in sorted(marks):
            if at >= len(cut):
                break
            word = cut[at]
            if merged and not keyed.text[merged[-1][1] : word.start].strip():
                merged[-1] = (merged[-1][0], max(merged[-1][1], word.end))
            else:
                merged.append((word.start, word.end))
        return merged

    def _of(self, text: str) -> list[Word]:
        found = self._words.get(text)
        if found is None:
            found = self._words[text] = words(text[:LOOKED_AT])
        return found

    def _is_compound(self, form: str) -> bool:
        return len(form) >= SHORTEST and self._may_hold is not None and bool(self._may_hold.search(form))

    def _standing(self, cut: Sequence[Word], terms: Sequence[str]) -> dict[str, list[int]]:
        """At which words each key stands, as a word or as a part of one: each different word is looked at once."""
        standing: dict[str, list[int]] = {}
        forms: dict[str, list[int]] = {}
        for at, (word, key) in enumerate(zip(cut, terms, strict=False)):
            standing.setdefault(key, []).append(at)
            forms.setdefault(word.form, []).append(at)
        for form, places in forms.items():
            if self._is_compound(form):
                for part in self.keys.dutch(form).within:
                    standing.setdefault(part, []).extend(places)
        return standing


def _heads(search: Search) -> re.Pattern[str] | None:
    """What finds the beginnings of keys in a word; None where only phrases are looked for."""
    keys = {way[0] for sought in search.wanted if sought.is_word for way in sought.ways}
    keys |= {part for sought in search.wanted for part in sought.parts}
    # "oren" has one of the two letters that its key "oor" begins with.
    heads = {each[: 1 if each[:1] == each[1:2] else HEAD] for each in keys}
    return re.compile("|".join(map(re.escape, sorted(heads)))) if heads else None


def _places(sought: Sought, terms: Sequence[str], standing: Mapping[str, Sequence[int]]) -> set[int]:
    """At which words of a text something stands."""
    if not sought.is_word:
        size = max(map(len, sought.ways))
        firsts = {way[0] for way in sought.ways}
        starts = [at for first in firsts for at in standing.get(first, ())]
        whole = [at for at in starts if tuple(terms[at : at + size]) in sought.ways]
        return {at + step for at in whole for step in range(size)}
    found = {at for way in sought.ways for at in standing.get(way[0], ())}
    return found or {at for part in sought.parts for at in standing.get(part, ())}


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
