"""The parts of Dutch compounds: wijkbudget is found by budget, klimaatadaptatie by adaptatie.

`compound_parts.txt` says of each word in how many others of a word list it stands in front, and at the end. A part is
worth the more, the more words it builds; a word that builds many itself stays whole. What only looks like an end, and
words that only look like compounds, stand there too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import log
from pathlib import Path

from forum.infra.search_keys.keying import key

FILE = Path(__file__).with_name("compound_parts.txt")
LINKS = ("", "s", "e", "en")  # between two parts: stadsbestuur, zonneschijn, boekenkast
SHORTEST, SHORTEST_PART, LONGEST = 7, 3, 40  # letters
SHORTEST_END = 4  # of what a word is said to begin or end with
PART_COST, LINK_COST, WHOLE_COST = 7.0, 1.0, 11.0
DOUBT_COST = 4.0  # of an s that may as well belong to the other of two parts
# Words that are made with them are too many to be listed; an s parts them from what follows.
PRODUCTIVE, UNLISTED = ("heid", "ing", "teit", "schap"), 0.3
NO_END, WHOLE, VERB, COMMENT = "-", "=", "+", "#"  # what a line begins with that is about no part
LINK = "s"  # behind the numbers of what mostly has it
Cut = tuple[float, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """What parts are worth in front, by the word, and at the end, by its key.

    `with_s` mostly have an s behind them; `endings` end no compound; `wholes` are the keys of words that are none, and
    `verbs` those of verbs that have beginnings, as terug and op.
    """

    fronts: Mapping[str, float]
    backs: Mapping[str, float]
    with_s: Collection[str]
    endings: Collection[str] = frozenset()
    wholes: Collection[str] = frozenset()
    verbs: Collection[str] = frozenset()


def worth(numbers: Mapping[str, int]) -> dict[str, float]:
    """Return what each part is worth by the number of words that it builds."""
    return {part: log(1 + number) for part, number in numbers.items() if number}


def parts(form: str) -> tuple[str, ...]:
    """Return the words that a folded Dutch word is made of, in order; nothing where it is none of several."""
    return cut(form, _listed())


def longer_parts(form: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the compounds that stand in one of three parts or more: leegstand in leegstandsregister."""
    places, at = [], 0
    for part in parts:
        start = form.index(part, at)
        at = start + len(part)
        places.append((start, at))
    runs = combinations(range(len(parts)), 2)
    return tuple(
        form[places[first][0] : places[last][1]] for first, last in runs if last - first < len(parts) - 1
    )


def cut(form: str, listed: Listed) -> tuple[str, ...]:
    """Return the parts of a folded word by such a list."""
    size = len(form)
    if not SHORTEST <= size <= LONGEST or not form.isalpha() or not form.isascii():
        return ()
    fronts, backs = listed.fronts, listed.backs
    ends = []
    for at, (cost, before) in _beginnings(form, fronts).items():
        value = backs.get(key(form[at:], {})) if at and form[at:] not in listed.endings else None
        if value is not None:
            ambiguity = DOUBT_COST if _is_doubtful(form, at, before[-1], listed) else 0.0
            ends.append((cost + PART_COST - value + ambiguity, (*before, form[at:])))
    if not ends:
        return ()
    cost, found = min(ends)
    own = key(form, {})
    whole = WHOLE_COST - max(fronts.get(form, 0.0), backs.get(own, 0.0))
    return found if cost < whole and own not in listed.wholes else ()


def is_listed(form: str) -> bool:
    """Return whether a folded word is one of the list."""
    return form in _listed().fronts


def has_key(key: str) -> bool:
    """Return whether any word of the list has this key."""
    return key in _listed().backs


def is_verb(key: str) -> bool:
    """Return whether this is the key of a verb that has beginnings, as terug and op."""
    return key in _listed().verbs


def ends(form: str) -> tuple[str, ...]:
    """Return the longest known words that a folded Dutch word begins and ends with, of those that there are."""
    listed = _listed()
    sizes = range(len(form) - SHORTEST_END, SHORTEST_END - 1, -1)
    front = next((form[:size] for size in sizes if form[:size] in listed.fronts), "")
    tails = (form[-size:] for size in sizes)
    back = next((tail for tail in tails if tail not in listed.endings and key(tail, {}) in listed.backs), "")
    return tuple(filter(None, (front, back)))


def _is_doubtful(form: str, at: int, before: str, listed: Listed) -> bool:
    """Whether an s at this place may as well belong to the other part: betonstaal, overheidstaak."""
    has_link = form[at - 1] == "s" != before[-1]
    if before in listed.with_s or before.endswith(PRODUCTIVE):
        return not has_link and form[at] == "s" and key(form[at + 1 :], {}) in listed.backs
    return has_link and key(form[at - 1 :], {}) in listed.backs


def _beginnings(form: str, fronts: Mapping[str, float]) -> dict[int, Cut]:
    """The cheapest way to read each beginning of a word as parts with links, by where it ends."""
    last = len(form) - SHORTEST_PART
    best: dict[int, Cut] = {0: (0.0, ())}
    for start in range(last + 1):
        if start not in best:
            continue
        cost, before = best[start]
        for end in range(start + SHORTEST_PART, last + 1):
            part = form[start:end]
            for link in LINKS if part in fronts else ("s",) if part.endswith(PRODUCTIVE) else ():
                after = end + len(link)
                if after > last or not form.startswith(link, end):
                    continue
                price = cost + PART_COST - fronts.get(part, UNLISTED) + (LINK_COST if link else 0)
                if after not in best or price < best[after][0]:
                    best[after] = (price, (*before, part))
    return best


@cache
def _listed() -> Listed:
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    marked: dict[str, list[str]] = {NO_END: [], WHOLE: [], VERB: [], COMMENT: []}
    with_s = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line[0] in marked:
            marked[line[0]].append(line[1:])
            continue
        part, front, back, *link = line.split()
        numbers[0][part], numbers[1][part] = int(front), int(back)
        if link:
            with_s.append(part)
    sets = map(frozenset, (with_s, *(marked[mark] for mark in (NO_END, WHOLE, VERB))))
    return Listed(*map(worth, numbers), *sets)
