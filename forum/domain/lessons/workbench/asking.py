"""Whom a moderator can ask to check a lesson, and the page of a version in review for its makers and its reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from forum.domain.lessons import origin, review_losses, review_requests, review_set_aside, review_states
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.review_candidates import Asking, Candidate, Candidates
from forum.domain.lessons.review_states import AskedLine
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.models.spaces import Audience
from forum.policy.actions import Answer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound
from forum.policy.visibility import get_visible


@dataclass(frozen=True, slots=True)
class Question:
    """What its reviewer is asked, in the words that they may read."""

    asked_by: str
    due_on: date
    note: str
    by_name: bool
    has_others: bool  # for whom it waits as well, when the reader puts it away
    put_away: bool  # by the reader, for themselves


@dataclass(frozen=True, slots=True)
class InReview:
    """Beside a version in review: for its reviewer the question, for its makers who is asked and who else can be."""

    answer: Answer
    signed: str  # how readers outside its space would know the actor, who published it
    question: Question | None
    lost: review_losses.Lost  # since it was sent
    is_masked: bool  # its reviewer says whether somebody would be recognised
    is_maker: bool
    asked: list[AskedLine]
    candidates: Candidates | None

    @property
    def is_stuck(self) -> bool:
        """Whether nobody who is asked can and still may check it."""
        return all(line.state in (review_states.DECLINED, review_states.UNABLE) for line in self.asked)


def offered(
    actor: Actor, lesson_id: int, audiences: Sequence[Audience], *, again: int | None = None
) -> list[Candidates]:
    """Return who can be asked to check a draft for each audience, `again` first, the id of who sent it back.

    NotFound, Forbidden for others than its makers.
    """
    return _asking(actor, lesson_id, again).offered(audiences)


def find(actor: Actor, lesson_id: int, audience: Audience, typed: str) -> list[Candidate]:
    """Return those who can be asked with that in their name; NotFound, Forbidden for others than its makers."""
    return _asking(actor, lesson_id).find(audience, typed)


def in_review(actor: Actor, lesson_id: int) -> InReview:
    """Return what stands beside a version in review; NotFound, Conflict when it is not in review any more."""
    lesson, version = _made(actor, lesson_id)
    if lesson.state != LessonState.IN_REVIEW:
        raise Conflict(_("Somebody else was first: this lesson is no longer waiting for a review."))
    is_maker = bool(may_moderate(actor, lesson.space_id))
    reviewing = lesson_reviews.Reviewing([(lesson, version)], [actor.id])
    answer = reviewing.answer(actor, lesson, version.id)
    as_editor = not reviewing.facts(version.id, actor.id).elsewhere
    asked: list[AskedLine] = []
    candidates = None
    if is_maker:
        (candidates,) = Asking(actor, lesson, version).offered([lesson.audience])
        asked = [
            _of_group(line, candidates)
            for line in review_states.of_versions([(lesson, version)]).get(version.id, [])
        ]
    request = review_requests.asked_of(actor, lesson_id) if answer else None
    return InReview(
        answer=answer,
        signed=origin.will_stand_as(actor.name, version, as_editor=as_editor) if answer else "",
        question=_question(actor, lesson, version, request) if request is not None else None,
        lost=review_losses.lost(version),
        is_masked=version.masked,
        is_maker=is_maker,
        asked=asked,
        candidates=candidates,
    )


def _question(actor: Actor, lesson: Lesson, version: LessonVersion, request: ReviewRequest) -> Question:
    by_name = request.asked_id is not None
    return Question(
        asked_by=review_requests.asker(actor, request),
        due_on=request.due_on,
        note=request.note,
        by_name=by_name,
        has_others=not by_name and review_set_aside.has_others(actor, lesson, version, request),
        put_away=review_set_aside.is_by(actor, request),
    )


def _of_group(line: AskedLine, candidates: Candidates) -> AskedLine:
    is_alone = not line.name and not candidates.has_group
    return replace(line, state=review_states.UNABLE) if is_alone else line


def _asking(actor: Actor, lesson_id: int, again: int | None = None) -> Asking:
    lesson, version = _made(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    return Asking(actor, lesson, version, again)


def _made(actor: Actor, lesson_id: int) -> tuple[Lesson, LessonVersion]:
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    if lesson.working_id is None:
        raise NotFound
    return lesson, db.session.get_one(LessonVersion, lesson.working_id)
