"""What changed between two texts, word by word, at a cost that no text can drive up.

Patience diff (Bram Cohen): what both begin and end with; then the words that occur once in each, in the longest run
that keeps their order; then the same between those. Where no such word is left, a small rest is compared token by token
(the longest common subsequence) and a large one counts as replaced. A budget ends the search in texts made for it.
"""

import re
from bisect import bisect_left
from collections import Counter
from itertools import groupby
from typing import NamedTuple

Piece = tuple[str, str]  # "same", "added" or "removed", and the text
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
DEEPEST = 50
MOST_READ = 12  # times each token may be looked at while the search goes deeper
MOST_CELLS = 10_000  # of the tables of all small rests together


class Span(NamedTuple):
    """A range of tokens of the older text (`a` to `b`) beside one of the newer (`c` to `d`)."""

    a: int
    b: int
    c: int
    d: int


def pieces(before: str, after: str) -> list[Piece]:
    """Return `before` and `after` merged into one text: pieces that stayed, were removed, or were added."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    changes: list[Piece] = []
    a = c = 0
    for i, j in [*_Search(old, new).pairs(), (len(old), len(new))]:
        changes += [("removed", token) for token in old[a:i]]
        changes += [("added", token) for token in new[c:j]]
        changes += [("same", old[i])] if i < len(old) else []
        a, c = i + 1, j + 1
    return _merged(changes)


class _Search:
    """Finds which tokens of two texts are the same ones."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        self.old, self.new = old, new
        self.to_read = MOST_READ * (len(old) + len(new))
        self.cells = MOST_CELLS

    def pairs(self) -> list[tuple[int, int]]:
        """The places of equal tokens in both, in order."""
        return self._align(Span(0, len(self.old), 0, len(self.new)), 0)

    def _align(self, span: Span, depth: int) -> list[tuple[int, int]]:
        a, b, c, d = span
        self.to_read -= b - a + d - c
        start, end = 0, 0
        while a + start < b and c + start < d and self.old[a + start] == self.new[c + start]:
            start += 1
        while a + start < b - end and c + start < d - end and self.old[b - end - 1] == self.new[d - end - 1]:
            end += 1
        middle = Span(a + start, b - end, c + start, d - end)
        head = [(a + place, c + place) for place in range(start)]
        tail = [(b - place, d - place) for place in range(end, 0, -1)]
        return head + self._between(middle, depth) + tail

    def _between(self, span: Span, depth: int) -> list[tuple[int, int]]:
        a, b, c, d = span
        if a == b or c == d:
            return []
        anchors = self._anchors(span) if depth < DEEPEST and self.to_read > 0 else []
        if not anchors:
            return self._smallest(span)
        found: list[tuple[int, int]] = []
        for i, j in [*anchors, (b, d)]:
            found += self._align(Span(a, i, c, j), depth + 1)
            found += [(i, j)] if i < b else []
            a, c = i + 1, j + 1
        return found

    def _anchors(self, span: Span) -> list[tuple[int, int]]:
        """Words that occur once on both sides, as many as keep their order."""
        old, new = self.old[span.a : span.b], self.new[span.c : span.d]
        once, also_once = Counter(old), Counter(new)
        places = {token: span.c + j for j, token in enumerate(new) if also_once[token] == 1 and token.strip()}
        candidates = [
            (span.a + i, places[token]) for i, token in enumerate(old) if token in places and once[token] == 1
        ]
        return _longest_increasing(candidates)

    def _smallest(self, span: Span) -> list[tuple[int, int]]:
        """The longest common subsequence of a small rest; nothing of a large one."""
        old, new = self.old[span.a : span.b], self.new[span.c : span.d]
        cells = len(old) * len(new)
        if cells > self.cells:
            return []
        self.cells -= cells
        rows = [[0] * (len(new) + 1)]
        for token in reversed(old):
            below, row = rows[-1], [0]
            for j in range(len(new) - 1, -1, -1):
                row.append(
                    below[len(new) - j - 1] + 1 if token == new[j] else max(row[-1], below[len(new) - j])
                )
            rows.append(row)
        found = []
        i = j = 0
        while i < len(old) and j < len(new):
            left_old, left_new = len(old) - i, len(new) - j
            if old[i] == new[j]:
                found.append((span.a + i, span.c + j))
                i, j = i + 1, j + 1
            elif rows[left_old - 1][left_new] >= rows[left_old][left_new - 1]:
                i += 1
            else:
                j += 1
        return found


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs whose second numbers rise; the first numbers rise already (patience sorting)."""
    tops: list[int] = []  # the smallest second number that ends a run of each length
    last: list[int] = []  # and which pair that is
    before: list[int] = []
    for at, (_i, j) in enumerate(pairs):
        place = bisect_left(tops, j)
        tops[place : place + 1] = [j]
        last[place : place + 1] = [at]
        before.append(last[place - 1] if place else -1)
    run = []
    at = last[-1] if last else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


def _merged(changes: list[Piece]) -> list[Piece]:
    """Runs of one kind as one piece; what stayed between two changes but is no word changes with them."""
    runs = [
        (kind, "".join(token for _kind, token in run))
        for kind, run in groupby(changes, lambda piece: piece[0])
    ]
    merged: list[Piece] = []
    removed, added, kept = "", "", ""
    for at, (kind, text) in enumerate(runs):
        if kind == "same" and (removed or added) and not _is_word(text) and at < len(runs) - 1:
            kept = text
            continue
        if kind == "same":
            merged += _change(removed, added)
            merged.append((kind, text))
            removed = added = kept = ""
            continue
        removed, added, kept = removed + kept, added + kept, ""
        removed, added = (removed + text, added) if kind == "removed" else (removed, added + text)
    return merged + _change(removed, added)


def _is_word(text: str) -> bool:
    return len(text) > 1 or text.isalnum()


def _change(removed: str, added: str) -> list[Piece]:
    return [piece for piece in (("removed", removed), ("added", added)) if piece[1]]
