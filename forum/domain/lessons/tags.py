"""Tags of a version of a lesson. The curator chooses them: tags of a closed thread are never copied."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, delete, select

from forum.domain.themes import tags
from forum.domain.themes.tags import TagName
from forum.infra import rows
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.models.lessons import LessonVersion
from forum.models.themes import LessonTag, Tag


def choose(version_id: int, chosen: Sequence[TagName]) -> None:
    """Give a version of a lesson, which is locked, exactly these tags, as `tags.clean` returned them."""
    uses = tags.uses_of(chosen, had=_ids(version_id))
    db.session.execute(delete(LessonTag).where(LessonTag.version_id == version_id))
    rows.insert_new(LessonTag, [{"version_id": version_id, **use} for use in uses])


def are(version_id: int, chosen: Sequence[TagName]) -> bool:
    """Return whether a version has exactly these tags."""
    return tags.are(chosen, db.session.scalars(_ids(version_id)).all())


def copy(from_id: int, to_id: int) -> None:
    """Give a new version the tags of another one of its lesson, as they are spelt now."""
    tags.hold(_ids(from_id))
    query = select(LessonTag.tag_id, tags.spelling(LessonTag.name).label("name"), Tag.merged_into_id)
    query = query.join(Tag, Tag.id == LessonTag.tag_id).where(LessonTag.version_id == from_id)
    uses = [use for use in db.session.execute(query) if use.merged_into_id is None]
    rows.insert_new(
        LessonTag, [{"version_id": to_id, "tag_id": use.tag_id, "name": use.name} for use in uses]
    )


def hold(lesson_ids: Collection[int]) -> None:
    """Let nobody merge the tags of these lessons, which are locked, until this transaction ends."""
    of_lessons = select(LessonVersion.id).where(LessonVersion.lesson_id.in_(lesson_ids))
    tags.hold(select(LessonTag.tag_id).where(LessonTag.version_id.in_(of_lessons)))


def _ids(version_id: int) -> Select[int]:
    return select(LessonTag.tag_id).where(LessonTag.version_id == version_id)


def of(version_id: int) -> list[str]:
    """The tags of a version, by name. Ask only for a version that the reader was already allowed to see."""
    query = select(LessonTag.name).where(LessonTag.version_id == version_id)
    return sorted(db.session.scalars(query), key=sort_key)
