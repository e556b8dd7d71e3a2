"""A version in review that lost an excerpt: who checks it hears of it, and its page says so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.lessons import consent_checks, review_requests
from forum.domain.mailing import events
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.models.claims import Removal
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.undo import UndoableAct


def tell(act: UndoableAct, lessons: Iterable[Lesson], is_about: Callable[[Quoted], bool]) -> None:
    """Record for each version in review among these lessons that quotes what an act took away that it lost words."""
    versions = {
        lesson.working_id for lesson in lessons if lesson.state == LessonState.IN_REVIEW and lesson.working_id
    }
    for version_id, claims in excerpts.of_versions(versions).items() if versions else ():
        if any(is_about(quoted) for claim in claims for quoted in claim.quotes):
            for request in review_requests.open_about(version_id):
                events.record("review.shortened", request_id=request.id, act_id=act.id)


def tell_withdrawn(lesson: Lesson) -> None:
    """Record that a version in review lost words whose author took their yes back, which nothing undoes."""
    if lesson.state == LessonState.IN_REVIEW and lesson.working_id is not None:
        for request in review_requests.open_about(lesson.working_id):
            events.record("review.shortened", request_id=request.id, act_id=None)


@dataclass(frozen=True, slots=True)
class Lost:
    """What a version lost since it was sent for review."""

    excerpts: int  # that can be counted
    taken_back: (
        bool  # also words of a yes that was taken back: no moment of that is kept, so nobody can say how many
    )

    def __bool__(self) -> bool:
        return bool(self.excerpts) or self.taken_back


def lost(version: LessonVersion) -> Lost:
    """Return what a version lost since it was sent for review (three queries)."""
    since = version.sealed_at
    if since is None:
        return Lost(0, taken_back=False)
    taken = select(Removal).where(
        Removal.lesson_id == version.lesson_id, Removal.at > since, Removal.undone_at.is_(None)
    )
    removals = list(db.session.scalars(taken))
    claims = excerpts.by_claim(version.id)
    gone = sum(_went(quoted, since, removals) for claim in claims for quoted in claim.quotes)
    # Of what is final nothing is left in the version: what one act took out is counted once.
    gone += len({(removal.author_id, removal.at) for removal in removals if removal.settled_at})
    # It was sent only once nothing of the closing was left to look at. What is by now, of its claims, is a yes taken
    # back since and, as nothing tells them apart, what went at the same closing.
    texts = {claim.text for claim in claims}
    return Lost(gone, any(text in texts for *_words, text in consent_checks.gone(version.lesson_id)))


def _went(quoted: Quoted, since: datetime, removals: list[Removal]) -> bool:
    """Whether an excerpt is withheld, and was not yet at that moment."""
    if quoted.removed is not None:
        place = quoted.excerpt
        return any(
            removal.revision_id == place.revision_id
            and removal.start_at < place.end_at
            and place.start_at < removal.end_at
            for removal in removals
        )
    moments = (quoted.post.deleted_at, quoted.post.hidden_at, quoted.thread.withdrawn_at)
    return bool(quoted.withheld) and all(moment is None or moment > since for moment in moments)
