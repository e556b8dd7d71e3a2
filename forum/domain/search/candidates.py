"""Everything that may answer a question, before it is put in order: a few queries, however large the network is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from forum.domain.choices import Counts
from forum.domain.indexing.keys import Keyed, Keys
from forum.domain.people import directory, found_by
from forum.domain.search import lesson_candidates, people_found, thread_candidates
from forum.domain.search.choice import Choice
from forum.domain.search.language import Question
from forum.domain.search.lesson_candidates import LessonHit
from forum.domain.search.lookup import look_up
from forum.domain.search.sought import Search, standing
from forum.domain.search.thread_candidates import Found
from forum.domain.spaces.spaces import SpaceCard
from forum.infra.search_keys.common_words import LITTLE
from forum.infra.search_keys.words import words
from forum.policy.actors import Actor

MOST_NAMES = 2_048  # of spaces are kept in their words: each search looks at all of them
FACETS_OF_TEXT = ("outcome", "axis", "need", "city")


class _Name(NamedTuple):
    """The words of a name, as their keys are made and as people type the beginnings of them."""

    forms: tuple[str, ...]
    plain: tuple[str, ...]


@lru_cache(MOST_NAMES)
def _in_words(name: str) -> _Name:
    return _Name(tuple(word.form for word in words(name)), tuple(found_by.words(name)))


@dataclass(frozen=True, slots=True)
class Known:
    """The spaces that a reader may know of, with the keys of the words of their names by their ids."""

    cards: Sequence[SpaceCard] = ()
    keyed: Mapping[int, Keyed] = field(default_factory=dict)

    @classmethod
    def of(cls, cards: Sequence[SpaceCard], question: Question, keys: Keys) -> "Known":
        """Return the spaces with their keys; the words of the question are learned along (one query)."""
        names = {space.id: _in_words(space.name).forms for space in cards}
        asked = [[word.form for word in words(term.text)] for term in (*question.wanted, *question.excluded)]
        keys.learn(chain.from_iterable([*names.values(), *asked]))
        return cls(cards, {id_: keys.of_text([forms])[0] for id_, forms in names.items()})


@dataclass(slots=True)
class Candidates:
    """What was found. `threads` hold to no facet, `narrowed` to all that are chosen, where there were too many.

    `some`: nothing has all of the words, so it is what has a part of them.
    """

    lessons: list[LessonHit] = field(default_factory=list)
    more_lessons: bool = False
    threads: Found = field(default_factory=Found)
    narrowed: Found = field(default_factory=Found)
    people: list[directory.Found] = field(default_factory=list)
    people_counts: Counts = field(default_factory=Counts)
    are_in_city: bool = False  # they have the words but for the name of their city
    spaces: list[SpaceCard] = field(default_factory=list)
    some: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.has_texts or self.people or self.spaces)

    @property
    def has_texts(self) -> bool:
        """Whether there is a lesson or a thread."""
        return bool(self.lessons or self.threads.threads)

    @property
    def has_only_people_in_city(self) -> bool:
        """Whether there is nothing but people who have the words but for the name of their city."""
        return self.are_in_city and bool(self.people) and not (self.has_texts or self.spaces)

    def joined_by(self, people: "Candidates") -> "Candidates":
        """Return the texts of these with the people of others."""
        return replace(
            self,
            people=people.people,
            people_counts=people.people_counts,
            are_in_city=people.are_in_city,
            some=self.some and self.has_texts,
        )


def candidates(
    reader: Actor | None,
    search: Search,
    choice: Choice,
    plain: str,
    known: Known,
) -> Candidates:
    """Return what has all of the words."""
    found = _texts(reader, search, choice, _space_id(choice, known), some=False)
    if search.wanted and not search.excluded:
        people = people_found.found(reader, choice, plain)
        found.people, found.people_counts, found.are_in_city = people.rows, people.counts, people.are_in_city
        found.spaces = _spaces(known, choice, plain, search)
    return found


def with_some(reader: Actor | None, search: Search, choice: Choice, known: Known) -> Candidates:
    """Return what has a part of the words, for where nothing has all."""
    return _texts(reader, search, choice, _space_id(choice, known), some=True)


def _space_id(choice: Choice, known: Known) -> int | None:
    return next((space.id for space in known.cards if space.slug in choice.space), None)


def _texts(
    reader: Actor | None, search: Search, choice: Choice, space_id: int | None, *, some: bool
) -> Candidates:
    lookup = look_up(search, some=some)
    lessons, more = lesson_candidates.found(reader, lookup, choice, space_id)
    if choice.of_lessons.values:
        return Candidates(lessons, more, some=some)
    threads = thread_candidates.found(reader, lookup, choice, space_id)
    narrowed = threads
    if (threads.more_titles or threads.more_posts) and any(getattr(choice, kind) for kind in FACETS_OF_TEXT):
        # Among more than were looked at: those that fit are looked for themselves.
        narrowed = thread_candidates.found(reader, lookup, choice, space_id, narrow=True)
    return Candidates(lessons, more, threads, narrowed, some=some)


def _spaces(known: Known, choice: Choice, plain: str, search: Search) -> list[SpaceCard]:
    """The spaces in whose name each word begins one, or all of them stand in any form."""
    if choice.without("kind").values:
        return []
    begun = {space.id for space in spaces_called(known.cards, plain)}
    return [space for space in known.cards if space.id in begun or _has_all(search, known.keyed[space.id])]


def _has_all(search: Search, name: Keyed) -> bool:
    return len(standing(search.wanted, name.terms, name.parts)) == len(search.wanted)


def spaces_called(known: Sequence[SpaceCard], plain: str) -> list[SpaceCard]:
    """Return those of the spaces in whose name each word begins one, or each that says something."""
    names = {space.id: _in_words(space.name).plain for space in known}
    asked = found_by.words(plain)
    telling = [word for word in asked if word not in LITTLE] or asked
    called = (
        [space for space in known if all(_begins(word, names[space.id]) for word in wanted)]
        for wanted in (asked, telling)
    )
    return next(filter(None, called), [])


def _begins(word: str, name: Sequence[str]) -> bool:
    return any(part.startswith(word) for part in name)
