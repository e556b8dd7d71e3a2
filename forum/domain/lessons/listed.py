"""Which lessons stand in lists, counts, feeds and suggestions: published ones that nobody withdrew or superseded."""

from sqlalchemy import ColumnElement, and_

from forum.models.lessons import Lesson


def listed() -> ColumnElement[bool]:
    """Return whether a lesson may be listed, as a condition for queries; who may read it is another question."""
    # The first is said for the indexes that hold only these.
    return and_(Lesson.current_id.is_not(None), Lesson.ended_at.is_(None))
