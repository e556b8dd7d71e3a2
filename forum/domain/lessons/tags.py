"""Tags of a version of a lesson. The curator chooses them: tags of a closed thread are never copied."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from forum.domain.themes import tags
from forum.infra import rows
from forum.infra.db import db
from forum.models.themes import LessonTag, Tag


def choose(version_id: int, names: Sequence[str]) -> None:
    """Give a version exactly these tags; Invalid at `tags`."""
    chosen = tags.ids_of(tags.clean(names))
    db.session.execute(delete(LessonTag).where(LessonTag.version_id == version_id))
    rows.insert_new(LessonTag, [{"version_id": version_id, "tag_id": tag_id} for tag_id in chosen])


def are(version_id: int, names: Sequence[str]) -> bool:
    """Return whether a version has exactly these tags; Invalid at `tags`."""
    slugs = select(Tag.slug).join(LessonTag, LessonTag.tag_id == Tag.id)
    return set(db.session.scalars(slugs.where(LessonTag.version_id == version_id))) == {
        tag.slug for tag in tags.clean(names)
    }


def copy(from_id: int, to_id: int) -> None:
    """Give a version the tags of another one."""
    tag_ids = db.session.scalars(select(LessonTag.tag_id).where(LessonTag.version_id == from_id))
    rows.insert_new(LessonTag, [{"version_id": to_id, "tag_id": tag_id} for tag_id in tag_ids])


def of(version_id: int) -> list[str]:
    """The tags of a version, by name. Ask only for a version that the reader was already allowed to see."""
    query = (
        select(Tag.name).join(LessonTag, LessonTag.tag_id == Tag.id).where(LessonTag.version_id == version_id)
    )
    return list(db.session.scalars(query.order_by(Tag.sort_key, Tag.id)))
