"""Sentences of a lesson that none of its claims carries: what is advised without that anybody said it.

A sentence is carried by a claim when enough of its telling words stand in the claim or in the words under it. Words are
compared by their keys, as in a search: "gezinnen" is "gezin", and a compound is found by its parts. Common words
(`search_keys/common_words.py`) tell nothing. One telling word is enough for a short sentence, two for a longer one,
three for a long one: a person says it in other words than their source, and a warning too many is read no more.

It warns, and stops nothing: whoever wrote the sentence knows better than a count of words.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from forum.domain.indexing.keys import Keys
from forum.domain.threads import sentences
from forum.infra.search_keys.common_words import COMMON
from forum.infra.search_keys.words import words
from forum.models.lessons import LessonVersion

FIELDS = ("recommendation", *LessonVersion.ADVICE, "result")
SHORT, LONG = 4, 9  # telling words up to which one is enough, and from which it takes three


class Unborne(NamedTuple):
    """A sentence that no claim carries, and the field that it stands in."""

    field: str
    sentence: str


def unborne(texts: dict[str, str], claims: Iterable[Sequence[str]]) -> list[Unborne]:
    """Return the sentences of the texts, by the names of their fields, that no claim carries (one query).

    Each claim is its own text and the words under it, as far as whoever asks may read them. Without claims: none.
    """
    said = [" ".join(texts_of) for texts_of in claims]
    if not said:
        return []
    found = [(name, text[start:end]) for name, text in texts.items() for start, end in sentences.cut(text)]
    keys = Keys()
    keys.learn(
        {form for text in (*said, *(sentence for _name, sentence in found)) for form in _telling(text)}
    )
    carrying = [{key for form in _telling(text) for key in _keys(keys, form)} for text in said]
    return [Unborne(name, text) for name, text in found if not _is_carried(keys, text, carrying)]


def _is_carried(keys: Keys, sentence: str, carrying: list[set[str]]) -> bool:
    telling = _telling(sentence)
    needed = 0 if not telling else 1 if len(telling) <= SHORT else 2 if len(telling) < LONG else 3
    return any(
        sum(not claimed.isdisjoint(_keys(keys, form)) for form in telling) >= needed for claimed in carrying
    )


def _keys(keys: Keys, form: str) -> set[str]:
    dutch = keys.dutch(form)
    return {dutch.key, *dutch.within}


def _telling(text: str) -> set[str]:
    """The folded words of a text that say what it is about."""
    return {word.form for word in words(text)} - COMMON
