"""Published lessons as readers get them: which of them stand in lists, and one by its number."""

from sqlalchemy import ColumnElement, and_, select

from forum.infra.db import db
from forum.models.lessons import Lesson
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import sees


def listed() -> ColumnElement[bool]:
    """Return whether a lesson may stand in lists, counts, feeds and suggestions, as a condition for queries.

    A published one that nobody withdrew or superseded; who may read it is another question.
    """
    # The first is said for the indexes that hold only these.
    return and_(Lesson.current_id.is_not(None), Lesson.ended_at.is_(None))


def published(reader: Actor | None, public_id: str, *, lock: bool = False) -> Lesson:
    """Return a published lesson that the reader may see, ended or not, read anew and locked if asked; NotFound."""
    query = select(Lesson).where(Lesson.public_id == public_id, Lesson.current_id.is_not(None))
    query = query.where(sees(Lesson, reader))
    if lock:
        query = query.with_for_update(of=Lesson).execution_options(populate_existing=True)
    lesson = db.session.scalars(query).one_or_none()
    if lesson is None:
        raise NotFound
    return lesson
