"""The free words of a version of a lesson. They are the curator's own: words of a closed talk never come along."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from forum.domain.themes import tags
from forum.infra import rows
from forum.infra.db import db
from forum.models.themes import LessonTag, Tag


def choose(version_id: int, names: Sequence[str]) -> None:
    """Give a version exactly these tags."""
    words = tags.clean(names)
    rows.insert_new(Tag, [{"slug": word.slug, "name": word.name} for word in words])
    db.session.execute(delete(LessonTag).where(LessonTag.version_id == version_id))
    chosen = db.session.scalars(select(Tag.id).where(Tag.slug.in_([word.slug for word in words])))
    rows.insert_new(LessonTag, [{"version_id": version_id, "tag_id": tag_id} for tag_id in chosen])


def copy(from_id: int, to_id: int) -> None:
    """Let a version begin with the tags of the one before."""
    kept = db.session.scalars(select(LessonTag.tag_id).where(LessonTag.version_id == from_id))
    rows.insert_new(LessonTag, [{"version_id": to_id, "tag_id": tag_id} for tag_id in kept])


def of(version_id: int) -> list[str]:
    """The tags of a version, by name. Ask only for a version that the reader was already allowed to see."""
    query = (
        select(Tag.name).join(LessonTag, LessonTag.tag_id == Tag.id).where(LessonTag.version_id == version_id)
    )
    return list(db.session.scalars(query.order_by(Tag.name)))
