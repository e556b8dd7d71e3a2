"""How exactly something is looked for: as it was typed, in pieces, mended, and in part, until something is found."""

from collections.abc import Callable
from typing import NamedTuple

from forum.domain.indexing.keys import Keys
from forum.domain.search import spelling
from forum.domain.search.candidates import Candidates
from forum.domain.search.language import Question
from forum.domain.search.sought import Search, search_for
from forum.policy.actors import Actor

# Asks for what has all of a search, or (`some`) a part of it; beside it the words as they were typed.
Ask = Callable[[Search, str, bool], Candidates]


class Stage(NamedTuple):
    """What was found, and what was looked for at last; `instead` where nothing has the words that were typed."""

    found: Candidates
    search: Search
    instead: Question | None = None


class Asked(NamedTuple):
    """What somebody asks: their question, what is looked for by it, and whether no typing error is forgiven."""

    question: Question
    search: Search
    literally: bool = False


def found(reader: Actor | None, asked: Asked, keys: Keys, ask: Ask) -> Stage:
    """Return what has all of the words; else what has them but for a typing error; else what has some.

    Where nothing has any, with the words that may have been meant. A compound is looked for in one piece first, and
    by its parts apart from each other where nothing has it so.
    """
    question, search, literally = asked
    for pieces in dict.fromkeys((search.whole, search)):
        candidates = ask(pieces, question.plain, False)
        if not candidates.is_empty:
            return Stage(candidates, pieces)
    other = None if literally else spelling.corrected(reader, question, search, keys)
    better = search_for(other, keys) if other is not None else search
    if other is not None:
        instead = ask(better, other.plain, False)
        if not instead.is_empty:
            return Stage(instead, better, other)
    if len(search.wanted) > 1:
        candidates = ask(search, question.plain, True)
    return Stage(candidates, better if candidates.is_empty else search)
