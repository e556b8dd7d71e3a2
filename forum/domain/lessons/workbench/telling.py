"""Where somebody may be recognised by words that leave their space: places to look at before their author is asked."""

from collections.abc import Iterable, Iterator, Mapping

from forum.domain.lessons import masking_patterns
from forum.domain.threads.excerpts import Quoted
from forum.domain.threads.sentences import Span
from forum.infra import days


def places(leaving: Iterable[Quoted], names: Iterable[str]) -> Mapping[int, list[Span]]:
    """Return the places in excerpts by the id of their post: `plain[start:end]` of the text that was quoted.

    `names`: of people who are to be found too. Rules find too much rather than too little, and they stop nothing.
    """
    found: dict[int, set[Span]] = {}
    known = list(names)
    for quoted in leaving:
        at = quoted.excerpt.start_at
        spans = {(at + start, at + end) for start, end in _in_words(quoted, known)}
        if spans:
            found.setdefault(quoted.post.id, set()).update(spans)
    return {post_id: sorted(spans) for post_id, spans in found.items()}


def _in_words(quoted: Quoted, names: list[str]) -> Iterator[Span]:
    words = quoted.excerpt.words
    for one in masking_patterns.found(words, names, days.day_of(quoted.post.created_at)):
        yield one.start, one.end
    for match in masking_patterns.ONLY.finditer(words):
        yield match.span()
