"""Makes the list by which search finds the parts of Dutch compounds, from the word list of OpenTaal in node_modules.

    python -m scripts.compound_parts

Run it after changing package.json or the rule of keys; commit what it wrote. `tests/rules/test_compound_parts.py`
hashes again, and makes the list again where the packages are installed.

A form is cut as the word is cut that it is a form of, or is made from: "begroot" has no parts, so "begroting" has none.
What the costs of parts alone would cut otherwise is listed with them: ends that are endings ("-ten"), and words that
stay whole ("=verenig").
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from forum.infra.search_keys import compounds
from forum.infra.search_keys.compounds import FILE, LINK, LINKS, NO_END, SHORTEST_PART, WHOLE, Listed, worth
from forum.infra.search_keys.keying import key
from forum.infra.search_keys.separable import BEGINNINGS, SHORTEST_VERB
from scripts.dutch_words import ADJECTIVE, DICTIONARY, NOUN, READER, VERB, Words, read

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
_FRONTS = """
arbo beroeps brede digi drugs eier flex giga hoogspanning kinder links mega micro mini mono multi noord oost rechts
rijks ruimtevaart semi tiener vice vooruit west zelf zonne zuid
"""
FRONTS = frozenset(_FRONTS.split())
# Endings and prepositions are words of the list too, and would cut half of the language.
_NEVER = """
aar aars acht achter alle aller aris aten atie baar best binnen boven buiten der deren door eiling eling elling
ende eren ging heden heid ing ingen isch isme laar lijk ling list loos mede ment naar neer onder over ren rond samen
schap sing ster sters tal tegen terug ting tussen verg voor voors voort williger
"""
NEVER = frozenset(_NEVER.split())
NEVER_KEYS = frozenset(key(word, {}) for word in NEVER)
# Forms of which one cannot say whether they end a compound or are the end of another word: digi-tale.
AMBIGUOUS = frozenset({"tale"})
# Words that look like compounds to every rule.
_WHOLES = """
blekerij lotion melkerij signaleren signalering slagerij smokkelen treffend verfraaien verstrekken verstrek
achtereen achterna achterover ministerieel ministerie minister minimaal minimum minimalist plantsoen waarderen
waardering zonderen afzonderen afzondering bijzonder zonder bekwaam heerlijk hoofdelijk eigendom eigenaar toestand
"""
WHOLES = frozenset(_WHOLES.split())
# Words are made of verbs, and of other words, with these.
_OF_VERBS = ("ing", "ingen", "er", "ers", "aar", "aars", "ster", "sters", "sel", "sels", "baar", "bare")
_OF_OTHERS = (
    "ig",
    "ige",
    "lijk",
    "lijke",
    "loos",
    "loze",
    "heid",
    "heden",
    "schap",
    "achtig",
    "dom",
    "er",
    "ers",
)
# What follows a consonant that is written twice because of it: trekken and trekker are no trek-ken and trek-ker.
_AFTER_DOUBLE = frozenset(
    {"en", "e", "er", "ers", "end", "ende", "ing", "ingen", "el", "els", "etje", "etjes"}
)
HEAD = """\
# Words that build Dutch compounds: in how many words they stand in front, and at the end (there as their key); with an
# s behind it, what mostly has that behind it.
# With a minus: what is an ending, and the end of none. With an equals sign: the key of a word that is none.
# With a plus: the key of a verb whose beginning may stand by itself in a sentence (terugbellen, afspreken).
# Made by scripts/compound_parts.py from the word list of OpenTaal (https://opentaal.org, BSD-3-Clause or CC BY 3.0).
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many words begin with each part, and how many end in it, by its key; which mostly have an s behind them."""

    fronts: Counter[str]
    backs: Counter[str]
    with_s: set[str]


def count(words: Words) -> Counted:
    """Return what parts these words are made of."""
    suitable = {word for word in words if (len(word) >= 4 or word in SHORT) and word not in NEVER}
    heads = {word for word in suitable if _is_front(word, words)} | FRONTS
    final = {word for word in suitable - AMBIGUOUS if key(word, {}) not in NEVER_KEYS}
    ways = [_ways(word, words, heads, final) for word in words]
    links = Counter((each[0][0], each[0][1]) for each in ways if len(each) == 1)
    with_s = {head for head, link in links if link == LINK and links[head, LINK] > links[head, ""]}
    fronts: Counter[str] = Counter()
    backs: Counter[str] = Counter()
    for each in ways:
        for head, link, tail in each:
            # "betonstaal" is no taal, as no other word begins with betons; "overheidstaak" is no staak.
            is_other = tail[:1] == LINK if head in with_s else link == LINK
            if len(each) == 1 or not (is_other and _has_other_s(head, link, tail, each)):
                fronts[head] += 1
                backs[key(tail, {})] += 1
    return Counted(fronts, backs, with_s)


def _ways(word: str, words: Words, heads: set[str], final: set[str]) -> list[tuple[str, str, str]]:
    """The ways to cut a word in two: what stands in front, what links it, what it ends in."""
    found = []
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        if word[at:] in final:
            fitting = (
                link for link in LINKS if word[:at].endswith(link) and word[:at].removesuffix(link) in heads
            )
            if (link := next(fitting, None)) is not None and is_compound(word, at, words):
                found.append((word[:at].removesuffix(link), link, word[at:]))
    return found


def _has_other_s(head: str, link: str, tail: str, ways: Sequence[tuple[str, str, str]]) -> bool:
    """Whether a word may also be cut at the other side of an s."""
    return ((head, LINK, tail[1:]) if not link else (head, "", link + tail)) in ways


def is_compound(form: str, at: int, words: Words) -> bool:
    """Return whether a form may be cut at a place: whether the word that it is a form of or made from is."""
    return any(
        _is_cut(reading.root, at, reading.kinds, words)
        for reading in words[form]
        if reading.root.startswith(form[:at])
    )


def made_from(word: str, words: Words) -> Iterator[str]:
    """Return the words that a word is made from with an ending: begroten for begroting."""
    for endings, kept, kinds in ((_OF_VERBS, "en", {VERB}), (_OF_OTHERS, "", {NOUN, ADJECTIVE})):
        for ending in endings:
            base = word.removesuffix(ending) + kept
            if word.endswith(ending) and any(
                each.is_root and each.kinds & kinds for each in words.get(base, ())
            ):
                yield base


def _is_cut(word: str, at: int, kinds: frozenset[str], words: Words) -> bool:
    """Whether what stands behind the place is a word of the same kind, also of what this one is made from."""
    last = words.get(word[at:], frozenset())
    if len(word) - at < SHORTEST_PART or not any(not kinds or each.kinds & kinds for each in last):
        return False
    if key(word[at:], {}) in NEVER_KEYS:
        return False
    if word[at - 1] == word[at] and word[at + 1 :] in _AFTER_DOUBLE:
        return False
    bases = list(made_from(word, words))
    return not bases or any(base[at:] in words and len(base) - at >= SHORTEST_PART for base in bases)


def _is_front(word: str, words: Words) -> bool:
    """Whether it is a word that has forms, or the plural of a noun: no other form of it stands in front."""
    return any(
        (each.is_root and each.kinds) or (each.is_plural and NOUN in each.kinds) for each in words[word]
    )


def exceptions(words: Words, counted: Counted) -> tuple[set[str], set[str]]:
    """Return the ends that are endings, and the keys of words that stay whole, where the parts alone would cut them."""
    bare = Listed(worth(counted.fronts), worth(counted.backs), counted.with_s)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for form in words:
        if found := compounds.cut(form, bare):
            is_right = is_compound(form, len(form) - len(found[-1]), words)
            (right if is_right else wrong)[found[-1]] += 1
    endings = {
        end for end in wrong if wrong[end] > right[end] and (wrong[end] > 1 or len(end) < 5)
    } | AMBIGUOUS
    listed = replace(bare, endings=endings)
    votes: Counter[str] = Counter()
    for form in words:
        if found := compounds.cut(form, listed):
            is_right = is_compound(form, len(form) - len(found[-1]), words)
            votes[key(form, {})] += 1 if is_right else -1
    wholes = {whole for whole, vote in votes.items() if vote < 0}
    return endings, wholes | {key(word, {}) for word in WHOLES if compounds.cut(word, listed)}


def verbs(words: Words) -> set[str]:
    """Return the keys of the verbs that stand behind beginnings that are separable."""
    infinitives = {
        word
        for word, readings in words.items()
        if word.endswith("n") and any(each.is_root and VERB in each.kinds for each in readings)
    }
    begun = {word.removeprefix(each) for word in infinitives for each in BEGINNINGS if word.startswith(each)}
    return {key(verb, {}) for verb in begun & infinitives if len(verb) >= SHORTEST_VERB}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def made(words: Words) -> str:
    """Return the text of the list that these words make."""
    counted = count(words)
    endings, wholes = exceptions(words, counted)
    lines = [
        f"{part} {counted.fronts[part]} {counted.backs[part]}{' s' if part in counted.with_s else ''}\n"
        for part in sorted(counted.fronts.keys() | counted.backs.keys())
    ]
    lines += [f"{NO_END}{end}\n" for end in sorted(endings)]
    lines += [f"{WHOLE}{whole}\n" for whole in sorted(wholes)]
    lines += [f"{compounds.VERB}{verb}\n" for verb in sorted(verbs(words))]
    return HEAD + "".join(lines)


def make() -> None:
    """Write the list, its notice and its hash, in the form that `sha256sum --check` reads."""
    text = made(read())
    FILE.write_text(text, encoding="utf-8")
    HASH.write_text(f"{digest(text)}  {FILE.name}\n", encoding="utf-8")
    NOTICE.write_bytes((DICTIONARY / "license").read_bytes())


if __name__ == "__main__":
    if not DICTIONARY.is_dir() or not READER.is_file():
        sys.exit("The packages are not there: run `npm ci --ignore-scripts` first.")
    make()
