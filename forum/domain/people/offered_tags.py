"""Tags about which members may be asked, when editors make two tags one, spell one otherwise, or undo that."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select, update

from forum.domain.people import offers
from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.profiles import ProfileTag

AT_ONCE = 500  # members in one statement


def holders(tag_id: int) -> list[int]:
    """Return the members who may be asked about a tag."""
    query = select(ProfileTag.member_id).where(ProfileTag.tag_id == tag_id)
    return list(db.session.scalars(query.order_by(ProfileTag.member_id)))


def move(from_id: int, into_id: int) -> dict[str, Any]:
    """Let whoever offers one tag offer the other; return what that was, for `move_back`."""
    has = set(holders(into_id))
    rows = db.session.execute(
        select(ProfileTag.member_id, ProfileTag.name).where(ProfileTag.tag_id == from_id)
    ).all()
    doubles = [[row.member_id, row.name] for row in rows if row.member_id in has]
    of_old = ProfileTag.tag_id == from_id
    both = select(ProfileTag.member_id).where(ProfileTag.tag_id == into_id)
    db.session.execute(delete(ProfileTag).where(of_old, ProfileTag.member_id.in_(both)))
    db.session.execute(update(ProfileTag).where(of_old).values(tag_id=into_id))
    return {
        "offered": [row.member_id for row in rows if row.member_id not in has],
        "offered_doubles": doubles,
    }


def move_back(before: dict[str, Any], from_id: int, into_id: int) -> None:
    """Undo `move` where the tag still stands: what somebody took away since stays away."""
    still = set(holders(into_id))
    of_new = ProfileTag.tag_id == into_id
    moved = [member_id for member_id in before.get("offered", ()) if member_id in still]
    for start in range(0, len(moved), AT_ONCE):
        some = ProfileTag.member_id.in_(moved[start : start + AT_ONCE])
        db.session.execute(update(ProfileTag).where(of_new, some).values(tag_id=from_id))
    rows = [
        {"member_id": member_id, "tag_id": from_id, "name": name}
        for member_id, name in before.get("offered_doubles", ())
        if member_id in still
    ]
    insert_new(ProfileTag, rows)


def find_anew(member_ids: Collection[int]) -> None:
    """Let members be found by the words of what they offer as it is spelt now."""
    ids = sorted(set(member_ids))
    for start in range(0, len(ids), AT_ONCE):
        offers.keep_words(ids[start : start + AT_ONCE])
