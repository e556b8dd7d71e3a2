"""What in a text may let a reader recognise a client or a colleague: numbers, addresses, names after "mevrouw".

Patterns, so it misses much and is sometimes wrong: it only ever asks a writer to look once more. Figures of euros,
plain dates, numbers of files and of organisations, and initials ("mevrouw A.") are left alone. No text of allowed
length takes it long: each pattern looks a bounded way ahead, and the telephone numbers it tries are counted.
"""

import enum
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type

MOST = 20  # different ones that are told of one text
MOST_TRIES = 2_000  # candidates for a telephone number that turn out to be none
COUNTRY = "BE"


class Kind(enum.StrEnum):
    """What was found."""

    NATIONAL_NUMBER = "national-number"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    BIRTH_DATE = "birth-date"
    ADDRESS = "address"
    NAME = "name"


class Trace(NamedTuple):
    """Words that may lead to somebody, and where they stand."""

    kind: Kind
    start: int
    end: int
    words: str

    @property
    def mark(self) -> str:
        """Return what stands for these words, without them: the same for the same words, also elsewhere in a text."""
        return hashlib.sha256(" ".join(self.words.lower().split()).encode()).hexdigest()[:16]


def find(text: str) -> list[Trace]:
    """Return what may let somebody be recognised, in the order of the text; words that come again are told once."""
    taken: list[Trace] = []
    for kind, finder in _FINDERS.items():
        for start, end in finder(text):
            if not any(start < other.end and other.start < end for other in taken):
                taken.append(Trace(kind, start, end, text[start:end]))
            if len(taken) >= _MOST_TAKEN:
                break
    first: dict[str, Trace] = {}
    for trace in sorted(taken, key=lambda trace: trace.start):
        first.setdefault(trace.mark, trace)
    return list(first.values())[:MOST]


_MOST_TAKEN = 200  # places in all, so that comparing them stays cheap

# Day and month of a national number; who has no known date of birth has zeros, a number of a foreigner 20 or 40 more.
NATIONAL = re.compile(
    r"(?<![\d.])(\d\d)[. /-]?(\d\d)[. /-]?([0-3]\d)[. /-]{0,3}(\d{3})[. /-]{0,3}(\d\d)(?![\d]|[.,]\d)"
)
EMAIL = re.compile(
    r"(?<![\w.+%-])([A-Za-z0-9][\w.+%-]{0,63})@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,6}",
    re.ASCII,
)
# Of a counter or a service, not of a person.
SHARED = frozenset(
    {"info", "contact", "onthaal", "help", "helpdesk", "noreply", "no-reply", "loket", "secretariaat"}
)
PLATE = re.compile(r"(?<![\w-])(?:[1-9]([- .]?)[A-Z]{3}\1\d{3})(?![\w-])")
OLD_PLATE = re.compile(
    r"\b(?:nummerplaat|kenteken|plaat|number plate|licen[cs]e plate)\W{1,3}(?:(?:is|was)\W)?"
    r"([A-Z]{3}[- .]?\d{3}|\d{3}[- .]?[A-Z]{3})(?![\w-])"
)
MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    "january|february|march|may|june|july|august|october|jan|feb|mrt|apr|jun|jul|aug|sep|sept|okt|oct|nov|dec"
)
DATE = rf"\d{{1,2}}(?:\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?|(?:e|ste|de|st|nd|rd|th)?\s(?:{MONTHS})\.?\s)(?:19|20)?\d\d"
ENGLISH_DATE = rf"(?:{MONTHS})\s\d{{1,2}},?\s(?:19|20)\d\d"
BIRTH_DATE = re.compile(
    r"(?:\b(?:geboren|geboortedatum|geb|born|date of birth|birth date)\b|°)\W{0,3}(?:(?:op|is|was|on|den)\W{1,2}){0,2}"
    rf"({DATE}|{ENGLISH_DATE}|(?:19|20)\d\d-\d\d-\d\d)(?!\d)",
    re.IGNORECASE,
)
STREET = r"(?:straat|straatje|laan|steenweg|plein|dreef|kaai|gracht|vest|singel|baan|(?<!r)lei|weg|pad|markt)"
NO_STREET = r"(?!(?:De|Het|Een|Die|Dat|Deze|Dit|Elke|Onze|Hun|Zijn|Haar|Per|Op|In|Naar|Langs|The|A|Our|On)\s)"
PART = r"[^\W\d_][\w'’-]{0,40}"
ADDRESS = re.compile(
    rf"(?<![\w-]){NO_STREET}((?:[^\W\d_][\w'’-]{{1,40}}{STREET}|{PART}\s(?i:{STREET})|"
    rf"(?:Rue|Avenue|Chaussée|Place|Boulevard|Quai)(?:\s{PART}){{1,5}}),?\s"
    r"\d{1,3}(?:\s?[a-zA-Z](?!\w))?(?:\s?(?:bus|/)\s?\w{1,4}\b)?)"
    r"(?![\d%]|[.,:/-]\d|\s?(?:euro|EUR|€|procent|jaar|meter|km|m²|uur|dagen|weken|maanden|keer|"
    r"(?:\w{1,20}\s)?(?:woningen|huizen|bewoners|gezinnen|mensen|buren|panden|winkels|"
    r"bomen|jongeren|kinderen|deelnemers|gebouwen|appartementen|ouders|vrouwen|mannen|people|homes|houses|families))\b)"
)
CALLED = (
    r"(?i:mevrouw|mevr\.?|mw\.?|mej\.?|juffrouw|meneer|mijnheer|dhr\.?|(?<=de )heer|madame|monsieur|"
    r"mister|mr\.?|mrs\.?|ms\.?)"
)
BETWEEN = r"(?:(?i:van|von|de|den|der|ten|ter|el|al|ben|bin|da|di|du|la|le|d['’]|['’]t)\s){0,3}"
WORD = r"[^\W\d_][\w'’-]{1,40}"
NAME = re.compile(rf"\b{CALLED}\s{{1,2}}(?:[^\W\d_]\.\s?){{0,3}}{BETWEEN}({WORD}(?:\s{WORD})?)")
# A company of the register, written as it writes them: its last two figures check the others.
COMPANY = re.compile(r"[01]\d{3}\.\d{3}\.\d{3}")
COUNTERS = frozenset({
    PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.UAN,
})  # fmt: skip


