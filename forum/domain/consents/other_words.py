"""Other words that authors proposed: at the closing the curator takes them as they stand, or leaves them."""

from sqlalchemy import select

from forum.domain.consents import closing
from forum.domain.lessons import lessons
from forum.domain.lessons.unlooked import STANDS
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.consents import ConsentAnswer, ConsentRequest, ConsentRound, Masking
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound


def take(actor: Actor, lesson_id: int, request_id: int) -> None:
    """Let the author's other words stand as they are, masked; twice is once.

    NotFound, Forbidden, Conflict when they were left, or while the draft cannot be changed.
    """
    round_, request = _proposed(actor, lesson_id, request_id)
    if request.left_at is not None:
        raise Conflict(_("This text was left out already."))
    if request.taken_at is None:
        request.taken_at = clock.now()
        closing.write(round_, request, Masking.MASKED, at=request.taken_at, other_words=request.own_words)


def leave(actor: Actor, lesson_id: int, request_id: int) -> None:
    """Leave the author's other words out, and with them the excerpt; twice is once.

    NotFound, Forbidden, Conflict when they were taken, or while the draft cannot be changed.
    """
    round_, request = _proposed(actor, lesson_id, request_id)
    if request.taken_at is not None:
        raise Conflict(_("This text stands in the draft already."))
    if request.left_at is None:
        request.left_at = clock.now()
        round_.looked_at = None  # one more place is gone, on which a claim may lean
        closing.write(round_, request, None, at=request.left_at)
        closing.take_out(round_.version_id, {closing.about(request)})


def _proposed(actor: Actor, lesson_id: int, request_id: int) -> tuple[ConsentRound, ConsentRequest]:
    lesson = lessons.locked(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    lessons.work_on(actor, lesson_id)
    row = db.session.execute(
        select(ConsentRound, ConsentRequest)
        .join(ConsentRequest, ConsentRequest.round_id == ConsentRound.id)
        .where(
            ConsentRequest.id == request_id,
            STANDS,
            ConsentRound.lesson_id == lesson.id,
            ConsentRound.version_id == lesson.working_id,
            ConsentRound.closed_at.is_not(None),
            ConsentRequest.answer == ConsentAnswer.OTHER_WORDS,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]
