"""Tags of threads: at most five, each as it was spelt there, shown only on a thread that the reader may see."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select

from forum.infra import text, tokens
from forum.infra.db import db
from forum.infra.i18n import _, number
from forum.infra.rows import insert_new
from forum.infra.sort_keys import sort_key
from forum.models.profiles import ProfileTag
from forum.models.themes import LessonTag, Tag, ThreadTag
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


def clean_one(name: str, *, field: str) -> TagName:
    """Return the one tag that was typed; Invalid at `field` for none, more than one, or one that is too long."""
    try:
        cleaned = clean(split(name))
    except Invalid as error:
        raise Invalid(field, error.message) from error
    if len(cleaned) != 1:
        raise Invalid(field, _("Type one tag."))
    return cleaned[0]


def spelling(used: type[ThreadTag] | type[LessonTag] | type[ProfileTag]) -> ColumnElement[str]:
    """Return how a tag is shown where it was `used`: as editors spell it, or as it was typed there."""
    return func.coalesce(Tag.label, used.name)


def of_thread(thread_id: int) -> list[TagName]:
    """Return the tags of a thread, by name."""
    query = select(spelling(ThreadTag).label("name"), Tag.slug).join(ThreadTag, ThreadTag.tag_id == Tag.id)
    query = query.where(ThreadTag.thread_id == thread_id)
    found = [TagName(row.name, row.slug) for row in db.session.execute(query)]
    return sorted(found, key=lambda tag: sort_key(tag.name))


def put(thread_id: int, tags: Sequence[TagName]) -> None:
    """Give a thread exactly these tags."""
    uses = uses_of(tags)
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread_id))
    insert_new(ThreadTag, [{"thread_id": thread_id, **use} for use in uses])


def uses_of(tags: Sequence[TagName]) -> list[dict[str, Any]]:
    """Return the ids of these tags, each with its spelling here; a tag that nobody used before is stored.

    One that was merged into another is the other. They stay what they are until this transaction ends.
    """
    # In one order: of two who store the same tags at one moment, one waits for the other and not each for the other.
    new = sorted(tags, key=attrgetter("slug"))
    insert_new(Tag, [{"slug": tag.slug, "name": tag.name, "sort_key": sort_key(tag.name)} for tag in new])
    return _uses(tags, lock=True)


def known_uses_of(tags: Sequence[TagName]) -> list[dict[str, Any]]:
    """Return the ids of those of these tags that somebody used before, each with its spelling here."""
    return _uses(tags, lock=False)


def _uses(tags: Sequence[TagName], *, lock: bool) -> list[dict[str, Any]]:
    names = {tag.slug: tag.name for tag in tags}
    asked: ColumnElement[bool] = Tag.slug.in_(names)
    typed: dict[int, str] = {}  # how the tag of this id was typed
    found: dict[int, str] = {}
    while True:
        query = select(Tag.id, Tag.slug, Tag.merged_into_id).where(asked).order_by(Tag.id)
        if lock:  # a merge waits for us, or we for it and read what it made
            query = query.with_for_update(read=True, key_share=True)
        merged: dict[int, str] = {}
        for row in db.session.execute(query):
            name = typed.get(row.id) or names[row.slug]
            if row.merged_into_id is None:
                found.setdefault(row.id, name)
            else:
                merged.setdefault(row.merged_into_id, name)
        if not merged:
            return [{"tag_id": tag_id, "name": name} for tag_id, name in found.items()]
        typed, asked = merged, Tag.id.in_(merged)


def _slug(name: str) -> str:
    # Names without a plain letter (another script, a sign) would all get the same slug.
    plain = text.slug(name)
    return plain if plain != "x" or name.lower() == "x" else f"x-{tokens.digest(name.lower())[:12]}"
