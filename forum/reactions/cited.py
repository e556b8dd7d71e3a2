"""The authors whom a published lesson quotes, and who may see that lesson."""

from forum.domain.lessons import behind_claims
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson
from forum.models.threads import Post
from forum.policy.visibility import audience


def authors(lesson_id: int, version_id: int) -> list[int]:
    """Return the ids of the members whose posts that version quotes, without its curator."""
    lesson = db.session.get(Lesson, lesson_id, populate_existing=True)
    if lesson is None or lesson.current_id is None:
        return []
    quoted = behind_claims.authors(version_id).where(Post.author_id != lesson.curator_id)
    readers = audience(lesson).where(Member.id.in_(quoted)).with_only_columns(Member.id).order_by(Member.id)
    return list(db.session.scalars(readers))
