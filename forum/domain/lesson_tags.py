"""The free words of a version of a lesson. They are the curator's own: words of a closed talk never come along."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from forum.domain import rows
from forum.infra import text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.themes import LessonTag, Tag
from forum.policy.errors import Invalid

MOST = 5


def choose(version_id: int, names: Sequence[str]) -> None:
    """Give a version exactly these tags."""
    wanted = {text.slug(name): name for name in map(text.one_line, names) if name}
    if len(wanted) > MOST:
        raise Invalid("tags", _("Choose at most %(limit)d tags.", limit=MOST))
    if any(len(name) > 40 for name in wanted.values()):
        raise Invalid("tags", _("Use at most %(limit)d characters.", limit=40))
    rows.insert_new(Tag, [{"slug": slug, "name": name} for slug, name in wanted.items()])
    db.session.execute(delete(LessonTag).where(LessonTag.version_id == version_id))
    chosen = db.session.scalars(select(Tag.id).where(Tag.slug.in_(wanted)))
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
