"""Whom a post mentions: an `@handle` in its text that is that of somebody who may read it.

Kept as ids, and drawn with the name that they have when it is read: in a post (`quotes.draw`) and in the first words of
one wherever they stand (`in_plain`: lists, notices, mails). Any other `@word` is a word, whether it is nobody's or
somebody's who may not read it: nothing tells the one from the other. Only what a lesson quotes are the words that were
typed, which is what its author agreed to.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Integer, Select, and_, bindparam, delete, literal, or_, select

from forum.infra import text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.in_lists import in_list
from forum.infra.rows import insert_new
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.following import Mention
from forum.models.threads import Post
from forum.policy.errors import Invalid
from forum.policy.known import known
from forum.policy.standing import full, in_good_standing
from forum.policy.visibility import Reader, audience, sees_as_member

MOST = 20  # in a post


class _Author(NamedTuple):
    id: int


def check(html: str) -> None:
    """Invalid at `body` for HTML of `text.render` with too many handles, whoever they are."""
    if len(text.handles(html)) > MOST:
        raise Invalid("body", _("Mention at most %(limit)d people in one post.", limit=MOST))


def write(post: Post, html: str) -> None:
    """Keep whom a post with this HTML mentions; to be called once the post can be read as it will be."""
    typed = {handle.lower(): handle for handle in text.handles(html)[:MOST]}
    people = _people(_Author(post.author_id), typed, audience(post)) if typed else []
    found = {row.id: typed[row.handle] for row in people}
    if post.revision > 1:
        db.session.execute(
            delete(Mention)
            .where(Mention.post_id == post.id, Mention.member_id.not_in(found))
            .execution_options(synchronize_session=False)
        )
    new = {"post_id": post.id, "revision": post.revision}
    insert_new(Mention, [{**new, "member_id": member, "handle": handle} for member, handle in found.items()])


def preview(author: Reader, html: str, readers: Select[Member] | None) -> dict[str, str]:
    """Return the names to draw in a post that is not there yet, for these `readers` (None: none), by handle."""
    typed = [handle.lower() for handle in text.handles(html)]
    people = _people(author, typed, readers) if typed and readers is not None else []
    return {row.handle: row.name for row in people}


def _people(author: Reader, handles: Iterable[str], readers: Select[Member]) -> Sequence[Any]:
    """Those among the readers whom the author can mention by these handles: guests only whom they meet, and so of them.

    A guest who tries names must not learn who is in the network, nor write to them.
    """
    in_network = and_(full(Member.id), full(literal(author.id)))
    query = readers.with_only_columns(Member.id, Member.handle, Member.name)
    return db.session.execute(query.where(Member.handle.in_(handles), or_(in_network, known(author)))).all()


def mentioned(post_id: int) -> list[int]:
    """Return the ids of the members whom a post mentions as it is now, who may read it now; not its author (one query).

    Nobody while it is hidden or withdrawn. Only for the forum itself.
    """
    return [row.member_id for row in _mentioned(post_id)]


def newly_mentioned(post_id: int, revision: int) -> list[int]:
    """Return those of `mentioned` whom no revision before that one mentioned (one query)."""
    return [row.member_id for row in _mentioned(post_id) if row.revision == revision]


def _mentioned(post_id: int) -> Sequence[Any]:
    return db.session.execute(_readers_of_one(), {"post_id": post_id}).all()


def in_plain(words: Mapping[int, str]) -> dict[int, str]:
    """Return readable words of posts, by their ids, with the names of whom they mention; one query where any has an @.

    To be called with all that a page or a batch of mails shows, before it is cut. Who is drawn is as in `names_in`.
    """
    names = names_in([post_id for post_id, said in words.items() if "@" in said])
    return {
        post_id: text.with_names(said, names[post_id]) if post_id in names else said
        for post_id, said in words.items()
    }


def names_in(post_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the names to draw in posts, by their ids and the handles that they were typed as (one query).

    Whoever left, is suspended or may not read it any more is a word as it was typed.
    """
    names: dict[int, dict[str, str]] = {}
    for row in _named(post_ids):
        names.setdefault(row.post_id, {})[row.handle.lower()] = row.name
    return names


def as_typed(words: str, post_ids: Sequence[int]) -> dict[int, str]:
    """Return words that were copied from a page, by the ids of posts, with the handles that were typed there for names.

    Only for posts that mention somebody by a name in these words (one query, none where the words have no @).
    """
    found: dict[int, str] = {}
    for row in _named(post_ids if "@" in words else []):
        before = found.get(row.post_id, words)
        if f"@{row.name}" in before:
            found[row.post_id] = before.replace(f"@{row.name}", f"@{row.handle}")
    return found


def _named(post_ids: Sequence[int]) -> Sequence[Any]:
    """Whom these posts mention, as they are drawn; longer names first."""
    rows = select_rows(_names(), {"post_ids": list(post_ids)}).all() if post_ids else []
    return sorted(rows, key=_length, reverse=True)


def _length(row: Any) -> int:
    return len(row.name)


@cached
def _names() -> Select[Any]:
    query: Any = (
        select(Mention.post_id, Mention.handle, Member.name)
        .join(Post, Post.id == Mention.post_id)
        .join(Member, Member.id == Mention.member_id)
        .where(
            in_list(Mention.post_id, "post_ids"),
            in_good_standing(Member),
            sees_as_member(Post),
        )
    )
    return cast(Select[Any], query)


@cached
def _readers_of_one() -> Select[Any]:
    query: Any = (
        select(Mention.member_id, Mention.revision)
        .join(Post, Post.id == Mention.post_id)
        .join(Member, Member.id == Mention.member_id)
        .where(
            Mention.post_id == bindparam("post_id", type_=Integer),
            Mention.member_id != Post.author_id,
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            in_good_standing(Member),
            sees_as_member(Post),
        )
    )
    return cast(Select[Any], query.order_by(Mention.member_id))
