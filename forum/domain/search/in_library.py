"""A search within the library: lessons that have the words, narrowed, counted and put in order as all lessons are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select

from forum.domain.choices import Counts
from forum.domain.indexing import rebuilding
from forum.domain.indexing.keys import Keys
from forum.domain.lessons import library, library_facets, library_sorts
from forum.domain.lessons.library_choice import KINDS, Choice
from forum.domain.search import choice as search_choice
from forum.domain.search import lesson_candidates, order, results, stages, texts
from forum.domain.search.candidates import Candidates
from forum.domain.search.language import Question
from forum.domain.search.lookup import look_up
from forum.domain.search.sought import Search, search_for
from forum.domain.search.stages import Asked
from forum.domain.search.texts import LessonResult
from forum.infra.statements import cached, select_rows
from forum.models.lessons import LessonVersion
from forum.policy.actors import Actor
from forum.policy.readers import reader_values

BEST = "best"  # the order of a search, beside those of the library
MANY = 20  # on a page
_EVERYTHING = search_choice.Choice()


class Part(NamedTuple):
    """Which of the lessons that have the words are shown: what narrows them, their order, and the page."""

    choice: Choice
    sort: str = BEST
    page: int = 1


@dataclass(slots=True)
class LibraryAnswer:
    """What a page shows of the lessons that have the words. `some`: nothing has all of them, so these have a part.

    `instead`: what was looked for, as nothing has the words that were typed. `spelt`: how addressees are spelt, by key.
    """

    question: Question
    counts: Counts = field(default_factory=Counts)
    spelt: Mapping[str, str] = field(default_factory=dict)
    lessons: list[LessonResult] = field(default_factory=list)
    some: bool = False
    instead: Question | None = None
    pages: int = 1
    being_made: bool = False  # nothing was found, and older texts cannot be found yet


def answer(
    reader: Actor | None, question: Question, part: Part, *, literally: bool = False, address: str = ""
) -> LibraryAnswer:
    """Return the lessons that the reader finds for the words of a question, in some ten queries.

    Invalid at `q` without a word that can be looked for; TooOften, of visitors by their `address`.
    """
    results.spend(reader, address)
    keys = Keys()
    search = search_for(question, keys)
    if not search.wanted:
        results.refuse_wordless(question)

    def ask(search: Search, _plain: str, some: bool) -> Candidates:
        found = lesson_candidates.found(reader, look_up(search, some=some), _EVERYTHING, None)
        return Candidates(*found, some=some)

    found, search, instead = stages.found(reader, Asked(question, search, literally), keys, ask)
    hits = {hit.version_id: hit for hit in order.lessons(found.lessons)}
    result = LibraryAnswer(question, some=found.some, instead=instead)
    result.counts = library.counts(reader, part.choice, among=[*hits])
    result.spelt = library_facets.add(reader, part.choice, result.counts, among=[*hits])
    if found.more_lessons:
        result.counts.at_least |= {"", *KINDS}
    if not hits:
        result.being_made = rebuilding.is_being_made()
    left = _left(reader, [*hits], part)
    shown = [hits[number] for number in left[(part.page - 1) * MANY : part.page * MANY]]
    result.lessons, _threads = texts.of(reader, search, keys, shown, [])
    result.pages = max(1, -(-len(left) // MANY))
    return result


def _left(reader: Actor | None, versions: list[int], part: Part) -> list[int]:
    """Those of these versions, the best first, that the filters leave, in the order that is asked (one query)."""
    if not versions:
        return []
    values = {**reader_values(reader), "versions": versions}
    left: list[int] = [*select_rows(_narrowed(reader is not None, part.choice, part.sort), values).scalars()]
    return [each for each in versions if each in {*left}] if part.sort == BEST else left


@cached
def _narrowed(signed_in: bool, choice: Choice, sort: str) -> Select[Any]:
    query = library.cards(signed_in, choice).with_only_columns(LessonVersion.id).where(library.AMONG)
    if sort == BEST:
        return query
    return library_sorts.ordered(query, sort, goes_on=False, rows=lesson_candidates.MOST)
