"""What each filter of a search would leave, counted among the candidates that were taken."""

from collections import Counter
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TypeVar

from forum.domain.choices import Counts
from forum.domain.search.candidates import FACETS_OF_TEXT, Candidates
from forum.domain.search.choice import LESSONS, PEOPLE, SPACES, THREADS, Choice
from forum.domain.search.lesson_candidates import LessonHit
from forum.domain.search.thread_candidates import Found, ThreadHit

Hit = TypeVar("Hit", bound=LessonHit | ThreadHit)
FACETS = ("kind", *FACETS_OF_TEXT)


def values(hit: LessonHit | ThreadHit, kind: str) -> tuple[str, ...]:
    """Return the values of a facet under which a lesson or thread stands."""
    return _each(_value(kind)(hit))


def _value(kind: str) -> Callable[[LessonHit | ThreadHit], str | tuple[str, ...] | None]:
    """Return a getter of a facet: one value, several, or None."""
    return attrgetter({"need": "needs", "city": "cities"}.get(kind, kind))


def _each(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()


def chosen_lessons(found: Candidates, choice: Choice) -> list[LessonHit]:
    """Return the lessons that the facets leave."""
    return _fitting(found.lessons, choice)


def chosen_threads(found: Candidates, choice: Choice) -> list[ThreadHit]:
    """Return the threads that the facets leave."""
    return _fitting(found.narrowed.threads.values(), choice)


def counts(found: Candidates, choice: Choice) -> Counts:
    """Return how many results each value of a facet would leave, with what is chosen of the others.

    `at_least` has facets of which there may be more, and kinds of results; "" for all of them.
    """
    counted = Counts(by={kind: _counted(found, choice, kind) for kind in FACETS})
    kinds = counted.by["kind"]
    counted.total = sum(kinds[kind] for kind in kinds if choice.shows(kind))
    counted.at_least = _cut(found, choice, "")
    for kind in ("", *FACETS_OF_TEXT):
        if any(choice.shows(each) for each in _cut(found, choice, kind)):
            counted.at_least.add(kind)
    return counted


def _counted(found: Candidates, choice: Choice, kind: str) -> Counter[str]:
    others = choice.without(kind)
    threads = _threads(found, choice, kind).threads.values()
    lessons, left = _fitting(found.lessons, others), _fitting(threads, others)
    if kind == "kind":
        bare = not choice.without("kind").values
        texts = {LESSONS: len(lessons), THREADS: len(left), PEOPLE: found.people_counts.total}
        return Counter({**texts, SPACES: len(found.spaces) if bare else 0})
    shown: list[LessonHit | ThreadHit] = [*lessons] if choice.shows(LESSONS) else []
    shown += left if choice.shows(THREADS) else []
    numbers: Counter[str] = Counter()
    # Of thousands of hits a few values: counted as they are, and taken apart then.
    for value, number in Counter(map(_value(kind), shown)).items():
        for each in _each(value):
            numbers[each] += number
    if choice.shows(PEOPLE):
        numbers.update(found.people_counts.by.get(kind, {}))
    return numbers


def _threads(found: Candidates, choice: Choice, kind: str) -> Found:
    """From which threads the values of a kind are counted: of what is chosen of itself they hold to nothing."""
    return found.threads if getattr(choice, kind, ()) and kind in FACETS_OF_TEXT else found.narrowed


def _cut(found: Candidates, choice: Choice, kind: str) -> set[str]:
    """Of which kinds of results there may be more than are counted under a facet; `kind` "" is all of them."""
    threads = _threads(found, choice, kind)
    cut = {LESSONS} if found.more_lessons else set()
    if threads.more_titles or threads.more_posts:
        cut.add(THREADS)
    if (kind if kind in found.people_counts.by else "") in found.people_counts.at_least:
        cut.add(PEOPLE)
    return cut


def _fitting(hits: Iterable[Hit], choice: Choice) -> list[Hit]:
    """Those of lessons or threads that stand under every value of a facet that is chosen."""
    chosen = [(kind, value) for kind in FACETS_OF_TEXT for value in getattr(choice, kind)]
    return (
        [hit for hit in hits if all(value in values(hit, kind) for kind, value in chosen)]
        if chosen
        else [*hits]
    )
