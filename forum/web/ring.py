"""The ring of cities in numbers and in sentences: which places are lit, and the text for who cannot see them.

Direction is the meaning: inward gave to a lesson, outward applied it. The macro in `components/ring.html` draws.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import cos, radians, sin
from typing import NamedTuple

from forum.infra.i18n import _, html_lang, join_words, ngettext
from forum.models.cities import BY_CODE, CITIES

Lit = tuple[tuple[float, tuple[str, ...]], ...]
Report = tuple[str, str]  # a city and what came of applying the lesson there

DRAWN = {
    **dict.fromkeys(("adapted", "partly", "running"), "partly"),
    "worked": "worked",
    "failed": "failed",
    "not_done": "said",
}
# The logo: more than half of the places lit. Places by number, not by city, so that it prefers no city.
BRAND: Lit = tuple((CITIES[place].angle, ("said",)) for place in (1, 2, 5, 6, 8, 11, 12, 13))
MARK = "\0"  # in a sentence, for names that are drawn apart
NAMES_AT, NAMES_AT_OUTWARD = 43.5, 54.5  # radius of the names in the box of 100


class Place(NamedTuple):
    """Where the name of a city stands beside a large ring."""

    name: str
    angle: float
    x: float
    y: float
    anchor: str


def thread(cities: Iterable[str], also: Iterable[str] = ()) -> Lit:
    """Return the lit places of a thread: every city that posted in it, and those that only recognise its story."""
    return _thread(tuple(cities), tuple(also))


def lesson(backs: Iterable[str], adoptions: Iterable[Report] = (), said: Iterable[str] = ()) -> Lit:
    """Return the lit places of a lesson. `adoptions` from old to new: the last report of a city is drawn."""
    return _lesson(tuple(backs), tuple((city, outcome) for city, outcome in adoptions), tuple(said))


def one(city: str | None, state: str = "said") -> Lit:
    """Return a ring with a single place lit: beside a byline, or beside a report."""
    return _one(city, DRAWN.get(state, state))


def thread_words(cities: Iterable[str], also: Iterable[str] = ()) -> str:
    """ "In conversation: Gent and Leuven". The cities that recognise the story: "Aalst recognises this"."""
    words = _thread_words(tuple(cities), html_lang())
    return f"{words}. {_also_words(tuple(also), html_lang())}" if also else words


def thread_count(cities: Iterable[str], also: Iterable[str] = ()) -> str:
    """ "2 cities in conversation", and "3 cities recognise this"."""
    known = [code for code in cities if code in BY_CODE]
    words = ngettext("%(num)d city in conversation", "%(num)d cities in conversation", len(known))
    others = [code for code in also if code in BY_CODE]
    if not others:
        return words
    return f"{words}. " + ngettext(
        "%(num)d city recognises this.", "%(num)d cities recognise this.", len(others)
    )


def from_words(cities: Iterable[str]) -> str:
    """Where replies came from: "from Gent and Leuven"; more than three cities are counted."""
    return _from_words(tuple(cities), html_lang())


def lesson_words(backs: Iterable[str], adoptions: Iterable[Report] = (), masked: bool = False) -> str:
    """ "Rests on Mechelen and Roeselare; worked in Brugge"."""
    reports = tuple((city, outcome) for city, outcome in adoptions)
    return _lesson_words(tuple(backs), reports, masked, html_lang())


def lesson_list(
    backs: Iterable[str], adoptions: Iterable[Report] = (), masked: bool = False
) -> list[tuple[Lit, str, str]]:
    """Return the legend of a lesson's ring: for each line a small ring, how it begins, and its cities."""
    return _lesson_list(tuple(backs), tuple(tuple(each) for each in adoptions), masked, html_lang())


def adoption_words(city: str, outcome: str) -> str:
    """One report as a sentence: "Worked in Brugge"."""
    return _capital(_came_of(outcome, _name(city)))


@lru_cache(maxsize=2)
def names(outward: bool = False) -> tuple[Place, ...]:
    """Return the names round a large ring, each with its place."""
    radius = NAMES_AT_OUTWARD if outward else NAMES_AT
    return tuple(_place(city.name, city.angle, radius) for city in CITIES)


def _place(name: str, angle: float, radius: float) -> Place:
    across, up = sin(radians(angle)), cos(radians(angle))
    upright = abs(across) < 0.01
    anchor = "middle" if upright else "start" if across > 0 else "end"
    # text is placed by its baseline, not by its middle
    baseline = (-0.5 if up > 0 else 5.0) if upright else 2.2
    return Place(name, angle, round(50 + radius * across, 1), round(50 - radius * up + baseline, 1), anchor)


