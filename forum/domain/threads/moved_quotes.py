"""What a post quotes that moved to another thread: its marks have numbers of the thread in which it was written."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select

from forum.infra import text
from forum.infra.db import db
from forum.infra.text import Mark
from forum.models.moved_posts import MovedPost
from forum.models.threads import Post, PostQuote, PostRevision

COLUMNS = ("revision_id", "start_at", "end_at", "stands")


def kept(post: Post, marks: Sequence[Mark], before: str | None) -> dict[Mark, dict[str, Any]]:
    """Return what the marks of a post that moved quote that stood in it already, as typed `before`, or as it is.

    Nothing for a post that stands where it was written (a query where it quotes anything): there marks are looked up.
    """
    if not marks or not db.session.scalar(select(exists().where(MovedPost.post_id == post.id))):
        return {}
    if before is None:
        present = (PostRevision.post_id == post.id, PostRevision.number == post.revision)
        before = db.session.scalar(select(PostRevision.body).where(*present)) or ""
    rows = db.session.scalars(select(PostQuote).where(PostQuote.post_id == post.id))
    quoted = {row.position: {name: getattr(row, name) for name in COLUMNS} for row in rows}
    return {
        mark: quoted[position]
        for position, mark in enumerate(text.typed_marks(before))
        if position in quoted and mark in marks
    }
