"""Which stops somebody is offered: those of mails that can reach them, by what they do here now."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import exists, or_, select

from forum.domain.mailing import notice_choices
from forum.domain.mailing.stops import ALL, DIGEST, STOPS, Stop
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonVersion
from forum.models.subscriptions import Delivery
from forum.policy.actors import Actor


def _makes_lessons(actor: Actor) -> bool:
    """Also who sent one for review and moderates no more; who asked authors or reviewers gets mail as moderator."""
    if actor.moderates or actor.network_roles:
        return True
    curates = exists().where(Lesson.curator_id == actor.id)
    sent = exists().where(LessonVersion.created_by_id == actor.id)
    return bool(db.session.scalar(select(or_(curates, sent))))


# Of the others everybody can get mail.
_ONLY: Mapping[str, Callable[[Actor], bool]] = {
    "reviews": lambda actor: actor.is_full,
    "own_lessons": _makes_lessons,
    "requests": lambda actor: actor.moderates,
    "desk": lambda actor: actor.moderates or bool(actor.deputy_in),
}


def offered(actor: Actor | None) -> list[Stop]:
    """Return the stops of mails that can reach the actor, but the digest (one query); all for who is not signed in."""
    notices = [stop for stop in STOPS.values() if stop.name != DIGEST]
    if actor is None:
        return notices
    return [stop for stop in notices if stop.name not in _ONLY or _ONLY[stop.name](actor)]


def others(member_id: int, names: Collection[str], *, stops_all: bool) -> dict[str, Delivery | None]:
    """Return how the kinds reach a member that were not among those names: as before, None for as usual (one query).

    `stops_all`: all that were are stopped. Then the others are, too: whoever wants nothing wants nothing of them. And
    once they want something again, the others come as usual: they were stopped without being named.
    """
    before = notice_choices.chosen(member_id)
    rest = [name for name in STOPS if name not in names and name != DIGEST]
    if stops_all:
        return dict.fromkeys(rest, Delivery.NOTHING)
    if before.get(ALL.name) == Delivery.NOTHING:
        before = {name: how for name, how in before.items() if how != Delivery.NOTHING}
    return {name: before.get(name) for name in rest}
