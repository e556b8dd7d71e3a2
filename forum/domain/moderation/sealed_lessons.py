"""What lessons have of words that a moderator took away: out of sight at once, and for good after the undo.

By the same rows as what authors take out of lessons (`consents/removals`), which the calendar settles.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from forum.domain.consents import removals
from forum.domain.lessons import review_losses
from forum.domain.mailing import events
from forum.domain.threads import excerpts
from forum.infra.db import db
from forum.infra.left_out import Span
from forum.models.claims import Claim, Excerpt, Removal, RemovalKind
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import Post
from forum.models.undo import UndoableAct


def take_out(
    act: UndoableAct, lessons: Iterable[Lesson], post: Post, places: Mapping[int, Iterable[Span]]
) -> None:
    """Take these places of texts of a post, by the ids of its revisions, out of lessons that are held for the act.

    Whole excerpts go that have any of it: a part of a name tells the name. Who made a lesson hears of it, once nobody
    can undo it.
    """
    held = list(lessons)
    rows = [
        Removal(
            lesson_id=lesson.id,
            revision_id=revision_id,
            start_at=span.start,
            end_at=span.end,
            author_id=post.author_id,
            kind=RemovalKind.SEALED,
            at=act.at,
        )
        for lesson in held
        for revision_id, span in _quoted(lesson, places)
    ]
    db.session.add_all(rows)
    db.session.flush()
    act.before = {**act.before, "removals": [row.id for row in rows]}
    for lesson in held:
        removals.follow(lesson)
    current = {lesson.current_id: lesson for lesson in held if lesson.current_id is not None}

    def is_gone(quoted: excerpts.Quoted) -> bool:
        return quoted.post.id == post.id and any(
            span.start < quoted.excerpt.end_at and quoted.excerpt.start_at < span.end
            for span in places.get(quoted.excerpt.revision_id, ())
        )

    for version_id, claims in excerpts.of_versions(current).items() if current else ():
        if any(is_gone(quoted) for claim in claims for quoted in claim.quotes):
            events.record("lesson.lost_words", lesson_id=current[version_id].id, act_id=act.id)
    review_losses.tell(act, held, is_gone)


def _quoted(lesson: Lesson, places: Mapping[int, Iterable[Span]]) -> list[tuple[int, Span]]:
    """Those of the places that any version of a lesson quotes, or a part of them, with the id of their text."""
    query = (
        select(Excerpt.revision_id, Excerpt.start_at, Excerpt.end_at)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .where(LessonVersion.lesson_id == lesson.id, Excerpt.revision_id.in_(places))
    )
    rows = db.session.execute(query).all()
    return [
        (revision_id, span)
        for revision_id, spans in sorted(places.items())
        for span in spans
        if any(
            row.revision_id == revision_id and row.start_at < span.end and span.start < row.end_at
            for row in rows
        )
    ]


def put_back(act: UndoableAct, lessons: Iterable[Lesson]) -> None:
    """Let the lessons, held, have again what the act took from them: it is undone."""
    query = select(Removal).where(Removal.id.in_(act.before.get("removals", [])))
    for removal in db.session.scalars(query.execution_options(populate_existing=True)).all():
        removal.undone_at = act.undone_at
    db.session.flush()
    for lesson in lessons:
        removals.follow(lesson)
