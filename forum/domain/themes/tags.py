"""Tags of threads: at most five, each as it was spelt there, shown only on a thread that the reader may see."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from forum.infra import text, tokens
from forum.infra.db import db
from forum.infra.i18n import _, number
from forum.infra.rows import insert_new
from forum.infra.sort_keys import sort_key
from forum.models.themes import Tag, ThreadTag
from forum.policy.errors import Invalid

MOST = 5
# Of the tags as typed on one line: room for commas, spaces and doubles under a thread, for little more on a lesson.
LINE_MAX, LESSON_LINE_MAX = 2 * MOST * Tag.NAME_MAX, MOST * (Tag.NAME_MAX + 4)


class TagName(NamedTuple):
    """A tag as it is shown, and as it stands in an address."""

    name: str
    slug: str


def split(line: str) -> list[str]:
    """Return the tags in one line, parted by commas."""
    return [name for name in (part.strip() for part in line.split(",")) if name]


def clean(names: Sequence[str]) -> list[TagName]:
    """Return the tags to store, without doubles; Invalid at `tags` for too many or one that is too long."""
    by_slug: dict[str, TagName] = {}
    for name in names:
        cleaned = text.one_line(name).lstrip("# ").strip()
        if cleaned:
            by_slug.setdefault(_slug(cleaned), TagName(cleaned, _slug(cleaned)))
    if len(by_slug) > MOST:
        raise Invalid("tags", _("Choose at most %(limit)d tags.", limit=MOST))
    longest = max((len(tag.name) for tag in by_slug.values()), default=0)
    if longest > Tag.NAME_MAX:
        raise Invalid("tags", too_long(longest))
    return list(by_slug.values())


def too_long(length: int) -> str:
    """Return the sentence about a tag of `length` characters."""
    return _(
        "One tag has %(length)s characters. At most %(limit)s are allowed.",
        length=number(length),
        limit=number(Tag.NAME_MAX),
    )


def of_thread(thread_id: int) -> list[TagName]:
    """Return the tags of a thread, by name."""
    query = select(ThreadTag.name, Tag.slug).join(ThreadTag, ThreadTag.tag_id == Tag.id)
    query = query.where(ThreadTag.thread_id == thread_id)
    found = [TagName(row.name, row.slug) for row in db.session.execute(query)]
    return sorted(found, key=lambda tag: sort_key(tag.name))


def put(thread_id: int, tags: Sequence[TagName]) -> None:
    """Give a thread exactly these tags."""
    uses = uses_of(tags)
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread_id))
    insert_new(ThreadTag, [{"thread_id": thread_id, **use} for use in uses])


def uses_of(tags: Sequence[TagName]) -> list[dict[str, Any]]:
    """Return the ids of these tags, each with its spelling here; a tag that nobody used before is stored."""
    rows = [{"slug": tag.slug, "name": tag.name, "sort_key": sort_key(tag.name)} for tag in tags]
    insert_new(Tag, rows)
    return known_uses_of(tags)


def known_uses_of(tags: Sequence[TagName]) -> list[dict[str, Any]]:
    """Return the ids of those of these tags that somebody used before, each with its spelling here."""
    names = {tag.slug: tag.name for tag in tags}
    found = db.session.execute(select(Tag.id, Tag.slug).where(Tag.slug.in_(names)))
    return [{"tag_id": row.id, "name": names[row.slug]} for row in found]


def _slug(name: str) -> str:
    # Names without a plain letter (another script, a sign) would all get the same slug.
    plain = text.slug(name)
    return plain if plain != "x" or name.lower() == "x" else f"x-{tokens.digest(name.lower())[:12]}"
