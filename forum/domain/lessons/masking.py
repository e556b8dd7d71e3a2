"""Masking: rules propose how words and their author could stand in a lesson without leading to them; a human decides.

What comes of it is masked, never anonymous: who was there may still recognise it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from forum.domain.lessons import masking_patterns, rare_functions
from forum.domain.lessons.masking_patterns import Found
from forum.domain.people.bylines import SpokenAs
from forum.domain.themes.labels import LEVELS, city_name, organisation
from forum.infra import days, i18n
from forum.infra.db import db
from forum.infra.i18n import _, lazy, ngettext
from forum.models.accounts import Level, Member
from forum.models.cities import BY_CODE
from forum.models.threads import Post

# Cities in a class, or its word gives them away: there are only two large cities, but fourteen of the network.
CLASS_MIN = 5
_DROPPED = "…"
_CENTRE_CITY = lazy("a centre city")
_OF_CITY = lazy("The city leads to whoever told it.")
# For each kind of place in a text: what stands there instead, and why.
_INSTEAD: Mapping[str, tuple[Any, Any]] = {
    "city": (_CENTRE_CITY, _OF_CITY),
    "ocmw": (lazy("the OCMW of a centre city"), _OF_CITY),
    "inhabitants": (lazy("inhabitants"), _OF_CITY),
    "inhabitant": (lazy("inhabitant"), _OF_CITY),
    "local": (lazy("local"), _OF_CITY),
    "street": (lazy("a street"), lazy("A street lies in one city.")),
    "address": (_DROPPED, lazy("An address leads to one house.")),
    "name": (lazy("a colleague"), lazy("Somebody is named who was not asked.")),
    "link": (_DROPPED, lazy("A link leads to one organisation.")),
    "email": (_DROPPED, lazy("An e-mail address leads to one person.")),
    "phone": (_DROPPED, lazy("A phone number leads to one person.")),
    "national_number": (_DROPPED, lazy("A national number leads to one person.")),
    "plate": (_DROPPED, lazy("A number plate leads to one person.")),
}
_SOMEBODY: Mapping[Level, Any] = {
    Level.FIELD: lazy("somebody in field work"),
    Level.STAFF: lazy("somebody on the staff"),
    Level.LEAD: lazy("somebody in management"),
    Level.POLITICS: lazy("somebody in elected office"),
}
_DUTCH = frozenset({
    "de", "het", "een", "en", "van", "niet", "dat", "die", "is", "was", "voor", "met", "op", "aan", "te", "er",
    "wij", "ik", "ze", "zijn", "ook", "maar", "bij", "als", "naar",
})  # fmt: skip
_ENGLISH = frozenset({
    "the", "a", "an", "and", "of", "not", "that", "is", "was", "for", "with", "on", "to", "there", "we", "i",
    "they", "are", "also", "but", "at", "if", "it",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What the rules would change in the words: `why` is for the author and the space, never for readers."""

    was: str
    becomes: str
    why: str

    def as_row(self) -> dict[str, str]:
        """Return it as it is stored with a question."""
        return {"was": self.was, "becomes": self.becomes, "why": self.why}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The words as they would stand in a lesson, what was changed, and how their author would stand there."""

    words: str
    changes: list[Change] = field(default_factory=list)
    as_name: str = ""
    as_function: str = ""
    as_masked: str = ""
    said_when: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """What may lead to somebody and no rule can change: `what` stands in the words, `note` says why it matters."""

    kind: str  # small_number, only, function, own_function
    what: str
    note: str


def language(words: str) -> str:
    """Return the language in which something is written, as far as its small words tell: nl or en."""
    used = re.findall(r"[a-zà-ÿ]+", words.lower())
    return "en" if sum(w in _ENGLISH for w in used) > sum(w in _DUTCH for w in used) else "nl"


def propose(
    words: str, capacity: SpokenAs | None, said_at: datetime, *, name: str = "", names: Iterable[str] = ()
) -> Proposal:
    """Return how words could stand elsewhere: cities by a wide class, days by their quarter, the rest left out.

    `capacity` and `name` are those of their author, `names` of everybody who must not be named (`names_in_thread`).
    Whatever was changed stands in square brackets. In the language of the words (one query).
    """
    said_on = days.day_of(said_at)
    with i18n.force_locale(language(words)):
        changes: dict[tuple[str, str], Change] = {}
        pieces, at = [], 0
        for one in masking_patterns.found(words, names, said_on):
            was = words[one.start : one.end]
            becomes, why = _instead(one)
            pieces += [words[at : one.start], f"[{becomes}]"]
            at = one.end
            changes.setdefault((was, becomes), Change(was, f"[{becomes}]", why))
        return Proposal(
            words="".join([*pieces, words[at:]]),
            changes=list(changes.values()),
            as_name=_as_name(name, capacity),
            as_function=_as_function(capacity),
            as_masked=as_masked(capacity),
            said_when=quarter(said_on),
        )


def warnings(words: str, capacity: SpokenAs | None = None) -> list[Hint]:
    """Return what in the words may lead to somebody though no rule can change it (one query).

    Small numbers, "the only …" and functions that few members have; `capacity` is that of the author, whose own
    function is pointed out too.
    """
    small = _("A number below five narrows it down to a few people.")
    only = _("Whoever is the only or the first one is easily found.")
    notes = [Hint("small_number", match[0], small) for match in masking_patterns.SMALL.finditer(words)] + [
        Hint("only", match[0], only) for match in masking_patterns.ONLY.finditer(words)
    ]
    for function, number in rare_functions.within(words).items():
        notes.append(Hint("function", function, _held_by(number)))
    if capacity is not None:
        number = rare_functions.holders(capacity.function)
        if number < rare_functions.RARE:
            notes.append(Hint("own_function", capacity.function, _held_by(number)))
    return notes


def answer_warnings(capacity: SpokenAs | None) -> dict[str, str]:
    """Return what to say beside each yes to the author who speaks in that capacity: by `name`, `function`, `masked`."""
    if capacity is None:
        return {"masked": _("Masked is not anonymous: a colleague may still recognise your text.")}
    notes = {}
    if capacity.city is not None:
        city = city_name(capacity.city)
        notes["name"] = _("Then the city stands in the lesson too.")
        notes["masked"] = _(
            "Masked is not anonymous: a colleague from %(city)s may still recognise your text.", city=city
        )
    number = rare_functions.holders(capacity.function)
    if number < rare_functions.RARE:
        notes["function"] = ngettext(
            "You are the only %(function)s in the network: who looks for you, finds you.",
            "Only %(num)d people in the network are %(function)s: who looks for you, finds you.",
            max(number, 1),
            function=capacity.function,
        )
    return notes


def as_masked(capacity: SpokenAs | None) -> str:
    """Return how somebody stands masked: by level and a wide class, and by the kind of job if enough others have it."""
    return all_masked([capacity])[0]


def all_masked(capacities: Sequence[SpokenAs | None]) -> list[str]:
    """Return how each of these people stands masked (one query, however many they are)."""
    kinds = rare_functions.kinds_of_jobs({one.function for one in capacities if one is not None})
    return [_masked(one, kinds.get(one.function, "") if one is not None else "") for one in capacities]


def _masked(capacity: SpokenAs | None, kind: str) -> str:
    if capacity is None:
        return _("a member of the network")
    where = place() if capacity.city is not None else _("an organisation in the network")
    if kind:
        return _(
            "%(function)s, %(level)s, %(organisation)s",
            function=_in_sentence(kind),
            level=LEVELS[capacity.level],
            organisation=where,
        )
    return f"{_SOMEBODY[capacity.level]}, {where}"


def quarter(day: date | datetime) -> str:
    """Return the quarter of a day as readers get it: "winter 2026", "spring 2026", "summer 2026", "autumn 2026"."""
    that_day = days.day_of(day) if isinstance(day, datetime) else day
    return (
        _("winter %(year)d", year=that_day.year),
        _("spring %(year)d", year=that_day.year),
        _("summer %(year)d", year=that_day.year),
        _("autumn %(year)d", year=that_day.year),
    )[(that_day.month - 1) // 3]


def in_words(at: date | datetime | None, *, hidden: bool) -> str:
    """Return a day as readers get it in words: `hidden`, its quarter; nothing where there is none."""
    if at is None:
        return ""
    return quarter(at) if hidden else i18n.day(at)


def known_day(day: date | datetime, *, hidden: bool) -> date:
    """Return a day as readers get it where no words can stand: `hidden`, the first of its quarter."""
    that_day = days.day_of(day) if isinstance(day, datetime) else day
    return that_day.replace(month=(that_day.month - 1) // 3 * 3 + 1, day=1) if hidden else that_day


def place() -> str:
    """Return the word for any city of the network, the VGC among them: a word of its own would give it away."""
    return str(_CENTRE_CITY) if len(BY_CODE) >= CLASS_MIN else _DROPPED


def names_in_thread(thread_id: int) -> list[str]:
    """Return the names of all who posted in a thread, to be left out of words that leave it (one query)."""
    query = select(Member.name).join(Post, Post.author_id == Member.id).where(Post.thread_id == thread_id)
    return sorted(set(db.session.scalars(query)))


def _held_by(number: int) -> str:
    return ngettext(
        "Only %(num)d person in the network has this function.",
        "Only %(num)d people in the network have this function.",
        max(number, 1),
    )


def _in_quarter(that_day: date) -> str:
    """The quarter instead of a day that was said with "on" before it."""
    return (
        _("in the winter of %(year)d", year=that_day.year),
        _("in the spring of %(year)d", year=that_day.year),
        _("in the summer of %(year)d", year=that_day.year),
        _("in the autumn of %(year)d", year=that_day.year),
    )[(that_day.month - 1) // 3]


def _instead(one: Found) -> tuple[str, str]:
    """What stands there instead, and why."""
    if one.day is not None:
        when = _in_quarter(one.day) if one.led else quarter(one.day)
        return when, _("An exact day can be looked up.")
    becomes, why = _INSTEAD[one.kind]
    return str(becomes), str(why)


def _as_name(name: str, capacity: SpokenAs | None) -> str:
    if capacity is None:
        return name
    parts = [name, capacity.function, str(LEVELS[capacity.level]), organisation(capacity)]
    return ", ".join(part for part in parts if part)


def _as_function(capacity: SpokenAs | None) -> str:
    if capacity is None:
        return _("a member of the network")
    return _(
        "%(function)s, %(level)s, %(organisation)s",
        function=_in_sentence(capacity.function),
        level=LEVELS[capacity.level],
        organisation=organisation(capacity),
    )


def _in_sentence(function: str) -> str:
    """A function within a sentence: small, unless it is an abbreviation."""
    return function if function[1:2].isupper() else function[:1].lower() + function[1:]