@lru_cache(maxsize=512)
def _thread(cities: tuple[str, ...], also: tuple[str, ...]) -> Lit:
    states = dict.fromkeys(also, ("also",)) | dict.fromkeys(cities, ("said",))
    return tuple((city.angle, states[city.code]) for city in CITIES if city.code in states)


@lru_cache(maxsize=512)
def _lesson(backs: tuple[str, ...], adoptions: tuple[Report, ...], said: tuple[str, ...]) -> Lit:
    latest = dict(adoptions)
    lit = []
    for city in CITIES:
        states = []
        if city.code in backs:
            states.append("backs")
        elif city.code in said:
            states.append("said")
        if city.code in latest:
            states.append(DRAWN.get(latest[city.code], "partly"))
        if states:
            lit.append((city.angle, tuple(states)))
    return tuple(lit)


@lru_cache(maxsize=128)
def _one(city: str | None, state: str) -> Lit:
    return ((BY_CODE[city].angle, (state,)),) if city in BY_CODE else ()


@lru_cache(maxsize=1024)
def _thread_words(cities: tuple[str, ...], language: str) -> str:
    known = _in_order(cities)
    if not known:
        return _("No city has taken part yet")
    return _("In conversation: %(cities)s", cities=join_words(known))


@lru_cache(maxsize=1024)
def _also_words(cities: tuple[str, ...], language: str) -> str:
    known = _in_order(cities)
    named = join_words(known)
    return ngettext("%(cities)s recognises this", "%(cities)s recognise this", len(known), cities=named)


@lru_cache(maxsize=1024)
def _from_words(cities: tuple[str, ...], language: str) -> str:
    known = _in_order(cities)
    if not known:
        return ""
    if len(known) > 3:
        return ngettext("from %(num)d city", "from %(num)d cities", len(known))
    return _("from %(cities)s", cities=join_words(known))


@lru_cache(maxsize=1024)
def _lesson_words(backs: tuple[str, ...], adoptions: tuple[Report, ...], masked: bool, language: str) -> str:
    parts = []
    if backs:
        parts.append(_("rests on %(cities)s", cities=join_words(_in_order(backs))))
    elif masked:
        parts.append(_("rests on a city that is not named"))
    by_outcome: dict[str, list[str]] = {}
    for city, outcome in dict(adoptions).items():
        by_outcome.setdefault(outcome, []).append(city)
    parts += [_came_of(outcome, join_words(_in_order(cities))) for outcome, cities in by_outcome.items()]
    return _capital("; ".join(parts)) if parts else _("Not applied anywhere yet")


@lru_cache(maxsize=512)
def _lesson_list(
    backs: tuple[str, ...], adoptions: tuple[Report, ...], masked: bool, language: str
) -> list[tuple[Lit, str, str]]:
    lines: list[tuple[Lit, str, str]] = []
    if backs:
        lines.append((_lesson(backs, (), ()), *_parted(_("rests on %(cities)s", cities=MARK), backs)))
    elif masked:
        lines.append(((), _capital(_("rests on a city that is not named")), ""))
    by_outcome: dict[str, list[str]] = {}
    for city, outcome in dict(adoptions).items():
        by_outcome.setdefault(outcome, []).append(city)
    for outcome, cities in by_outcome.items():
        lit = _lesson((), tuple((city, outcome) for city in cities), ())
        lines.append((lit, *_parted(_came_of(outcome, MARK), cities)))
    return lines


def _parted(sentence: str, cities: Iterable[str]) -> tuple[str, str]:
    """How a sentence about cities begins, and the rest of it; MARK stands for their names."""
    begins, _mark, ends = sentence.partition(MARK)
    return _capital(begins.strip()), join_words(_in_order(cities)) + ends


def _came_of(outcome: str, cities: str) -> str:
    if outcome == "worked":
        return _("worked in %(cities)s", cities=cities)
    if outcome == "adapted":
        return _("worked with changes in %(cities)s", cities=cities)
    if outcome == "running":
        return _("still running in %(cities)s", cities=cities)
    if outcome == "not_done":
        return _("considered and not done in %(cities)s", cities=cities)
    if outcome == "failed":
        return _("did not work in %(cities)s", cities=cities)
    return _("worked in part in %(cities)s", cities=cities)


def names_of(cities: Iterable[str]) -> list[str]:
    """Return the names of these cities, in the order of the ring."""
    return _in_order(cities)


def _in_order(codes: Iterable[str]) -> list[str]:
    codes = set(codes)
    return [city.name for city in CITIES if city.code in codes]


def _name(code: str) -> str:
    return BY_CODE[code].name if code in BY_CODE else code


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
