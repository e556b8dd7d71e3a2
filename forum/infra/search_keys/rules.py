"""The key of a word by rule: the stem that its inflected forms share, a pure function of the word."""

import re
from collections.abc import Callable
from threading import local

import Stemmer

VOWELS = frozenset("aeiouy")
_LONG = re.compile(r"(?:aa|ee|oo|uu|oe|ie|ei|ij|ui|eu|ou|au|y)$")
# Before "je" their t is their own: kaart, buurt, soort, beurt, concert.
_OWN_T = re.compile(r"(?:^|[^aeiou])(?:[ktvwhb]aart|buurt|beurt|(?<!s)[ps]oort|[hcps]ert)$")
_SYLLABLE = re.compile(r"([^aeiouy]*)([aeou])([^aeiouywx])")
_LONG_VOWELS = frozenset(("aa", "ee", "oo", "uu"))
_HIATUS = re.compile(rf"(?<=[ei])(?:{'|'.join(sorted(_LONG_VOWELS))})(?=[^aeiouyw]$)")
_ALGORITHMS = {"nl": "dutch_porter", "en": "english", "fr": "french"}
LANGUAGES = tuple(_ALGORITHMS)
_kept = local()


def rule(form: str, language: str) -> str:
    """Return the key of a folded word in one of LANGUAGES."""
    return (_dutch(form) if language == "nl" else _stem(language)(form)) or form


def _stem(language: str) -> Callable[[str], str]:
    """Return the stemmer of a language: one for each thread, and none remembers what it was asked."""
    stemmers: dict[str, Callable[[str], str]] = _kept.__dict__
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(_ALGORITHMS[language], 0).stemWord
    return stemmers[language]


def _dutch(form: str) -> str:
    """Stem until nothing changes, and write the end as other forms of the word have it: plannen, huizen, brieven."""
    form = form.removesuffix("en") if form.endswith(("ieen", "eeen")) else form  # knieën, ideeën
    stem, form = _stem("nl"), _without_diminutive(form)
    whole = form
    while (shorter := _foreign_end(stem(form))) != form:
        form = shorter
    if len(form) > 2 and form[-1] == form[-2] and form[-1] not in VOWELS:
        form = form[:-1]
    if form.endswith(("v", "z")):
        form = form[:-1] + ("f" if form[-1] == "v" else "s")
    if form[-3:-1] in _LONG_VOWELS:
        form = _HIATUS.sub(lambda vowel: vowel[0][0], form)
    return _with_long_vowel(form, whole)


def _with_long_vowel(short: str, whole: str) -> str:
    """Write the vowel of one syllable twice where the word has it long: the stemmer makes "leg" of leeg and leggen."""
    syllable = _SYLLABLE.fullmatch(short)
    if syllable is None:
        return short
    before, vowel, after = syllable.groups()
    rest = whole[len(before) + 1 :]
    is_long = rest[:1] == vowel or (len(rest) > 1 and rest[0] not in VOWELS and rest[1] in VOWELS)
    return before + vowel + vowel + after if is_long else short


def _foreign_end(form: str) -> str:
    """Take the ends of foreign words off that the stemmer leaves: services, cadeaus, geregistreerd."""
    if form.endswith("s"):
        is_foreign = (len(form) >= 6 and form[-2] == "e") or (
            len(form) > 4 and form.endswith(("ies", "eaus"))
        )
    else:
        is_foreign = len(form) > 6 and form.endswith(("eert", "eerd", "iert", "ierd"))
    return form[:-1] if is_foreign else form


def _without_diminutive(form: str) -> str:
    """Return what a diminutive is made from: kaartje, kippetje, boompje, aanpassinkje, makelaartje."""
    short = form.removesuffix("s") if form.endswith("jes") else form
    if not short.endswith("je") or len(short) < 5:
        return short
    base = short[:-2]
    if base.endswith("et") and len(base) > 4 and (longer := _without_et(base[:-2])):
        return longer
    if base.endswith("ink") and len(base) >= 7:
        return base[:-1] + "g"
    if base.endswith("mp"):
        return base[:-1] if _is_long(base[:-2]) else base
    return _without_t(base) if base.endswith("t") else base


def _without_et(base: str) -> str:
    if base[-1] == base[-2] and base[-1] not in VOWELS:
        return base[:-1]
    return base if base.endswith("ng") else ""


def _is_long(base: str) -> bool:
    """Whether the vowel before an m is long or without stress: boompje, bezempje, not lampje."""
    unstressed = base.endswith(("e", "u")) and re.search("[aeiou].*[^aeiou]", base[:-1])
    return bool(_LONG.search(base) or base[-1:] in {"l", "r"} or unstressed)


def _without_t(base: str) -> str:
    """Take the t off that stands between a word and "je": baantje, vrouwtje, not kaartje."""
    word = base[:-1]
    if not word or _OWN_T.search(base):
        return base
    after_long = _LONG.search(word[:-1])
    ends = word[-1] in "wj" or word.endswith(("aai", "ooi", "oei")) or (word.endswith("ee") and len(word) > 3)
    ends = ends or bool(word[-1] in "rl" and (after_long or word[-2:-1] == "e"))
    ends = ends or bool(word[-1] == "n" and after_long)
    ends = ends or (word[-1] == "e" and len(word) > 3 and word[-2:] not in {"oe", "ie"})
    if ends:
        return word
    return word[:-1] if word.endswith("oo") and len(word) > 5 else base
