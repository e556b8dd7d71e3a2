"""A question to authors that is still open is asked by another moderator from now on, and they are told so.

What was asked stays: the words, the claim, the audience, the term, and what was answered so far.
"""

from sqlalchemy import select

from forum.domain.consents import store
from forum.domain.lessons import lessons
from forum.domain.mailing import events
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.consents import ConsentRound
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict


def take_over(actor: Actor, round_id: int, *, giver_id: int) -> ConsentRound:
    """Be who asks from now on. NotFound, Forbidden, Conflict where the giver asks no more or the round is closed."""
    lesson_id = db.session.scalar(select(ConsentRound.lesson_id).where(ConsentRound.id == round_id))
    lesson = lessons.locked(actor, lesson_id or 0)
    require(may_moderate(actor, lesson.space_id))
    found = store.locked(round_id).round
    if found.closed_at is not None or found.opened_by_id != giver_id:
        raise Conflict(_("This was settled or passed on meanwhile: there is nothing left to take over."))
    _pass_on(found, actor)
    return found


def go_along(actor: Actor, lesson_id: int, *, giver_id: int) -> None:
    """Let what the giver asks of the authors go with their lesson, which the actor has just taken over.

    Nothing where nothing is asked, or somebody else asked it.
    """
    lesson = lessons.locked(actor, lesson_id)
    found = store.locked(lesson.round_id).round if lesson.round_id is not None else None
    if found is not None and found.opened_by_id == giver_id:
        _pass_on(found, actor)


def _pass_on(found: ConsentRound, actor: Actor) -> None:
    found.opened_by_id = actor.id
    db.session.flush()
    events.record("consent_round.passed", round_id=found.id)
