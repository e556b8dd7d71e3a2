"""Words that an act of a moderator takes away: kept in one place for the ten minutes of its undo, then nowhere.

They leave the tables that pages, lists, mails and search read in the transaction of the act, so that nothing which
reads those tables can show them, today or later. What undo brings back stands in `Sealing.kept`; the worker empties it
(`forget_due`), and a later act on the same words does so at once (`end`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select, update

from forum.domain.audit import undoable
from forum.domain.indexing import writing
from forum.domain.indexing.kinds import POSTS
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.consents import Consent, ConsentRequest
from forum.models.drafts import Draft
from forum.models.post_reports import PostObjection, PostReport
from forum.models.sealing import Sealed, Sealing, SealingObjection
from forum.models.summaries import SummarySentence
from forum.models.threads import Post, PostRevision
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.errors import Conflict

# Where words of a post stand that an act takes away.
TABLES: Mapping[str, Any] = {
    "post": Post,
    "revision": PostRevision,
    "sentence": SummarySentence,
    "draft": Draft,
    "report": PostReport,
    "objection": PostObjection,
    "against": SealingObjection,
    "request": ConsentRequest,
    "consent": Consent,
}
# Acts about the words of a post, or of the title of its thread, that a later one ends.
OF_WORDS = (UndoKind.DELETE_POST, UndoKind.LEAVE_OUT, UndoKind.HIDE_REVISION)
BATCH = 200


class Change(NamedTuple):
    """A column of a row, by its primary key, before the act and after it."""

    table: str
    key: tuple[int, ...]
    column: str
    before: Any
    after: Any


class Why(NamedTuple):
    """What kind of act it was, and its reason, which the author reads."""

    kind: Sealed
    reason: str


def seal(act: UndoableAct, post: Post, why: Why, changes: Iterable[Change]) -> Sealing:
    """Take the words away, and keep them for undo alone (system verb). The thread of the post is locked."""
    kept = [change for change in changes if change.before != change.after]
    for change in kept:
        _write(change, change.after)
    sealing = Sealing(
        kind=why.kind,
        post_id=post.id,
        act_id=act.id,
        sealed_by_id=act.actor_id,
        at=act.at,
        reason=why.reason,
        kept=[change._asdict() for change in kept],
        ended_at=None,
    )
    db.session.add(sealing)
    db.session.flush()
    return sealing


def of_act(act: UndoableAct) -> Sealing:
    """Return what an act took away while it can be brought back; Conflict."""
    query = select(Sealing).where(Sealing.act_id == act.id).execution_options(populate_existing=True)
    sealing = db.session.scalars(query).one()
    if sealing.ended_at is not None:
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    return sealing


def put_back(sealing: Sealing) -> None:
    """Bring the words back where nothing else was written since, and keep them here no more (system verb)."""
    for kept in sealing.kept:
        change = Change(**{**kept, "key": tuple(kept["key"])})
        if _read(change) == change.after:
            _write(change, change.before)
    _empty(sealing)


def end(post: Post, *, with_title: bool) -> None:
    """Let nothing be undone any more that was done to the words of a post, as another act now changes them.

    `with_title`: nor what was done to the title of its thread. The thread is locked (system verb).
    """
    open_ = select(Sealing).where(Sealing.post_id == post.id, Sealing.ended_at.is_(None))
    for sealing in db.session.scalars(open_.execution_options(populate_existing=True)).all():
        _empty(sealing)
    undoable.end(*OF_WORDS, at=clock.now(), post_id=post.id)
    if with_title:
        undoable.end(UndoKind.RETITLE, at=clock.now(), thread_id=post.thread_id)


def forget_due(commit: Callable[[], None]) -> int:
    """Forget words that nobody can bring back any more, batch by batch, each committed; return of how many acts."""
    forgotten = 0
    due = (
        select(Sealing)
        .where(Sealing.ended_at.is_(None), Sealing.at <= clock.now() - undoable.WINDOW)
        .order_by(Sealing.at, Sealing.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    while found := db.session.scalars(due).all():
        for sealing in found:
            _empty(sealing)
        commit()
        forgotten += len(found)
    return forgotten


def _empty(sealing: Sealing) -> None:
    sealing.kept, sealing.ended_at = [], clock.now()
    db.session.flush()


def _keyed(change: Change) -> list[Any]:
    keys = TABLES[change.table].__table__.primary_key.columns
    return [column == value for column, value in zip(keys, change.key, strict=True)]


def _read(change: Change) -> Any:
    model = TABLES[change.table]
    query = select(getattr(model, change.column)).where(*_keyed(change)).with_for_update()
    return db.session.scalar(query)


def _write(change: Change, value: Any) -> None:
    """Past the session: a flush of an earlier text would make search find the post by it."""
    model = TABLES[change.table]
    db.session.flush()
    db.session.execute(update(model.__table__).where(*_keyed(change)).values({change.column: value}))
    for row in list(db.session.identity_map.values()):
        if isinstance(row, model):
            db.session.expire(row)
    if model is Post:  # search finds it by the title above it
        writing.write_again(POSTS, change.key)
