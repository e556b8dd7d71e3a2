"""The history of a post, as one reader gets it: every text of it, by whom and when, with what each changed.

Who reads a post reads its history, except for the texts that stood when other people read it (`Post.history_from`):
those are its author's. A text that was hidden has no words here for anybody, and the ones beside it are compared with
each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import aliased

from forum.domain.threads import quotes
from forum.domain.threads.quotes import Quote
from forum.infra.db import db
from forum.infra.paging import LARGEST_NUMBER
from forum.infra.word_diff import Piece, pieces
from forum.models.accounts import Member
from forum.models.spaces import Role
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actions import may_hide_revision
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import get_visible

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a post. `title` and `text` say what it changed; None where nothing did.

    `quotes`: what it quotes, as far as that can be read today. `is_layout`: the words are the same, so `text` compares
    what was typed. `hidden`: no words, and for its author and the moderators the reason.
    """

    number: int
    who: str
    at: datetime
    is_first: bool
    is_present: bool
    may_hide: bool
    hidden: bool = False
    hidden_by_author: bool = False
    reason: str = ""
    title: list[Piece] | None = None
    text: list[Piece] | None = None
    is_layout: bool = False
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The texts of a post, the latest first; `older` is the number before which the next page begins.

    `begins_later`: there are earlier texts, which only its author reads.
    """

    post_id: int
    number: int
    thread: Thread
    author: str
    versions: list[Version]
    older: int | None
    begins_later: bool


def of_post(reader: Actor | None, post_id: int, *, before: int | None = None) -> History:
    """Return the history of a post that the reader may read, from the text before number `before`; NotFound.

    Where the post is hidden its author and the moderators read it, where it was taken back its author alone.
    """
    thread, post = _readable(reader, post_id)
    is_author = reader is not None and reader.id == post.author_id
    query = _rows(post).limit(PAGE_SIZE + 1)
    if not is_author:
        query = query.where(_for_readers(post))
    rows = db.session.execute(query.where(PostRevision.number < before) if before else query).all()
    if not rows:
        raise NotFound
    # The last text of the page is compared with the next one whose words stand.
    base = next((row for row in rows[PAGE_SIZE:] if row.hidden_at is None), None)
    if base is None and len(rows) > PAGE_SIZE:
        older = query.where(PostRevision.number < rows[-1].number, PostRevision.hidden_at.is_(None)).limit(1)
        base = db.session.execute(older).first()
    names_reason = is_author or _moderates(reader, thread)
    may_hide = bool(may_hide_revision(reader, post, thread))
    shown = rows[:PAGE_SIZE]
    return History(
        post_id=post.id,
        number=post.number,
        thread=thread,
        author=shown[0].author,
        versions=_quoting(
            post, shown, _versions(post, shown, base, may_hide=may_hide, names_reason=names_reason)
        ),
        older=shown[-1].number if len(rows) > PAGE_SIZE else None,
        begins_later=not is_author and post.history_from > 1,
    )


def version(actor: Actor, post_id: int, number: int) -> tuple[Thread, Post, PostRevision]:
    """Return a text of a post that the actor finds in its history, hidden or not; NotFound."""
    thread, post = _readable(actor, post_id)
    if number > LARGEST_NUMBER:
        raise NotFound
    query = select(PostRevision).where(PostRevision.post_id == post.id, PostRevision.number == number)
    if actor.id != post.author_id:
        query = query.where(_for_readers(post))
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return thread, post, found


def _readable(reader: Actor | None, post_id: int) -> tuple[Thread, Post]:
    post: Post = get_visible(Post, reader, post_id)
    thread: Thread = get_visible(Thread, reader, post.thread_id)
    if post.sealed_at is not None:
        raise NotFound
    if reader is not None and reader.id == post.author_id:
        return thread, post
    if post.deleted_at is not None or (post.hidden_at is not None and not _moderates(reader, thread)):
        raise NotFound
    return thread, post


def _moderates(reader: Actor | None, thread: Thread) -> bool:
    return reader is not None and reader.roles.get(thread.space_id) == Role.MODERATOR


def _for_readers(post: Post) -> Any:
    return (PostRevision.number >= post.history_from) | (PostRevision.number == post.revision)


def _rows(post: Post) -> Any:
    author = aliased(Member)
    stands = PostRevision.hidden_at.is_(None)
    return (
        select(
            PostRevision.number,
            PostRevision.created_at,
            PostRevision.editor_id,
            PostRevision.hidden_at,
            PostRevision.hidden_by_author,
            PostRevision.hidden_reason,
            Member.name.label("who"),
            author.name.label("author"),
            *(case((stands, column), else_="").label(column.key) for column in _WORDS),
        )
        .join(Member, Member.id == PostRevision.editor_id)
        .join(author, author.id == post.author_id)
        .where(PostRevision.post_id == post.id)
        .order_by(PostRevision.number.desc())
    )


_WORDS = (PostRevision.title, PostRevision.plain, PostRevision.body)


def _versions(
    post: Post, rows: Sequence[Any], base: Any, *, may_hide: bool, names_reason: bool
) -> list[Version]:
    """The texts in the order of the page; each is compared with the one before it whose words stand."""
    found: list[Version] = []
    for row in reversed(rows):
        is_hidden = row.hidden_at is not None
        facts: dict[str, Any] = {
            "number": row.number,
            "who": row.who,
            "at": row.created_at,
            "is_first": row.number == 1,
            "is_present": row.number == post.revision,
            "may_hide": may_hide and not is_hidden and row.number != post.revision,
        }
        if is_hidden:
            reason = row.hidden_reason if names_reason else ""
            found.append(Version(**facts, hidden=True, hidden_by_author=row.hidden_by_author, reason=reason))
            continue
        found.append(Version(**facts, **_changed(base, row)))
        base = row
    return found[::-1]


def _quoting(post: Post, rows: Sequence[Any], versions: list[Version]) -> list[Version]:
    """Give each version what it quotes (one query for all, none where nothing is quoted)."""
    found = quotes.in_texts(post.thread_id, [row.body for row in rows], but=post.number)
    return [
        replace(version, quotes=tuple(quote for _mark, quote in quoted))
        for version, quoted in zip(versions, found, strict=True)
    ]


def _changed(before: Any, after: Any) -> dict[str, Any]:
    if before is None:
        return {"text": [("same", after.plain)], "title": [("same", after.title)] if after.title else None}
    is_layout = before.plain == after.plain and before.body != after.body
    old, new = (before.body, after.body) if is_layout else (before.plain, after.plain)
    return {
        "text": pieces(old, new) if old != new else None,
        "title": pieces(before.title, after.title) if before.title != after.title else None,
        "is_layout": is_layout,
    }