def _national_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in NATIONAL.finditer(text):
        year, month, day, order, check = match.groups()
        first = int(year + month + day + order)
        known = int(month) % 20 <= 12 and int(month) < 60 and int(day) <= 31
        # Who was born from 2000 on has a 2 before the number when it is checked.
        if known and int(check) in {97 - first % 97, 97 - (2_000_000_000 + first) % 97}:
            yield match.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    matcher = PhoneNumberMatcher(text, COUNTRY, leniency=Leniency.VALID, max_tries=MOST_TRIES)
    for match in matcher:
        is_dialled = match.raw_string.lstrip("(").startswith(("0", "+"))
        if is_dialled and number_type(match.number) not in COUNTERS and not _is_company(match.raw_string):
            yield match.start, match.end


def _is_company(words: str) -> bool:
    digits = words.replace(".", "")
    return bool(COMPANY.fullmatch(words)) and 97 - int(digits[:8]) % 97 == int(digits[8:])


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for match in EMAIL.finditer(text):
        if match[1].lower() not in SHARED:
            yield match.start(), match.start() + len(match[0].rstrip("-"))


def _plates(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in PLATE.finditer(text))
    yield from (match.span(1) for match in OLD_PLATE.finditer(text))


def _birth_dates(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in BIRTH_DATE.finditer(text))


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in ADDRESS.finditer(text):
        if match[0][0].isupper():
            yield match.span(1)


def _names(text: str) -> Iterator[tuple[int, int]]:
    for match in NAME.finditer(text):
        names = match[1].split()
        if names[0][0].isupper():
            # A second word is part of the name where it is written as one.
            more = len(names) > 1 and names[1][0].isupper()
            yield match.start(), match.end(1) if more else match.start(1) + len(names[0])


# First what is surest: words belong to one of them.
_FINDERS: dict[Kind, Callable[[str], Iterator[tuple[int, int]]]] = {
    Kind.NATIONAL_NUMBER: _national_numbers,
    Kind.EMAIL: _emails,
    Kind.PLATE: _plates,
    Kind.BIRTH_DATE: _birth_dates,
    Kind.PHONE: _phones,
    Kind.ADDRESS: _addresses,
    Kind.NAME: _names,
}
