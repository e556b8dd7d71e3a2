"""The answer to a question: lessons, threads with the posts that have it, people and spaces, as far as a reader may.

The rule of reading is asked of every row when it is looked for; nothing here is kept.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, cast

from sqlalchemy import Select, String, bindparam, select

from forum.domain.choices import Counts
from forum.domain.indexing import rebuilding
from forum.domain.indexing.keys import Keys
from forum.domain.people import directory, found_by
from forum.domain.search import facets, language, nearest, order, people_found, people_meant, stages, texts
from forum.domain.search.candidates import Candidates, Known, candidates, with_some
from forum.domain.search.choice import KIND_NAMES, LESSONS, PEOPLE, SPACES, THREADS, Choice
from forum.domain.search.language import FIELD, Question
from forum.domain.search.nearest import Nearest
from forum.domain.search.sought import Search, search_for
from forum.domain.search.stages import Asked, Stage
from forum.domain.search.texts import LessonResult, ThreadResult
from forum.domain.spaces import spaces
from forum.domain.spaces.spaces import SpaceCard
from forum.infra import rates
from forum.infra.i18n import _
from forum.infra.statements import cached, select_rows
from forum.models.cities import BY_CODE
from forum.models.lessons import Lesson
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

FEW = {LESSONS: 5, THREADS: 8, PEOPLE: 5, SPACES: 5}  # of each kind where all kinds stand together
MANY = 20  # of one kind on a page
PUBLIC_ID = re.compile(r"les-\d{4}-\d{1,9}")  # of a lesson, as a citation gives it
LITERALLY = "literally"  # in the address: no typing error is forgiven
MOST_SEARCHES = "600 per minute"  # of a member, or a place: a town hall has one address


@dataclass(slots=True)
class Answer:
    """What a page of results shows. `some`: nothing has all of the words, so these have a part of them."""

    question: Question
    choice: Choice
    known: Known = field(default_factory=Known)  # spaces that the reader may see
    lessons: list[LessonResult] = field(default_factory=list)
    threads: list[ThreadResult] = field(default_factory=list)
    people: list[directory.Found] = field(default_factory=list)
    spaces: list[SpaceCard] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    posts: int = 0  # in which the threads were found
    more_posts: bool = False  # than were looked at
    some: bool = False
    instead: Question | None = None  # what was looked for, as nothing has the words that were typed
    in_city: tuple[str, Question] | None = None  # a city among the words by its code, and the other words
    nearest: Nearest = field(default_factory=Nearest)  # where nothing was found
    # Where nothing was found with a filter: what these words find without any.
    unfiltered: Counts | None = None
    pages: int = 1
    being_made: bool = False  # nothing was found, and older texts cannot be found yet

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.question.wanted or self.choice.values)


def answer(
    reader: Actor | None,
    typed: str,
    wanted: Callable[[str], Sequence[str]],
    *,
    page: int = 1,
    address: str = "",
) -> Answer:
    """Return what the reader finds for what they typed; `wanted` returns the values of a filter in the address.

    Invalid at `q` with a sentence for what cannot be looked for; TooOften, of visitors by their `address`.
    """
    question = language.read(typed)
    known, keys = spaces.directory(reader), Keys()
    choice = Choice.of(question.filters, wanted, known)
    result = Answer(question, choice, Known(known))
    if not result.is_asked:
        if typed.strip():
            refuse_wordless(question)
        return result
    spend(reader, address)
    result.known = Known.of(known, question, keys)
    asked = Asked(question, search_for(question, keys), bool(wanted(LITERALLY)))
    if question.wanted and not asked.search.wanted:
        refuse_wordless(question)
    found, search, result.instead = _found(reader, result, asked, keys)
    result.in_city = _in_city(result.instead or question, choice)
    result.some, result.counts = found.some, facets.counts(found, choice)
    if not result.counts.total:
        _add_ways_on(reader, result, asked, search, keys)
    threads = facets.chosen_threads(found, choice)
    result.posts, result.more_posts = sum(len(hit.posts) for hit in threads), found.narrowed.more_posts
    result.lessons, result.threads = texts.of(
        reader,
        search,
        keys,
        order.lessons(facets.chosen_lessons(found, choice))[_part(choice, LESSONS, page)],
        order.threads(threads, reader)[_part(choice, THREADS, page)],
    )
    result.people = found.people[_part(choice, PEOPLE, 1)]
    result.spaces = found.spaces[_part(choice, SPACES, page)]
    result.pages = _pages(choice, result.counts)
    return result


def _add_ways_on(reader: Actor | None, result: Answer, asked: Asked, search: Search, keys: Keys) -> None:
    """Say in the result why nothing was found, and what would be: without filters, in words that are near."""
    result.being_made = rebuilding.is_being_made()
    result.unfiltered = _unfiltered(reader, result, asked, keys)
    if not asked.literally:
        result.nearest = nearest.of(reader, search, keys, result.choice, result.known)


def spend(reader: Actor | None, address: str) -> None:
    """Count a search of a member, or of a visitor at an address; TooOften."""
    rates.spend("search", f"member:{reader.id}" if reader else rates.place(address), limit=MOST_SEARCHES)


def refuse_wordless(question: Question) -> NoReturn:
    """Invalid at `q`, for what was typed without a word that should be there."""
    if question.excluded and not question.wanted:
        raise Invalid(FIELD, _("Type a word as well that should be there."))
    raise Invalid(FIELD, _("There is no word here that we can search for. Type a word."))


def lesson_called(reader: Actor | None, typed: str) -> str | None:
    """Return the number of a lesson that the reader may see, where that is all that they typed (one query, or none)."""
    number = typed.strip().lower()
    if not PUBLIC_ID.fullmatch(number):
        return None
    values = {**reader_values(reader), "number": number}
    return cast(str | None, select_rows(_called(reader is not None), values).scalar())


@cached
def _called(signed_in: bool) -> Select[Any]:
    query: Any = select(Lesson.public_id).where(
        Lesson.public_id == bindparam("number", type_=String), sees(Lesson, reader_param(signed_in))
    )
    return cast(Select[Any], query)


def _found(reader: Actor | None, result: Answer, asked: Asked, keys: Keys) -> Stage:
    """What is found of everything: texts, people and spaces; people also but for a typing error in their names."""
    choice, known = result.choice, result.known

    def ask(search: Search, plain: str, some: bool) -> Candidates:
        if some:
            return with_some(reader, search, choice, known)
        found = candidates(reader, search, choice, plain, known)
        if found.has_only_people_in_city:
            return with_some(reader, asked.search, choice, known).joined_by(found)
        return found

    # Whatever the filters: whoever is named with their city is not mistyped.
    literally = asked.literally or people_found.is_in_city(reader, asked.question.plain)
    stage = stages.found(reader, asked._replace(literally=literally), keys, ask)
    if literally or stage.found.people or not (stage.found.some or stage.found.is_empty):
        return stage
    called = _called_so(reader, asked.question, choice)
    if called is None:
        return stage
    search = search_for(called, keys)
    return Stage(ask(search, called.plain, False), search, called)


def _called_so(reader: Actor | None, question: Question, choice: Choice) -> Question | None:
    """The question without a typing error in words of people whom the reader finds, or none."""
    plain = question.plain
    if reader is None or question.excluded or not people_found.looks_for_people(reader, choice, plain):
        return None
    asked = directory.Choice(plain, axis=choice.axis, city=choice.city)
    if len(plain) > directory.LONGEST or not found_by.asked(plain):
        return None
    meant = people_meant.corrected(reader, asked)
    if meant is None:
        return None
    city = [BY_CODE[code].name for code in meant.city if meant.city != choice.city]
    return Question.of_words([*meant.question.split(), *city])


def _in_city(question: Question, choice: Choice) -> tuple[str, Question] | None:
    """The city that stands among the words, where things that have a city are looked for, and in no other one."""
    if choice.city or SPACES in choice.kind:
        return None
    meant = people_meant.city_among([term.text for term in question.wanted if not term.is_phrase])
    if meant is None:
        return None
    others = [term for term in question.wanted if term.is_phrase or term.text in meant.others]
    return meant.code, replace(question, wanted=tuple(others))


def _unfiltered(reader: Actor | None, result: Answer, asked: Asked, keys: Keys) -> Counts | None:
    """What the words find without the filters, where some hold: it costs no more than that search would."""
    if not (result.choice.values and asked.search.wanted):
        return None
    other = Answer(result.question, Choice(), result.known)
    if result.choice.values.keys() == {"kind"}:  # counted already
        kinds, at_least = result.counts.by["kind"], result.counts.at_least & {*KIND_NAMES}
        return Counts(sum(kinds.values()), at_least={""} if at_least else set())
    return facets.counts(_found(reader, other, asked, keys).found, other.choice)


def _pages(choice: Choice, counts: Counts) -> int:
    """How many pages there are of the one kind that is asked for; of people the directory has the others."""
    number = sum(counts.by["kind"][kind] for kind in choice.kind if kind != PEOPLE)
    return max(1, -(-number // MANY))


def _part(choice: Choice, kind: str, page: int) -> slice:
    """Which of the results of a kind stand on a page: the first few, or a page of the one kind that is asked for."""
    if not choice.kind:
        return slice(0, FEW[kind])
    return slice((page - 1) * MANY, page * MANY) if choice.shows(kind) else slice(0)
