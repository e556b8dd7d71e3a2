"""Posts that a member keeps for themselves with a note: kept, read, taken away, and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, case, delete, func, select, update

from forum.domain.audit import undoable
from forum.domain.audit.undoable import OpenAct
from forum.domain.lines import clean_line
from forum.domain.threads import mentions
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import Page, keyset
from forum.infra.rows import update_rows, upsert
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.bookmarks import Bookmark
from forum.models.spaces import Space
from forum.models.threads import Post, PostRevision, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.errors import Forbidden, NotFound
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import reached, sees

PAGE_SIZE = 20
FIRST_WORDS = 300
MOST = "300 per hour"


@dataclass(frozen=True, slots=True)
class Kept:
    """A bookmark as its member finds it; of a post that they cannot read now only the note and when it was kept."""

    post_id: int
    note: str
    kept_at: datetime
    readable: bool
    number: int | None
    thread_id: int | None
    slug: str | None
    title: str | None
    space_name: str | None
    author: str | None
    words: str | None


def page(actor: Actor, *, cursor: str | None = None) -> Page[Kept]:
    """Return what the actor kept, the latest first (one query; two where any has an @).

    Of a space that they left there is nothing.
    """
    rows, following = keyset(
        _kept(),
        keys=(Bookmark.kept_at, Bookmark.post_id),
        cursor=cursor,
        limit=PAGE_SIZE,
        values=reader_values(actor),
    )
    return Page(_read(rows), following)


def one(actor: Actor, post_id: int) -> Kept | None:
    """Return the actor's bookmark of a post, None where there is none yet; NotFound where they cannot read that."""
    values = {**reader_values(actor), "post_id": post_id}
    if rows := select_rows(_of_post(), values).all():
        return _read(rows)[0]
    _require_readable(actor, post_id)
    return None


def keep(actor: Actor, post_id: int, *, note: str = "") -> None:
    """Keep a post, or change the note of one that is kept; NotFound, Forbidden, Invalid at `note`, TooOften."""
    before = one(actor, post_id)
    note = clean_line(note, field="note", limit=Bookmark.NOTE_MAX, missing=None)
    if before is not None and before.note == note:
        return
    rates.spend("bookmark", f"member:{actor.id}", limit=MOST)
    if before is None:
        gone = Bookmark.member_id == actor.id, Bookmark.post_id == post_id, Bookmark.taken_at.is_not(None)
        db.session.execute(delete(Bookmark).where(*gone))
    row = {"member_id": actor.id, "post_id": post_id, "note": note, "kept_at": clock.now()}
    upsert(Bookmark, [row], keys=("member_id", "post_id"), once=("kept_at",))


def take_away(actor: Actor, post_id: int) -> None:
    """Keep a post no longer; gone already, nothing more. For ten minutes it can be undone. NotFound."""
    if one(actor, post_id) is None:
        return
    taken = (
        update(Bookmark)
        .where(Bookmark.member_id == actor.id, Bookmark.post_id == post_id, Bookmark.taken_at.is_(None))
        .values(taken_at=clock.now())
    )
    if update_rows(taken):
        undoable.note(actor, UndoKind.BOOKMARK, post_id=post_id)


def undo(actor: Actor, act: UndoableAct) -> None:
    """Bring back what was taken away, with its note, unless the post was kept anew since."""
    back = update(Bookmark).where(Bookmark.member_id == actor.id, Bookmark.post_id == act.post_id)
    db.session.execute(back.values(taken_at=None))
    undoable.note_undone(act)


def last_taken(actor: Actor) -> list[OpenAct]:
    """Return the newest act by which the actor took something away and that can still be undone (two queries at most).

    At most one: who undoes it finds the one before. With the title of its thread, where they can read the post.
    """
    acts = {act.id: act for act in undoable.open_acts(actor, kind=UndoKind.BOOKMARK)}
    if not acts:
        return []
    readable = and_(sees(Thread, actor), Post.html != "")
    taken = (
        select(UndoableAct.id, case((readable, Thread.title), else_="").label("title"))
        .join(Post, Post.id == UndoableAct.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Bookmark, and_(Bookmark.post_id == Post.id, Bookmark.member_id == actor.id))
        .where(UndoableAct.id.in_(acts), Bookmark.taken_at.is_not(None))
        .order_by(UndoableAct.id.desc())
        .limit(1)
    )
    return [replace(acts[row.id], title=row.title) for row in db.session.execute(taken)]


def forget_taken() -> None:
    """Delete what was taken away and can no longer be brought back."""
    db.session.execute(delete(Bookmark).where(Bookmark.taken_at < clock.now() - undoable.WINDOW))


def _require_readable(actor: Actor, post_id: int) -> None:
    reader = reader_param(signed_in=True)
    query: Any = select(Post.html).join(Thread, Thread.id == Post.thread_id)
    query = query.where(Post.id == bindparam("post_id", type_=Integer), sees(Thread, reader))
    html = db.session.execute(query, {**reader_values(actor), "post_id": post_id}).scalar_one_or_none()
    if html is None:
        raise NotFound
    if not html:
        raise Forbidden(_("This post is hidden or was taken back."))


def _read(rows: Sequence[Any]) -> list[Kept]:
    said: dict[int, str | None] = {
        **mentions.in_plain({row.post_id: row.words for row in rows if row.readable})
    }
    return [
        Kept(**{**row._mapping, "readable": bool(row.readable), "words": said.get(row.post_id)})
        for row in rows
    ]


@cached
def _kept() -> Select[Any]:
    """What a reader (`reader_id`) kept of what is in their reach, also where the post is hidden or taken back."""
    reader = reader_param(signed_in=True)
    assert reader is not None
    readable = and_(sees(Thread, reader), Post.html != "")
    words = {
        "number": Post.number,
        "thread_id": Thread.id,
        "slug": Thread.slug,
        "title": Thread.title,
        "space_name": Space.name,
        "author": Member.name,
        "words": func.substr(PostRevision.plain, 1, FIRST_WORDS),
    }
    query: Any = (
        select(
            Bookmark.post_id,
            Bookmark.note,
            Bookmark.kept_at,
            case((readable, 1), else_=0).label("readable"),
            *(case((readable, column)).label(name) for name, column in words.items()),
        )
        .select_from(Bookmark)
        .join(Post, Post.id == Bookmark.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .join(Member, Member.id == Post.author_id)
        .join(PostRevision, and_(PostRevision.post_id == Post.id, PostRevision.number == Post.revision))
        .where(
            Bookmark.member_id == reader.id,
            Bookmark.taken_at.is_(None),
            reached(Thread.audience, Thread.space_id, reader),
        )
    )
    return cast(Select[Any], query)


@cached
def _of_post() -> Select[Any]:
    return _kept().where(Bookmark.post_id == bindparam("post_id", type_=Integer))
