"""Everything that may answer a question, before it is put in order: a few queries, however large the network is."""

from dataclasses import dataclass, field

from forum.domain.choices import Counts
from forum.domain.people import directory, found_by
from forum.domain.search import lesson_candidates, thread_candidates
from forum.domain.search.choice import Choice
from forum.domain.search.lesson_candidates import LessonHit
from forum.domain.search.lookup import look_up
from forum.domain.search.sought import Search
from forum.domain.search.thread_candidates import Found
from forum.domain.spaces.spaces import SpaceCard
from forum.policy.actors import Actor
from forum.policy.errors import Invalid

OF_PEOPLE = {"kind", "city", "axis"}  # filters that say something of people
FACETS_OF_TEXT = ("outcome", "axis", "need", "city")
MOST_PEOPLE = 20


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
    spaces: list[SpaceCard] = field(default_factory=list)
    some: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.lessons or self.threads.threads or self.people or self.spaces)


def candidates(
    reader: Actor | None,
    search: Search,
    choice: Choice,
    plain: str,
    known: list[SpaceCard],
) -> Candidates:
    """Return what has all of the words. `known`: the spaces that the reader may see."""
    found = _texts(reader, search, choice, _space_id(choice, known), some=False)
    if search.wanted and not search.excluded:
        _add_people(found, reader, choice, plain)
        found.spaces = _spaces(known, choice, plain)
    return found


def with_some(reader: Actor | None, search: Search, choice: Choice, known: list[SpaceCard]) -> Candidates:
    """Return what has a part of the words, for where nothing has all."""
    return _texts(reader, search, choice, _space_id(choice, known), some=True)


def _space_id(choice: Choice, known: list[SpaceCard]) -> int | None:
    return next((space.id for space in known if space.slug in choice.space), None)


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


def _add_people(found: Candidates, reader: Actor | None, choice: Choice, plain: str) -> None:
    """Whom the reader finds by all of these words (two queries; one where there is nobody)."""
    words = found_by.words(plain)
    if reader is None or len(words) > found_by.MOST or not choice.values.keys() <= OF_PEOPLE:
        return
    asked = directory.Choice(plain, axis=choice.axis, city=choice.city)
    try:
        found.people = directory.people(reader, asked, limit=MOST_PEOPLE).rows
        # Without them in this city there may be some in another one.
        if found.people or choice.city or choice.axis:
            found.people_counts = directory.counts(reader, asked)
    except Invalid:  # words that are too short or too many to find people by
        return


def _spaces(known: list[SpaceCard], choice: Choice, plain: str) -> list[SpaceCard]:
    """The spaces in whose name each word begins one."""
    if choice.without("kind").values:
        return []
    return spaces_called(known, plain)


def spaces_called(known: list[SpaceCard], plain: str) -> list[SpaceCard]:
    """Return those of the spaces in whose name each word begins one."""
    wanted = found_by.words(plain)
    names = {space.id: found_by.words(space.name) for space in known}
    return [space for space in known if all(_begins(word, names[space.id]) for word in wanted)]


def _begins(word: str, name: list[str]) -> bool:
    return any(part.startswith(word) for part in name)
