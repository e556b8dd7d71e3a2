"""The order of what was found: ours, so that both databases give the same; no engine's score decides.

How much of the question is there; where it stands; whether as a word or as a part of one; whether all of it stands in
that place; the state of a lesson; what comes from a space of the reader; the latest; and the id.
"""

from collections.abc import Iterable

from forum.domain.search.lesson_candidates import LessonHit
from forum.domain.search.thread_candidates import ThreadHit
from forum.policy.actors import Actor


def lessons(hits: Iterable[LessonHit]) -> list[LessonHit]:
    """Return lessons in order; they come with the latest first."""
    return sorted(
        hits,
        key=lambda hit: (hit.missing, hit.place, hit.by_part, hit.lacking > 0, hit.state, not hit.is_own),
    )


def threads(hits: Iterable[ThreadHit], reader: Actor | None) -> list[ThreadHit]:
    """Return threads in order."""
    own = reader.roles if reader else {}
    latest = sorted(hits, key=lambda hit: (hit.last_post_at, hit.id), reverse=True)
    return sorted(
        latest,
        key=lambda hit: (hit.missing, hit.place, hit.by_part, hit.lacking > 0, hit.space_id not in own),
    )
