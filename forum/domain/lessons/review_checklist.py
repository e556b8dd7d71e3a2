"""The five questions that a reviewer answers about a version before it is published, and when they last read it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from forum.domain.lessons import reviews as lesson_reviews
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import upsert
from forum.models.lessons import Lesson, LessonVersion, Recognition
from forum.models.reviewing import Question, Reply, ReviewLook
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid
from forum.policy.visibility import get_visible

Answers = dict[Question, Reply]


def answer(
    actor: Actor, lesson_id: int, answers: Mapping[str, str], *, read: int | None = None
) -> ReviewLook:
    """Keep what the actor answers about the version in review, by the codes of questions; others stay as they were.

    `read` as in `lessons.publish`. NotFound, Forbidden for who may not check it, Conflict when it is not in review any
    more, Invalid at a question whose answer is none.
    """
    _lesson, version = in_review(actor, lesson_id, read)
    given = {
        question.value: _clean(question, answers[question]) for question in Question if question in answers
    }
    # Opening the page writes the row too, without a lock on the lesson: perhaps at this moment.
    _looked(actor, version)
    row = db.session.get_one(ReviewLook, (version.id, actor.id), populate_existing=True)
    row.answers, row.at = {**row.answers, **given}, clock.now()
    db.session.flush()
    return row


def look(actor: Actor, lesson_id: int) -> None:
    """Write down that the actor has the version in review before them now. Nothing for who may not check it."""
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    version = db.session.get(LessonVersion, lesson.working_id or 0)
    if version is not None and lesson_reviews.answer_for(actor, lesson, version):
        _looked(actor, version)


def answers_of(actor: Actor, version: LessonVersion) -> Answers:
    """Return what the actor answered about a version (one query)."""
    row = _row(actor, version)
    return {Question(code): Reply(reply) for code, reply in row.answers.items()} if row is not None else {}


def looked_before(actor: Actor, version: LessonVersion) -> tuple[LessonVersion, datetime] | None:
    """Return the version of the same lesson that the actor had before them last, an earlier one, and when."""
    query = (
        select(LessonVersion, ReviewLook.at)
        .join(ReviewLook, ReviewLook.version_id == LessonVersion.id)
        .where(
            LessonVersion.lesson_id == version.lesson_id,
            LessonVersion.sequence < version.sequence,
            ReviewLook.member_id == actor.id,
        )
        .order_by(LessonVersion.sequence.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return (row[0], row[1]) if row is not None else None


def recognition(actor: Actor, version: LessonVersion) -> Recognition:
    """Return for the review to keep whether somebody who stands masked would be recognised, once all is answered.

    Invalid at the first question that has no answer, or one with which the version cannot be published.
    """
    answers = answers_of(actor, version)
    for question in Question:
        reply = answers.get(question)
        if reply is None:
            raise Invalid(question.value, _("Answer this question first."))
        if reply == Reply.NO or (reply == Reply.DOUBT and question == Question.UNKNOWN and version.masked):
            raise Invalid(question.value, _("Then send it back, and say what should be improved."))
    return Recognition.NOBODY if version.masked else Recognition.NOT_ASKED


def in_review(actor: Actor, lesson_id: int, read: int | None) -> tuple[Lesson, LessonVersion]:
    """Return a lesson in review, locked, with its version, for who may check it; NotFound, Forbidden, Conflict."""
    lesson: Lesson = get_visible(Lesson, actor, lesson_id, lock=True)
    version = db.session.get(LessonVersion, lesson.working_id or 0)
    if version is None:
        raise Conflict(_("Somebody else was first: this lesson is no longer waiting for a review."))
    require(lesson_reviews.answer_for(actor, lesson, version))
    if read not in (None, version.sequence):
        raise Conflict(_("This lesson changed after you opened its page. Read it again."))
    return lesson, version


def _looked(actor: Actor, version: LessonVersion) -> None:
    row = {"version_id": version.id, "member_id": actor.id, "at": clock.now(), "answers": {}}
    upsert(ReviewLook, [row], keys=("version_id", "member_id"), once=("answers",))


def _row(actor: Actor, version: LessonVersion) -> ReviewLook | None:
    return db.session.get(ReviewLook, (version.id, actor.id))


def _clean(question: Question, reply: str) -> str:
    try:
        return Reply(reply).value
    except ValueError as error:
        raise Invalid(question.value, _("Choose one of these.")) from error
