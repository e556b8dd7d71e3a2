"""What comes nearest where nothing was found: what has a part of a compound, a word of a phrase, or a corrected word.

It is shown beneath the sentence that nothing was found, and counts as nothing.
"""

from dataclasses import dataclass, field

from forum.domain.indexing.keys import Keys
from forum.domain.search import facets, order, texts
from forum.domain.search.candidates import Known, with_some
from forum.domain.search.choice import LESSONS, THREADS, Choice
from forum.domain.search.sought import Search, Sought
from forum.domain.search.texts import LessonResult, ThreadResult
from forum.infra.search_keys import compounds, separable
from forum.infra.search_keys.common_words import DUTCH, LITTLE
from forum.infra.search_keys.keying import key
from forum.infra.search_keys.words import fold
from forum.policy.actors import Actor

# Keys of Dutch words that half of all texts have, and of what a separable verb begins with.
_SAY_NOTHING = frozenset(key(form, {}) for form in (*DUTCH.split(), *LITTLE, *separable.CLEAR))
FEW_LESSONS, FEW_THREADS = 3, 4


@dataclass(frozen=True, slots=True)
class Nearest:
    """Lessons and threads that have most of the pieces of what was asked."""

    lessons: list[LessonResult] = field(default_factory=list)
    threads: list[ThreadResult] = field(default_factory=list)


def of(reader: Actor | None, search: Search, keys: Keys, choice: Choice, known: Known) -> Nearest:
    """Return what the reader may see of it, within the filters that are chosen; nothing for a word without parts."""
    pieces = Search(_pieces(search), search.excluded)
    if not pieces.wanted or not (choice.shows(LESSONS) or choice.shows(THREADS)):
        return Nearest()
    found = with_some(reader, pieces, choice, known)
    lessons = order.lessons(facets.chosen_lessons(found, choice)) if choice.shows(LESSONS) else []
    threads = order.threads(facets.chosen_threads(found, choice), reader) if choice.shows(THREADS) else []
    return Nearest(*texts.of(reader, pieces, keys, lessons[:FEW_LESSONS], threads[:FEW_THREADS]))


def _pieces(search: Search) -> tuple[Sought, ...]:
    """Each part of a compound, each word of a phrase, and each of several words, by themselves; no little words."""
    pieces: dict[tuple[tuple[str, ...], ...], Sought] = {}
    for sought in search.wanted:
        # One word as it is was looked for already, and nothing has it.
        is_asked = sought.is_word and len(search.wanted) == 1
        for at in range(0 if is_asked else max(map(len, sought.ways))):
            ways = tuple(dict.fromkeys((way[at],) for way in sought.ways))
            pieces[ways] = Sought(sought.text, ways)
        for part in sought.parts or _ends(sought):
            pieces[((part,),)] = Sought(part, ((part,),))
    return tuple(
        each for ways, each in pieces.items() if not _SAY_NOTHING.issuperset(way[0] for way in ways[:1])
    )


def _ends(sought: Sought) -> tuple[str, ...]:
    """The keys of what a word that falls into no parts begins and ends with."""
    return tuple(key(form, {}) for form in compounds.ends(fold(sought.text))) if sought.is_word else ()
