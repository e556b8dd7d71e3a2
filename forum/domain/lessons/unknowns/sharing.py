"""A member says that their city wonders about a question too, and takes that back."""

from typing import Any, cast

from sqlalchemy import Select, delete, select

from forum.domain.lessons.unknowns import agenda_queries
from forum.domain.people import capacities
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import LARGEST
from forum.infra.rows import insert_new, update_rows
from forum.models.lessons import Lesson
from forum.models.unknowns import Unknown, UnknownSharing
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.answering import speaks_for_city
from forum.policy.errors import Conflict, NotFound
from forum.policy.unknowns import may_share
from forum.policy.visibility import sees

MOST = "120 per hour"


def speaks_as(actor: Actor | None) -> capacities.HeldCapacity | None:
    """Return the confirmed capacity in which a member speaks for a city today, if any (one query)."""
    held = capacities.current(actor.id, days.today(actor.timezone)) if actor is not None else None
    if held is None or not capacities.counted(held) or not speaks_for_city(held.body, held.city):
        return None
    return held


def share(actor: Actor, unknown_id: int) -> Unknown:
    """Say that the actor's city wonders about a question too; said twice it was said once.

    NotFound, Forbidden, Conflict where it is answered meanwhile, TooOften.
    """
    unknown, held = _seen(actor, unknown_id), speaks_as(actor)
    require(may_share(actor, held.city if held is not None else None))
    if unknown.ended_at is not None:
        raise Conflict(_("A new version of the lesson answered this question meanwhile."))
    rates.spend("share_unknown", f"member:{actor.id}", limit=MOST)
    if held is not None:
        said = {"unknown_id": unknown.id, "member_id": actor.id}
        insert_new(UnknownSharing, [{**said, "capacity_id": held.id, "said_at": clock.now()}])
    return unknown


def take_back(actor: Actor, unknown_id: int) -> None:
    """Take it back, also once the question is answered or its lesson ended; where it was not said nothing happens.

    NotFound for a question that the actor neither shared nor may read.
    """
    if not 0 < unknown_id <= LARGEST:
        raise NotFound
    own = (UnknownSharing.unknown_id == unknown_id, UnknownSharing.member_id == actor.id)
    if update_rows(delete(UnknownSharing).where(*own)):
        return
    of_lesson = select(Unknown.id).join(Lesson, Lesson.id == Unknown.lesson_id)
    readable = of_lesson.where(Unknown.id == unknown_id, Lesson.current_id.is_not(None), sees(Lesson, actor))
    if db.session.scalar(readable) is None:
        raise NotFound


def own(member_id: Any, lesson_id: Any) -> Select[Any]:
    """Select the questions of a lesson that a member shares, the id and the words of each: ids, or expressions."""
    query = select(Unknown.id, Unknown.text).join(UnknownSharing, UnknownSharing.unknown_id == Unknown.id)
    query = query.where(Unknown.lesson_id == lesson_id, UnknownSharing.member_id == member_id)
    return cast(Select[Any], query.order_by(Unknown.id))


def sharers(version_id: int) -> list[int]:
    """Return the ids of the members who shared a question that a published version answers."""
    query = (
        select(UnknownSharing.member_id)
        .join(Unknown, Unknown.id == UnknownSharing.unknown_id)
        .where(Unknown.answered_by_id == version_id)
        .distinct()
    )
    return list(db.session.scalars(query))


def _seen(actor: Actor, unknown_id: int) -> Unknown:
    """A question of a lesson that the actor may see, open or answered; NotFound."""
    if not 0 < unknown_id <= LARGEST:
        raise NotFound
    query = agenda_queries.seen(actor).where(Unknown.id == unknown_id)
    unknown = db.session.scalars(query).one_or_none()
    if unknown is None:
        raise NotFound
    return unknown
