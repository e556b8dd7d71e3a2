"""Private notes of moderators about a member: part of what they may download, and gone with their account."""

from sqlalchemy import delete, update

from forum.infra.db import db
from forum.models.desk import DeskNote


def erase(member_id: int) -> None:
    """Delete the notes about a member, and empty those that they wrote: their account is erased."""
    db.session.execute(delete(DeskNote).where(DeskNote.subject_id == member_id))
    db.session.execute(update(DeskNote).where(DeskNote.author_id == member_id).values(words=""))
