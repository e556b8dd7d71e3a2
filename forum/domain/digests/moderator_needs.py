"""What needs those who moderate a space or have a role in the network, counted for many at once in one query."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    bindparam,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy import cast as as_type
from sqlalchemy.orm import aliased

from forum.domain.audit.undoable import WINDOW
from forum.domain.digests.need_queries import later
from forum.domain.lessons import confirmers, review_answers
from forum.domain.lessons.unlooked import in_hands_of, unlooked
from forum.domain.spaces import join_requests, waiting_capacities
from forum.domain.threads import without_axis
from forum.infra import days
from forum.infra.db import Moment
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member, NetworkRole
from forum.models.consents import ConsentRound
from forum.models.lessons import Lesson, LessonReview, LessonVersion
from forum.models.spaces import JoinRequest, Role, Space
from forum.models.threads import Thread
from forum.policy.actions import may_administer
from forum.policy.actors import Actor
from forum.policy.readers import EACH_MEMBER
from forum.policy.standing import spaces_of
from forum.policy.visibility import sees

IN_REVIEW = "in_review"  # what `review_answers.unanswered` has to be asked about
_ASKING = aliased(Member)
_SETTLED: Any = bindparam("settled", type_=Moment)
_TODAY: Any = bindparam("today", type_=Date)


def rows(actors: Collection[Actor], now: datetime) -> list[Any]:
    """Return what waits for these members: `kind`, `member_id`, `number`, since when the newest does (`at`), `one`.

    `one`: the id of the lesson, if it is one. What waits in a space has its name, address and place in the order.
    One query; none where nobody of them moderates or has a role in the network.
    """
    concerned = [actor for actor in actors if is_concerned(actor)]
    if not concerned:
        return []
    return list(select_rows(_counted(), values(concerned, now, settled=now - WINDOW)))


def is_concerned(actor: Actor) -> bool:
    """Return whether anything of this may wait for somebody: they moderate, or have a role in the network."""
    return actor.moderates or bool(actor.network_roles)


def kinds() -> Any:
    """Return the kinds of which anything waits as one text, for a query with the `values` of one of them."""
    waits = _counted().subquery("waits")
    return select(func.aggregate_strings(waits.c.kind, ",")).scalar_subquery()


def values(actors: Collection[Actor], now: datetime, *, settled: datetime) -> dict[str, Any]:
    """Return what these queries need; a lesson that lost words is there once it did before `settled`."""
    return {
        "member_ids": [actor.id for actor in actors],
        "administrator_ids": [actor.id for actor in actors if may_administer(actor)],
        "editor_ids": [actor.id for actor in actors if NetworkRole.EDITOR in actor.network_roles],
        "settled": settled,
        "today": days.day_of(now),
    }


@cached
def _counted() -> Any:
    anywhere = waiting_capacities.to_confirm_anywhere(in_list(Member.id, "administrator_ids"), _TODAY)
    return union_all(
        *_lessons(),
        _join_requests(),
        _capacities(waiting_capacities.to_confirm(in_list(Member.id, "member_ids"), _TODAY)),
        _themes(),
        _row("capacities_anywhere", anywhere.c.member_id, anywhere.c.at).group_by(anywhere.c.member_id),
    )


def _lessons() -> list[Any]:
    """What came back to who makes a lesson, a closed round, and a lesson that lost words."""
    moderated = review_answers.in_moderated()
    returned = (
        _lesson_row("came_back", LessonReview.created_at)
        .join(LessonReview, review_answers.returned_to(Member.id))
        .where(moderated)
    )
    in_review = (
        _lesson_row(IN_REVIEW, LessonVersion.saved_at)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(moderated, review_answers.waits_in_review(Member.id, _TODAY))
    )
    closed = (
        _lesson_row("closed_rounds", ConsentRound.closed_at)
        .join(ConsentRound, ConsentRound.lesson_id == Lesson.id)
        .where(moderated, in_hands_of(Member.id, _TODAY), *unlooked())
    )
    # What can be undone for some minutes is told when that is over.
    weakened = _lesson_row("weakened", Lesson.weakened_at).where(
        Lesson.weakened_at <= _SETTLED, moderated | in_list(Member.id, "editor_ids")
    )
    return [returned, in_review, closed, weakened, _to_confirm()]


def _to_confirm() -> Any:
    """A lesson that went well elsewhere, for the editors who may confirm it."""
    return _lesson_row("to_confirm", Lesson.ready_at).where(
        in_list(Member.id, "editor_ids"), confirmers.waits_for(Member.id)
    )


def _lesson_row(kind: str, at: Any) -> Any:
    return (
        _row(kind, Member.id, at, number=func.count(Lesson.id.distinct()), one=func.min(Lesson.id))
        .select_from(Member)
        .join(Lesson, sees(Lesson, EACH_MEMBER))
        .where(in_list(Member.id, "member_ids"))
        .group_by(Member.id)
    )


def _join_requests() -> Any:
    since = later(JoinRequest.asked_at, _ASKING.confirmed_at)
    return (
        _row("join_requests", Member.id, since, space=True)
        .select_from(Member)
        .join(JoinRequest, sees(JoinRequest, EACH_MEMBER))
        .join(Space, Space.id == JoinRequest.space_id)
        .join(_ASKING, _ASKING.id == JoinRequest.member_id)
        .where(
            in_list(Member.id, "member_ids"),
            Space.id.in_(spaces_of(Member.id, Role.MODERATOR)),
            *join_requests.waits(_ASKING),
        )
        .group_by(Member.id, Space.name, Space.slug, Space.sort_key)
    )


def _themes() -> Any:
    return (
        _row("themes", Member.id, Thread.created_at, space=True)
        .select_from(Member)
        .join(Thread, sees(Thread, EACH_MEMBER))
        .join(Space, Space.id == Thread.space_id)
        .where(
            in_list(Member.id, "member_ids"),
            Space.id.in_(spaces_of(Member.id, Role.MODERATOR)),
            *without_axis.WAITS,
        )
        .group_by(Member.id, Space.name, Space.slug, Space.sort_key)
    )


def _capacities(each: Any) -> Any:
    return (
        _row("capacities", each.c.member_id, each.c.at, space=True)
        .select_from(each)
        .join(Space, Space.id == each.c.space_id)
        .group_by(each.c.member_id, Space.name, Space.slug, Space.sort_key)
    )


def _row(
    kind: str, member_id: Any, at: Any, *, number: Any = None, one: Any = None, space: bool = False
) -> Select[Any]:
    no_words: Any = as_type(null(), String)
    place = (Space.name, Space.slug, Space.sort_key) if space else (no_words, no_words, no_words)
    names = ("space_name", "space_slug", "space_sort_key")
    query: Any = select(
        literal(kind, String).label("kind"),
        member_id.label("member_id"),
        (func.count() if number is None else number).label("number"),
        func.max(at).label("at"),
        (as_type(null(), Integer) if one is None else one).label("one"),
        *(column.label(name) for column, name in zip(place, names, strict=True)),
    )
    return cast(Select[Any], query)
