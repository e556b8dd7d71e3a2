"""What in a text can lead to a person or a place, as patterns for Dutch and English; the order is that of importance.

They find too much rather than too little: what is done with it is decided by a human.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from forum.infra.markdown.parser import HANDLE
from forum.models.cities import BY_CODE

# How a city is written besides its name: other spellings and languages, what belongs to it, who lives there; all three
# in the same order.
SPELLINGS = {
    "sintniklaas": ("Sint-Niklaas", "Sint Niklaas", "St-Niklaas", "St. Niklaas", "St.-Niklaas"),
    "antwerpen": ("Antwerpen", "Antwerp"),
    "turnhout": ("Turnhout",),
    "genk": ("Genk",),
    "mechelen": ("Mechelen",),
    "hasselt": ("Hasselt",),
    "leuven": ("Leuven", "Louvain"),
    "vgc": (*("VGC Brussel", "VGC Brussels", "VGC", "Vlaamse Gemeenschapscommissie", "Brussel", "Brussels"),),
    "aalst": ("Aalst",),
    "kortrijk": ("Kortrijk", "Courtrai"),
    "roeselare": ("Roeselare",),
    "gent": ("Gent", "Ghent"),
    "oostende": ("Oostende", "Ostend"),
    "brugge": ("Brugge", "Bruges"),
}
ADJECTIVES = (
    "Sint-Niklase", "Antwerpse", "Turnhoutse", "Genkse", "Mechelse", "Hasseltse", "Leuvense", "Brusselse", "Aalsterse",
    "Kortrijkse", "Roeselaarse", "Gentse", "Oostendse", "Brugse",
)  # fmt: skip
INHABITANTS = (
    "Sint-Niklazenaar", "Antwerpenaar", "Turnhoutenaar", "Genkenaar", "Mechelaar", "Hasselaar", "Leuvenaar",
    "Brusselaar", "Aalstenaar", "Kortrijkzaan", "Roeselarenaar", "Gentenaar", "Oostendenaar", "Bruggeling",
)  # fmt: skip
MONTHS = {
    "jan": 1, "feb": 2, "maa": 3, "mrt": 3, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH = (
    r"(?P<month{n}>januari|february|februari|january|maart|march|april|mei|may|juni|june|juli|july|augustus|august|"
    r"september|oktober|october|november|december|jan|feb|mrt|mar|apr|jun|jul|aug|sept|sep|okt|oct|nov|dec)\b(?:\.(?=\s\d))?"
)
_WEEKDAY = (
    r"(?:(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday),?\s+)?"
)
_YEAR = r"(?P<year{n}>(?:19|20)\d\d)"
_STREET = r"(?:straat|steenweg|laan|plein|dreef|kaai|kade|singel|baan|weg|lei|vest|dijk|hof|park|markt|pad)"


class Found(NamedTuple):
    """A place in a text and what kind of thing stands there; `day` for a date."""

    start: int
    end: int
    kind: str
    day: date | None = None
    led: bool = False  # with the word before a date: "on", "op"


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CITY = _either(word for code in BY_CODE for word in SPELLINGS.get(code, (BY_CODE[code].name,)))
_DATES = re.compile(
    rf"\b(?P<lead>(?:op|on)\s+(?:the\s+)?)?{_WEEKDAY}(?:"
    rf"(?P<day1>\d{{1,2}})(?:ste|de|e|st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format(n=1)}(?:,?\s+{_YEAR.format(n=1)}\b)?"
    rf"|{_MONTH.format(n=2)}\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+{_YEAR.format(n=2)}\b)?"
    rf"|{_MONTH.format(n=3)}\s+{_YEAR.format(n=3)}\b"
    rf"|(?P<year4>(?:19|20)\d\d)-(?P<month4>\d\d)-(?P<day4>\d\d)\b"
    rf"|(?P<day5>\d{{1,2}})[/.-](?P<month5>\d{{1,2}})[/.-](?P<year5>(?:19|20)?\d\d)\b"
    rf")",
    re.IGNORECASE,
)
_SIMPLE = (
    ("link", re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("national_number", re.compile(r"\b\d\d[. ]?[01]\d[. ]?[0-3]\d[- .]?\d{3}[. -]?\d\d\b")),
    ("plate", re.compile(r"\b(?:[1-9O]-[A-Z]{3}-\d{3}|[A-Z]{3}-\d{3}|\d{3}-[A-Z]{3})\b")),
    (
        "phone",
        re.compile(
            r"(?<![\w+])(?:(?:\+|00)\d{2}[ ./-]?(?:\(0\))?|0)[1-9]\d{0,2}(?:[ ./-]?\d{2,3}){2,4}(?!\w)"
        ),
    ),
    (
        "address",
        re.compile(
            rf"\b(?:[A-Z][\w'’.-]*\s){{0,2}}(?:[A-Z][\w'’-]*{_STREET}|[A-Z][\w'’-]*\s{_STREET.replace('(?:', '(?i:')})"
            r"\s\d+(?:\s?[a-zA-Z])?\b(?:\s(?:bus|box)\s\w+)?"
            r"|\b\d+\s(?:[A-Z][\w'’-]*\s){1,3}(?:Street|Road|Avenue|Lane|Square|Park)\b"
        ),
    ),
    ("street", re.compile(rf"\b[A-Z][\w'’-]+{_STREET}\b|\b(?:Grote|Oude|Nieuwe)\s(?:Markt|Baan|Weg)\b")),
)
_PLACES = (
    ("ocmw", re.compile(rf"\bOCMW(?:\s+(?:van|in|of))?\s+(?:{_CITY})\b", re.IGNORECASE)),
    (
        "city",
        re.compile(
            rf"\b(?:(?:(?:de\s+)?stad|gemeente|stadsbestuur(?:\s+van)?|(?:the\s+)?city\s+of|\d{{4}})\s+)?(?:{_CITY})\b",
            re.IGNORECASE,
        ),
    ),
    ("inhabitants", re.compile(rf"\b(?:{_either(INHABITANTS)})(?:s|en)\b", re.IGNORECASE)),
    ("inhabitant", re.compile(rf"\b(?:{_either(INHABITANTS)})\b", re.IGNORECASE)),
    ("local", re.compile(rf"\b(?:{_either(ADJECTIVES)})\b", re.IGNORECASE)),
)
# Of time, money and measures a small number leads to nobody.
_MEASURES = (
    "uur|uren|dag|dagen|week|weken|maand|maanden|jaar|jaren|minuut|minuten|keer|keren|maal|euro|procent|graden|meter"
    "|kilometer|hours?|days?|weeks?|months?|years?|minutes?|times?|euros?|percent|degrees?|met(?:re|er)s?"
)
SMALL = re.compile(
    rf"\b(?:[1-4]|één|twee|drie|vier|one|two|three|four)\s(?!op\s|of\s|in\s|(?:{_MEASURES})\b)(?P<what>[a-zà-ÿ]{{3,}})",
    re.IGNORECASE,
)
ONLY = re.compile(
    r"\b(?:de|het|mijn|onze|hun|the|my|our|their)\s(?:enige|only|eerste|first)\s[\w-]+"
    r"|\bals\s(?:enige|eerste)\b|\bas the (?:only|first)\b",
    re.IGNORECASE,
)


@cache
def naming(code: str) -> "re.Pattern[str]":
    """Return what finds a city in a text: its spellings, what belongs to it, and who lives there."""
    place = list(SPELLINGS).index(code)
    inhabitants = (INHABITANTS[place] + ending for ending in ("s", "en", ""))
    return re.compile(
        rf"\b(?:{_either((*SPELLINGS[code], ADJECTIVES[place], *inhabitants))})\b", re.IGNORECASE
    )


def found(words: str, names: Iterable[str], said_day: date) -> list[Found]:
    """Return what stands out in a text, from left to right and without overlap; the more important one wins."""
    taken: list[Found] = []
    for one in _all(words, names, said_day):
        if all(one.end <= other.start or one.start >= other.end for other in taken):
            taken.append(one)
    return sorted(taken)


def _all(words: str, names: Iterable[str], said_day: date) -> Iterator[Found]:
    for match in _SIMPLE[0][1].finditer(words):
        yield Found(match.start(), match.end(), "link")
    yield from (Found(match.start(), match.end(), "name") for match in HANDLE.finditer(words))
    for kind, pattern in _SIMPLE[1:3]:
        yield from (Found(match.start(), match.end(), kind) for match in pattern.finditer(words))
    yield from _dates(words, said_day)
    for kind, pattern in (*_SIMPLE[3:6], *_PLACES, _SIMPLE[6]):
        yield from (Found(match.start(), match.end(), kind) for match in pattern.finditer(words))
    parts = {part for name in names for part in (name, *name.split()) if len(part) > 2 and part[0].isupper()}
    if parts:
        pattern = re.compile(rf"\b(?:{_either(parts)})\b")
        yield from (Found(match.start(), match.end(), "name") for match in pattern.finditer(words))


def _dates(words: str, said_day: date) -> Iterator[Found]:
    for match in _DATES.finditer(words):
        day = _day(match, said_day)
        if day is not None:
            yield Found(match.start(), match.end(), "date", day, match["lead"] is not None)


def _day(match: "re.Match[str]", said_day: date) -> date | None:
    parts = {name[:-1]: text for name, text in match.groupdict().items() if name != "lead" and text}
    month = MONTHS.get(parts["month"][:3].lower()) or int(parts["month"])
    number = int(parts.get("day", 1))
    if "year" in parts:
        year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
        return _date(year, month, number)
    years = (_date(said_day.year + step, month, number) for step in (-1, 0, 1))
    return min((day for day in years if day), key=lambda day: abs(day - said_day), default=None)


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
