"""Who keeps a space: the moderators, for those who belong to it."""

from forum.domain.people.bylines import Byline
from forum.domain.people.speakers import COLUMNS, speaker
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.spaces import Membership, Role
from forum.policy.actors import Actor
from forum.policy.visibility import visible


def moderators(reader: Actor | None, space_id: int) -> list[Byline]:
    """The moderators of a space by name, each once; nobody for who does not belong to it."""
    today = clock.now().date()
    query = (
        visible(Membership, reader, Membership.member_id, *COLUMNS)
        .join(Member, Member.id == Membership.member_id)
        .outerjoin(Capacity, (Capacity.member_id == Member.id) & Capacity.ends_on.is_(None))
        .where(
            Membership.space_id == space_id,
            Membership.role == Role.MODERATOR,
            Member.suspended_at.is_(None),
        )
        .order_by(Member.name, Member.id, Capacity.starts_on.desc())
    )
    if reader is None:
        return []
    found = {row.member_id: row for row in reversed(db.session.execute(query).all())}
    return sorted((speaker(row, today) for row in found.values()), key=lambda author: author.name)
