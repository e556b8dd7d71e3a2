"""Who wants a digest, how often, from which spaces and about which axes. No choice yet is neither yes nor no."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, exists, or_, select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.infra.statements import select_rows
from forum.models.accounts import Member
from forum.models.subscriptions import (
    Delivery,
    DigestChoice,
    Frequency,
    LessonChoice,
    Subscription,
)
from forum.models.themes import Axis
from forum.policy.actors import Actor
from forum.policy.errors import Invalid

_CHOSEN = select(exists().where(DigestChoice.member_id == bindparam("member_id", type_=Integer)))


@dataclass(frozen=True, slots=True)
class DigestPreferences:
    """A choice with its spaces and axes. No spaces: the member's own first, then the network; no axes: all six."""

    frequency: Frequency
    chosen_at: datetime
    space_ids: frozenset[int] = frozenset()
    axes: frozenset[Axis] = frozenset()


def choose(
    actor: Actor, *, frequency: Frequency, space_ids: Iterable[int] = (), axes: Iterable[Axis] = ()
) -> DigestChoice:
    """Set how often the actor gets the digest and what it is about; Invalid at `spaces` for another's space."""
    chosen_spaces, chosen_axes = set(space_ids), set(axes)
    if chosen_spaces - set(actor.roles):
        raise Invalid("spaces", _("Choose only spaces that you belong to."))
    choice = _set_frequency(actor.id, Frequency(frequency))
    old = or_(Subscription.space_id.is_not(None), Subscription.axis.is_not(None))
    db.session.execute(delete(Subscription).where(Subscription.member_id == actor.id, old))
    choice.elsewhere = Delivery.NOTHING if chosen_spaces else Delivery.DIGEST
    choice.lessons = LessonChoice.AXES if chosen_axes else LessonChoice.ALL
    of_spaces = [{"space_id": space_id, "delivery": Delivery.DIGEST} for space_id in sorted(chosen_spaces)]
    of_axes = [
        {"axis": axis, "delivery": Delivery.DIGEST if axis in chosen_axes else Delivery.NOTHING}
        for axis in Axis
        if chosen_axes
    ]
    for rows in (of_spaces, of_axes):
        insert_new(Subscription, [{"member_id": actor.id, **row} for row in rows])
    db.session.flush()
    return choice


def choice_of(member_id: int) -> DigestChoice | None:
    """Return the member's choice, or None while they have not made one."""
    return db.session.get(DigestChoice, member_id)


def has_chosen(actor: Actor) -> bool:
    """Return whether the actor made a choice (one query)."""
    return bool(select_rows(_CHOSEN, {"member_id": actor.id}).scalar_one())


def preferences_of(member_id: int) -> DigestPreferences | None:
    """Return the member's choice with spaces and axes, or None while they have not made one (two queries)."""
    choice = choice_of(member_id)
    if choice is None:
        return None
    rows = db.session.scalars(
        select(Subscription).where(
            Subscription.member_id == member_id, Subscription.delivery != Delivery.NOTHING
        )
    ).all()
    spaces = (row.space_id for row in rows if row.space_id is not None)
    axes = (row.axis for row in rows if row.axis is not None)
    return DigestPreferences(choice.frequency, choice.chosen_at, frozenset(spaces), frozenset(axes))


def stop(member_id: int) -> None:
    """Unsubscribe: from now on no letters, also not one that is already queued. Doing it twice is the same."""
    if db.session.get(Member, member_id) is not None:
        _set_frequency(member_id, Frequency.NEVER)


def _set_frequency(member_id: int, frequency: Frequency) -> DigestChoice:
    now = clock.now()
    insert_new(DigestChoice, [{"member_id": member_id, "frequency": frequency, "chosen_at": now}])
    choice = db.session.get_one(DigestChoice, member_id)
    # Only another frequency is a new choice: another axis chosen at 07:01 must not cost the letter of this week.
    if choice.frequency != frequency:
        choice.frequency, choice.chosen_at = frequency, now
    db.session.flush()
    return choice
