"""When a member was last at the page of a space that they belong to: for what is new there, and for nobody else.

A visit goes on until nothing was opened for a while. The moment at which the one before ended is kept beside that of
the present one, so that what is new stays new when the page is opened again.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, false, func, select, update

from forum.infra import clock
from forum.infra.db import Moment, db
from forum.infra.i18n import _
from forum.infra.rows import insert_new, upsert
from forum.models.spaces import Membership, Role, Space
from forum.models.visits import SpaceVisit
from forum.policy.actions import deny, require
from forum.policy.actors import Actor
from forum.policy.standing import belonging
from forum.policy.visibility import get_visible

PAUSE = timedelta(minutes=30)  # after which it is another visit
WRITTEN_EVERY = timedelta(minutes=5)
NEWCOMER = timedelta(days=14)


def own(reader_id: Any) -> ColumnElement[bool]:
    """Return the condition that joins a reader's visits to a space."""
    return and_(SpaceVisit.space_id == Space.id, SpaceVisit.member_id == reader_id)


def since() -> ColumnElement[Any]:
    """Return when the visit before the present one ended, for queries with `own`; its parameter is `paused_at`."""
    paused = SpaceVisit.seen_at < bindparam("paused_at", type_=Moment)
    return case((paused, SpaceVisit.seen_at), else_=SpaceVisit.previous_at)


def may_be_welcomed(reader_id: Any) -> ColumnElement[bool]:
    """Return whether a reader first joined a space lately and did not put its welcome away; a moderator needs none.

    For queries with `own`; its parameter is `joined_after`.
    """
    role = and_(Membership.space_id == Space.id, Membership.member_id == reader_id)
    after = bindparam("joined_after", type_=Moment)
    joined = select(func.min(Membership.since_at)).where(role).correlate(Space).scalar_subquery()
    belongs = exists().where(
        role, belonging(Membership), Membership.role != Role.MODERATOR, Membership.since_at > after
    )
    # Only of who holds a new role: no index leads to the roles that somebody had in a space before.
    is_new = case((belongs.correlate(Space), joined > after), else_=false())
    return and_(SpaceVisit.welcomed_at.is_(None), is_new)


def values() -> dict[str, datetime]:
    """Return the parameters of `since` and `may_be_welcomed`."""
    now = clock.now()
    return {"paused_at": now - PAUSE, "joined_after": now - NEWCOMER}


def is_due(seen_at: datetime | None) -> bool:
    """Return whether a visit is to be written down, by when it last was."""
    return seen_at is None or clock.now() - seen_at > WRITTEN_EVERY


def note(actor: Actor, space_id: int, *, seen_at: datetime | None) -> None:
    """Write down that the actor is at the page of a space, which they last were at `seen_at`.

    Nothing is written for who does not belong to it, nor when another page of theirs was faster.
    """
    if space_id not in actor.roles:
        return
    now, ids = clock.now(), {"member_id": actor.id, "space_id": space_id}
    if seen_at is None:
        insert_new(SpaceVisit, [{**ids, "seen_at": now}])
        return
    values = {"seen_at": now} if now - seen_at <= PAUSE else {"seen_at": now, "previous_at": seen_at}
    which = (SpaceVisit.member_id == actor.id, SpaceVisit.space_id == space_id, SpaceVisit.seen_at == seen_at)
    db.session.execute(update(SpaceVisit).where(*which).values(**values))


def put_welcome_away(actor: Actor, space_id: int) -> None:
    """Show the actor the welcome of a space no more; away already, nothing more. NotFound, Forbidden."""
    space: Space = get_visible(Space, actor, space_id)
    if space.id not in actor.roles:
        require(deny(_("You do not belong to this space.")))
    now = clock.now()
    row = {"member_id": actor.id, "space_id": space.id, "seen_at": now, "welcomed_at": now}
    upsert(SpaceVisit, [row], keys=("member_id", "space_id"), once=("seen_at",))
