"""Tags of threads: at most five, each as it was spelt there, shown only on a thread that the reader may see."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, select

from forum.infra import text, tokens
from forum.infra.db import db
from forum.infra.i18n import _, number
from forum.infra.in_lists import in_rows
from forum.infra.rows import insert_new
from forum.infra.sort_keys import sort_key
from forum.models.themes import Tag, ThreadTag
from forum.policy.errors import Invalid

MOST = 5
# Of the tags as typed on one line: room for commas, spaces and doubles under a thread, for little more on a lesson.
LINE_MAX, LESSON_LINE_MAX = 2 * MOST * Tag.NAME_MAX, MOST * (Tag.NAME_MAX + 4)
_PRESENT = func.coalesce(Tag.merged_into_id, Tag.id)


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
            by_slug.setdefault(slug_of(cleaned), TagName(cleaned, slug_of(cleaned)))
    if len(by_slug) > MOST:
        raise Invalid("tags", _("Choose at most %(limit)d tags.", limit=MOST))
    longest = max((len(tag.name) for tag in by_slug.values()), default=0)
    if longest > Tag.NAME_MAX:
        raise Invalid("tags", too_long(longest))
    return list(by_slug.values())


def slug_of(name: str) -> str:
    """Return by what a tag is known, whatever its spelling; and as far as the plain letters go, what begins it."""
    # Names without a plain letter (another script, a sign) would all get the same slug.
    plain = text.slug(name)
    return plain if plain != "x" or name.lower() == "x" else f"x-{tokens.digest(name.lower())[:12]}"


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


def spelling(typed: Any) -> ColumnElement[str]:
    """Return how a tag is shown where it was `typed`, a column: as editors spell it, or as it stands there."""
    return func.coalesce(Tag.label, typed)


def of_thread(thread_id: int) -> list[TagName]:
    """Return the tags of a thread, by name."""
    query = select(spelling(ThreadTag.name).label("name"), Tag.slug).join(
        ThreadTag, ThreadTag.tag_id == Tag.id
    )
    query = query.where(ThreadTag.thread_id == thread_id)
    found = [TagName(row.name, row.slug) for row in db.session.execute(query)]
    return sorted(found, key=lambda tag: sort_key(tag.name))


def are(tags: Sequence[TagName], tag_ids: Collection[int]) -> bool:
    """Return whether these tags, as they were typed, are exactly those with these ids; a merged one is the other."""
    today = db.session.scalars(select(_PRESENT).where(Tag.slug.in_([tag.slug for tag in tags]))).all()
    return len(today) == len(tags) and {*today} == {*tag_ids}


def put(thread_id: int, tags: Sequence[TagName]) -> None:
    """Give a thread, which is new or locked, exactly these tags."""
    uses = uses_of(tags, had=ids_of_thread(thread_id))
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread_id))
    insert_new(ThreadTag, [{"thread_id": thread_id, **use} for use in uses])


def ids_of_thread(thread_id: int) -> Select[int]:
    """Select the ids of the tags of a thread."""
    return select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread_id)


def uses_of(tags: Sequence[TagName], *, had: Select[int] | None = None) -> list[dict[str, Any]]:
    """Return the ids of these tags, each with its spelling here; a tag that nobody used before is stored.

    One that was merged into another is the other. Until this transaction ends nobody merges them, nor those whose ids
    `had` selects: what they are taken from now. Whoever needs members, lessons or threads locks these before. Once in a
    transaction, or for the second time about tags that `hold` got at once: who holds some and waits for others may
    wait for who merges the two.
    """
    # In one order: of two who store the same tags at one moment, one waits for the other and not each for the other.
    rows = [{"slug": slug} for slug in sorted(tag.slug for tag in tags)]
    while True:
        step = db.session.begin_nested()
        insert_new(Tag, rows)
        if _hold(tags, had):
            step.commit()
            return known_uses_of(tags)
        step.rollback()  # merged while we waited: all are let go, to be locked in their order with the other one


def hold(had: Select[int]) -> None:
    """Let nobody merge the tags whose ids `had` selects until this transaction ends."""
    uses_of((), had=had)


def known_uses_of(tags: Sequence[TagName]) -> list[dict[str, Any]]:
    """Return the ids of those of these tags that somebody used before, each with its spelling here."""
    names = {tag.slug: tag.name for tag in tags}
    # Of two that are one by now, the spelling of the one that they became.
    query = select(_PRESENT.label("tag_id"), Tag.slug).where(Tag.slug.in_(names))
    rows = db.session.execute(query.order_by(Tag.merged_into_id.is_(None).desc(), Tag.id)).all()
    found: dict[int, str] = {}
    for row in rows:
        found.setdefault(row.tag_id, names[row.slug])
    return [{"tag_id": tag_id, "name": name} for tag_id, name in sorted(found.items())]


def present(tag_ids: Collection[int]) -> dict[int, int]:
    """Return for each of these ids that of today: its own, or that of the tag that it was merged into."""
    if not tag_ids:
        return {}
    query = select(Tag.id, _PRESENT.label("today")).where(Tag.id.in_(tag_ids))
    return {row.id: row.today for row in db.session.execute(query)}


def _hold(tags: Sequence[TagName], had: Select[int] | None) -> bool:
    """Lock tags in the order of their ids; False where it took so long that there are others to lock by now."""
    ids = _in_use(tags, had)
    if not ids:
        return True
    held = select(Tag.id).where(Tag.id.in_(ids)).order_by(Tag.id)
    db.session.execute(held.with_for_update(read=True, key_share=True))
    return _in_use(tags, had) <= ids


def _in_use(tags: Sequence[TagName], had: Select[int] | None) -> set[int]:
    """The ids of these tags and of those that something `had`, with what each was merged into."""
    query: Any = select(Tag.id, Tag.merged_into_id).where(Tag.slug.in_([tag.slug for tag in tags]))
    if had is not None:
        query = query.union(select(Tag.id, Tag.merged_into_id).where(in_rows(Tag.id, had)))
    return {tag_id for row in db.session.execute(query) for tag_id in row if tag_id is not None}
