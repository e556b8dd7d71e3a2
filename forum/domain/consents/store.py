"""Rounds and their questions as the verbs of this folder read them: with the lesson locked, so that one goes first."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, true, update

from forum.domain.lessons.unlooked import STANDS
from forum.infra.db import db
from forum.models.consents import YESES, ConsentAnswer, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson
from forum.policy.errors import NotFound


class Locked(NamedTuple):
    """A round with its lesson, which is locked until the end of the transaction, and all its questions."""

    lesson: Lesson
    round: ConsentRound
    requests: list[ConsentRequest]

    @property
    def is_all_yes(self) -> bool:
        """Whether every author has said yes to everything."""
        return all(request.answer in YESES for request in self.requests)


def locked(round_id: int) -> Locked:
    """Return a round as it is once everybody before us is done with its lesson (system read); NotFound.

    Authors may not see the lesson, and lock it all the same: whoever opens, answers, withdraws or closes takes turns.
    """
    lesson_id = db.session.scalar(select(ConsentRound.lesson_id).where(ConsentRound.id == round_id))
    query = select(Lesson).where(Lesson.id == lesson_id).with_for_update(of=Lesson)
    lesson = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    found = db.session.get(ConsentRound, round_id, populate_existing=True)
    if lesson is None or found is None:
        raise NotFound
    return Locked(lesson, found, requests_of(round_id))


def requests_of(round_id: int) -> list[ConsentRequest]:
    """Return the questions of a round (system read). Their ids are drawn by lot, so their order tells nothing.

    Without those whose words were taken out of the lesson for good meanwhile.
    """
    query = select(ConsentRequest).where(ConsentRequest.round_id == round_id, STANDS)
    query = query.order_by(ConsentRequest.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def is_yes(request: ConsentRequest) -> bool:
    """Return whether a question of a round that closed left its words standing: a yes, or other words taken."""
    return request.answer in YESES or request.taken_at is not None


def forget_answers(round_id: int) -> None:
    """Wipe every answer of a round, as if nobody had answered."""
    _update(round_id, true(), answer=None, answered_at=None, own_words="")


def forget_refusals(round_id: int, *, closed_at: datetime) -> None:
    """Make a refusal and no answer the same, and no other answer older than another."""
    stay = ConsentRequest.answer.in_([*YESES, ConsentAnswer.OTHER_WORDS])
    _update(round_id, stay.is_not(True), answer=None, answered_at=None, own_words="")
    _update(round_id, stay, answered_at=closed_at)


def _update(round_id: int, which: ColumnElement[bool], **values: Any) -> None:
    db.session.flush()
    rows = update(ConsentRequest).where(ConsentRequest.round_id == round_id, which).values(**values)
    db.session.execute(rows.execution_options(synchronize_session=False))
    db.session.expire_all()
