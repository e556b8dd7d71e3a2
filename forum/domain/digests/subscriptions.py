"""Who wants a digest, how often, from which spaces and about which axes. No choice yet is neither yes nor no."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, exists, select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.infra.statements import select_rows
from forum.models.accounts import Member
from forum.models.subscriptions import DigestAxis, DigestChoice, DigestSpace, Frequency
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
    db.session.execute(delete(DigestSpace).where(DigestSpace.member_id == actor.id))
    db.session.execute(delete(DigestAxis).where(DigestAxis.member_id == actor.id))
    insert_new(
        DigestSpace, [{"member_id": actor.id, "space_id": space_id} for space_id in sorted(chosen_spaces)]
    )
    insert_new(DigestAxis, [{"member_id": actor.id, "axis": Axis(axis)} for axis in sorted(chosen_axes)])
    return choice


def choice_of(member_id: int) -> DigestChoice | None:
    """Return the member's choice, or None while they have not made one."""
    return db.session.get(DigestChoice, member_id)


def has_chosen(actor: Actor) -> bool:
    """Return whether the actor made a choice (one query)."""
    return bool(select_rows(_CHOSEN, {"member_id": actor.id}).scalar_one())


def preferences_of(member_id: int) -> DigestPreferences | None:
    """Return the member's choice with spaces and axes, or None while they have not made one (three queries)."""
    choice = choice_of(member_id)
    if choice is None:
        return None
    spaces = db.session.scalars(select(DigestSpace.space_id).where(DigestSpace.member_id == member_id))
    axes = db.session.scalars(select(DigestAxis.axis).where(DigestAxis.member_id == member_id))
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
