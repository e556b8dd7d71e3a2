"""What moderators keep about a member: private notes and decisions; part of what they may download, gone with them."""

from sqlalchemy import delete, update

from forum.infra.db import db
from forum.models.desk import DeskNote
from forum.models.measures import MeasureObjection, SpaceMeasure


def erase(member_id: int) -> None:
    """Delete what is kept about a member, and empty the words that they wrote: their account is erased."""
    db.session.execute(delete(DeskNote).where(DeskNote.subject_id == member_id))
    db.session.execute(update(DeskNote).where(DeskNote.author_id == member_id).values(words=""))
    db.session.execute(delete(SpaceMeasure).where(SpaceMeasure.member_id == member_id))
    db.session.execute(update(SpaceMeasure).where(SpaceMeasure.made_by_id == member_id).values(reason=""))
    own_answers = update(MeasureObjection).where(MeasureObjection.decided_by_id == member_id)
    db.session.execute(own_answers.values(answer=""))
