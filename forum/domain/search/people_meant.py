"""What somebody may have meant who finds nobody: a city among the words, another form, the telling ones, an error.

All are asked of the people whom this reader finds, with all else that they asked: nobody else has a part in it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from forum.domain.people import directory, found_by
from forum.domain.people.directory import Choice
from forum.domain.search import other_forms
from forum.domain.search.spelling import LONGEST, MOST, SHORTEST, edits
from forum.infra.search_keys.common_words import LITTLE
from forum.models.cities import CITIES
from forum.policy.actors import Actor

_WORD = re.compile(r"([^\W_]+)")
# Names in English, and of the one city that is called otherwise in the network.
_OTHER_NAMES = {
    "Antwerp": "antwerpen",
    "Ghent": "gent",
    "Bruges": "brugge",
    "Ostend": "oostende",
    "Brussel": "vgc",
    "Brussels": "vgc",
}
CITY_WORDS = {
    tuple(found_by.words(name)): code
    for name, code in {**{city.name: city.code for city in CITIES}, **_OTHER_NAMES}.items()
}


class CityMeant(NamedTuple):
    """A city by its code, and what else was typed."""

    code: str
    others: tuple[str, ...]


def city_among(typed: Sequence[str]) -> CityMeant | None:
    """Return the city whose name stands among words as they were typed, the longest name; None without one."""
    words = [found_by.words(word) for word in typed]
    for size in range(len(typed), 0, -1):
        for start in range(len(typed) - size + 1):
            code = CITY_WORDS.get(tuple(chain.from_iterable(words[start : start + size])))
            if code is not None:
                return CityMeant(code, (*typed[:start], *typed[start + size :]))
    return None


def in_city(reader: Actor, choice: Choice) -> Choice | None:
    """Return the choice with a city of the question as its filter, where that finds somebody (one query, or none)."""
    read = _in_city(choice)
    return read if read is not None and directory.people(reader, read, limit=1).rows else None


def in_form(reader: Actor, choice: Choice) -> Choice | None:
    """Return the choice with its one word in another form, the shortest that finds somebody ("scholen").

    None without any, or with more words (two queries, or none).
    """
    words = found_by.words(choice.question)
    near = other_forms.of(words[0]) if len(words) == 1 and len(words[0]) <= LONGEST else []
    found = directory.beginnings_in_place(reader, choice, words[0], near) if near else set()
    best = next((form for form in near if form in found), None)
    return replace(choice, question=best) if best is not None else None


def in_telling_words(reader: Actor, choice: Choice) -> Choice | None:
    """Return the choice without words as "de" and "van", where that finds somebody (one query, or none)."""
    typed = choice.question.split()
    told = [word for word in typed if not LITTLE.issuperset(found_by.words(word))]
    if not told or told == typed:
        return None
    read = replace(choice, question=" ".join(told))
    return read if directory.people(reader, read, limit=1).rows else None


def corrected(reader: Actor, choice: Choice) -> Choice | None:
    """Return the choice without the typing error for which it finds nobody, or with its city as a filter as well.

    None without any (a query for each of a few words, and as many again where there is a city).
    """
    readings = [read for read in (choice, _in_city(choice)) if read is not None]
    return next((found for read in readings for found in _spelt(reader, read)), None)


def _in_city(choice: Choice) -> Choice | None:
    """The words of a city taken out of a question, where none is chosen."""
    meant = None if choice.city else city_among(choice.question.split())
    if meant is None:
        return None
    left = " ".join(meant.others)
    return replace(choice, question=left, city=(meant.code,)) if not left or found_by.asked(left) else None


def _spelt(reader: Actor, choice: Choice) -> Iterator[Choice]:
    """The choice with another word in place of one, each of which finds somebody."""
    long = [word for word in found_by.asked(choice.question) if SHORTEST <= len(word) <= LONGEST]
    for word in [word for word in long if word.isascii() and word.isalpha()][:MOST]:
        near = edits(word)
        found = directory.words_in_place(reader, choice, word, near)
        best = next((each for each in near if each in found), None)
        if best is not None:
            yield replace(choice, question=_in_place(choice.question, word, best))


def _in_place(question: str, word: str, other: str) -> str:
    """The question with another word in place of one; the others as they were typed."""
    parts = [other if found_by.words(part) == [word] else part for part in _WORD.split(question)]
    if other in parts:
        return "".join(parts)
    # Some signs stand within what is looked up as one word.
    return " ".join(other if each == word else each for each in found_by.words(question))
