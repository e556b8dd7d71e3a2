"""What somebody may have meant who finds nobody: a city that stands among the words, or a word with a typing error.

Both are asked of the people whom this reader finds, with all else that they asked: nobody else has a part in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from forum.domain.people import directory, found_by
from forum.domain.people.directory import Choice
from forum.domain.search.spelling import LONGEST, MOST, SHORTEST, edits
from forum.models.cities import CITIES
from forum.policy.actors import Actor

CITY_WORDS = {tuple(found_by.words(city.name)): city.code for city in CITIES}


def in_city(reader: Actor, choice: Choice) -> Choice | None:
    """Return the choice with a city of the question as its filter, where that finds somebody (one query, or none)."""
    read = _in_city(choice)
    return read if read is not None and directory.people(reader, read, limit=1).rows else None


def corrected(reader: Actor, choice: Choice) -> Choice | None:
    """Return the choice without the typing error for which it finds nobody, or with its city as a filter as well.

    None without any (a query for each of a few words, and as many again where there is a city).
    """
    readings = [read for read in (choice, _in_city(choice)) if read is not None]
    return next((found for read in readings for found in _spelt(reader, read)), None)


def _in_city(choice: Choice) -> Choice | None:
    """The words of a city taken out of a question; the longest name that stands in it."""
    if choice.city:
        return None
    typed = choice.question.split()
    words = [found_by.words(word) for word in typed]
    for size in range(len(typed), 0, -1):
        for start in range(len(typed) - size + 1):
            code = CITY_WORDS.get(tuple(chain.from_iterable(words[start : start + size])))
            if code is not None:
                left = " ".join([*typed[:start], *typed[start + size :]])
                is_askable = not left or found_by.asked(left)
                return replace(choice, question=left, city=(code,)) if is_askable else None
    return None


def _spelt(reader: Actor, choice: Choice) -> Iterator[Choice]:
    """The choice with another word in place of one, each of which finds somebody."""
    long = [word for word in found_by.asked(choice.question) if SHORTEST <= len(word) <= LONGEST]
    for word in [word for word in long if word.isascii() and word.isalpha()][:MOST]:
        near = edits(word)
        found = directory.words_in_place(reader, choice, word, near)
        best = next((each for each in near if each in found), None)
        if best is not None:
            words = [best if each == word else each for each in found_by.words(choice.question)]
            yield replace(choice, question=" ".join(words))
