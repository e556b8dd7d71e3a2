"""Free words on talks: at most five, one spelling each, met only on a talk that the reader may see."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, select

from forum.infra import text, tokens
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.themes import Tag, ThreadTag
from forum.policy.errors import Invalid

MOST = 5
LINE_MAX = 2 * MOST * Tag.NAME_MAX  # of the tags as typed on one line: room for commas, spaces and doubles


class Word(NamedTuple):
    """A tag as it is shown, and as it stands in an address."""

    name: str
    slug: str


def split(words: str) -> list[str]:
    """The tags in one line of words that are parted by commas."""
    return [name for name in (part.strip() for part in words.split(",")) if name]


def clean(names: Sequence[str]) -> list[Word]:
    """The tags as they are kept: one line each, no doubles; Invalid when there are too many or one is too long."""
    found: dict[str, Word] = {}
    for name in names:
        words = text.one_line(name).lstrip("# ").strip()
        if words:
            found.setdefault(_slug(words), Word(words, _slug(words)))
    if len(found) > MOST:
        raise Invalid("tags", _("Choose at most %(limit)d tags.", limit=MOST))
    if any(len(word.name) > Tag.NAME_MAX for word in found.values()):
        raise Invalid("tags", _("Keep each tag under %(limit)d characters.", limit=Tag.NAME_MAX + 1))
    return list(found.values())


def put(thread_id: int, words: Sequence[Word]) -> None:
    """Give a thread exactly these tags."""
    insert_new(Tag, [{"slug": word.slug, "name": word.name} for word in words])
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread_id))
    chosen = db.session.scalars(select(Tag.id).where(Tag.slug.in_([word.slug for word in words])))
    insert_new(ThreadTag, [{"thread_id": thread_id, "tag_id": tag_id} for tag_id in chosen])


def _slug(words: str) -> str:
    # Words without a plain letter (another script, a sign) would all become the same address.
    plain = text.slug(words)
    return plain if plain != "x" or words.lower() == "x" else f"x-{tokens.digest(words.lower())[:12]}"
