"""Lessons that lost words: a claim of the version that readers get has no excerpt left that they can read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.domain.lessons import rights
from forum.domain.lessons.listed import listed
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import QuotedClaim
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import NetworkRole
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Invalid
from forum.policy.visibility import sees

MOST = 50


@dataclass(frozen=True, slots=True)
class WeakenedLesson:
    """A published lesson in the queue of who can mend it: which of its claims have no words left, and since when.

    `may_mend`: an editor who moderates nothing there can only wait for its moderators, in whose queue it stands, too.
    """

    id: int
    public_id: str
    title: str
    claims: list[int]  # by number
    since: datetime
    may_mend: bool

    @property
    def presses(self) -> bool:
        """Whether it cannot wait for them: everybody reads it."""
        return self.may_mend


def hold(thread_id: int) -> list[Lesson]:
    """Return the lessons made from a thread, locked: a draft, too, may be sent for review at this moment.

    Whoever changes a post does this before its thread.
    """
    query = (
        select(Lesson)
        .join(LessonSource, LessonSource.lesson_id == Lesson.id)
        .where(LessonSource.thread_id == thread_id)
        .order_by(Lesson.id)
        .with_for_update(of=Lesson)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def hold_sources(lesson: Lesson) -> None:
    """Lock the threads of a lesson, itself locked: nobody narrows one between looking at its right and the seal."""
    query = select(Thread).join(LessonSource, LessonSource.thread_id == Thread.id)
    query = query.where(LessonSource.lesson_id == lesson.id).order_by(Thread.id).with_for_update(of=Thread)
    db.session.scalars(query.execution_options(populate_existing=True)).all()


def look(lessons: Iterable[Lesson]) -> None:
    """Write down whether each of these lessons has a claim without words now; since when stays."""
    db.session.flush()
    by_id = {lesson.current_id: lesson for lesson in lessons if lesson.current_id is not None}
    if not by_id:
        return
    for version_id, claims in excerpts.of_versions(by_id).items():
        lesson = by_id[version_id]
        if not any(is_bare(claim, lesson) for claim in claims):
            lesson.weakened_at = None
        elif lesson.weakened_at is None:
            lesson.weakened_at = clock.now()
    db.session.flush()


def is_bare(claim: QuotedClaim, lesson: Lesson) -> bool:
    """Return whether a claim of a lesson has no words left that its readers can read."""
    return not any(rights.is_readable(quoted, lesson) for quoted in claim.quotes)


def refuse_bare(lesson: Lesson, version_id: int) -> None:
    """Refuse a version with a claim that has no words left that readers can read; Invalid at `claims`."""
    if any(is_bare(claim, lesson) for claim in excerpts.by_claim(version_id)):
        raise Invalid("claims", _("A claim has no excerpt left that readers can read: send the lesson back."))


def bare(lesson: Lesson) -> list[int]:
    """Return the numbers of the claims of a published lesson that have no words left now (one query)."""
    claims = excerpts.by_claim(lesson.current_id or 0)
    return [claim.position for claim in claims if is_bare(claim, lesson)]


def waiting(actor: Actor) -> list[WeakenedLesson]:
    """Return the weakened lessons of the actor's spaces, and for an editor all that they read; the longest first."""
    query = (
        select(Lesson, LessonVersion.id, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.weakened_at.is_not(None), listed(), sees(Lesson, actor))
        .order_by(Lesson.weakened_at, Lesson.id)
        .limit(MOST)
    )
    own_spaces = moderated(actor)
    if NetworkRole.EDITOR not in actor.network_roles:
        if not own_spaces:
            return []
        query = query.where(Lesson.space_id.in_(own_spaces))
    rows = db.session.execute(query).all()
    claims = excerpts.of_versions([version_id for _lesson, version_id, _title in rows]) if rows else {}
    return [
        WeakenedLesson(
            lesson.id,
            lesson.public_id or "",
            title,
            [claim.position for claim in claims[version_id] if is_bare(claim, lesson)],
            lesson.weakened_at or clock.now(),
            lesson.space_id in own_spaces,
        )
        for lesson, version_id, title in rows
    ]
