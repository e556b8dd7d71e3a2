"""The parts of Dutch compounds: wijkbudget is found by budget, klimaatadaptatie by adaptatie.

`compound_parts.txt` says of each word in how many others of a word list it stands in front, and at the end. A part is
worth the more, the more words it builds; a word that builds many itself stays whole.
"""

from functools import cache
from math import log
from pathlib import Path

from forum.infra.search_keys.rules import rule

FILE = Path(__file__).with_name("compound_parts.txt")
LINKS = ("", "s", "e", "en")  # between two parts: stadsbestuur, zonneschijn, boekenkast
SHORTEST, SHORTEST_PART, LONGEST = 7, 3, 40  # letters
SHORTEST_END = 4  # of what a word is said to begin or end with
PART_COST, LINK_COST, WHOLE_COST = 7.0, 1.0, 11.0
# Words that are made with them are too many to be listed; an s parts them from what follows.
PRODUCTIVE, UNLISTED = ("heid", "ing", "teit", "schap"), 0.3
Cut = tuple[float, tuple[str, ...]]


def parts(form: str) -> tuple[str, ...]:
    """Return the words that a folded Dutch word is made of, in order; nothing where it is none of several."""
    size = len(form)
    if not SHORTEST <= size <= LONGEST or not form.isalpha() or not form.isascii():
        return ()
    fronts, backs = _worth()
    ends = []
    for at, (cost, before) in _beginnings(form, fronts).items():
        worth = backs.get(rule(form[at:], "nl")) if at else None
        if worth is not None:
            ends.append((cost + PART_COST - worth, (*before, form[at:])))
    if not ends:
        return ()
    cost, found = min(ends)
    whole = WHOLE_COST - max(fronts.get(form, 0.0), backs.get(rule(form, "nl"), 0.0))
    return found if cost < whole else ()


def is_known(form: str) -> bool:
    """Return whether a folded word is one of the list: then nobody need have meant another."""
    return form in _worth()[0]


def ends(form: str) -> tuple[str, ...]:
    """Return the longest known words that a folded Dutch word begins and ends with, of those that there are."""
    fronts, backs = _worth()
    sizes = range(len(form) - SHORTEST_END, SHORTEST_END - 1, -1)
    front = next((form[:size] for size in sizes if form[:size] in fronts), "")
    back = next((form[-size:] for size in sizes if rule(form[-size:], "nl") in backs), "")
    return tuple(filter(None, (front, back)))


def _beginnings(form: str, fronts: dict[str, float]) -> dict[int, Cut]:
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
def _worth() -> tuple[dict[str, float], dict[str, float]]:
    """What parts are worth in front, by the word, and at the end, by its key."""
    fronts, backs = {}, {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        part, front, back = line.split()
        if front != "0":
            fronts[part] = log(1 + int(front))
        if back != "0":
            backs[part] = log(1 + int(back))
    return fronts, backs
