"""What was done to what a member wrote, for them alone: by which role, when, and why where it was told to them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, exists, or_, select

from forum.domain.audit import reading
from forum.domain.audit.kinds import FOR_AUTHORS, KINDS
from forum.domain.audit.reading import LogLine
from forum.infra import clock
from forum.infra.paging import Page, keyset
from forum.models.moderation import Action, ActorRole, ModerationAction
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actors import Actor
from forum.policy.visibility import sees

OF_SENTENCES = (Action.HIDE, Action.RESTORE)


def page(actor: Actor, *, cursor: str | None = None, limit: int = 30) -> Page[LogLine]:
    """Return what others did to the posts, threads and sentences of the actor, the latest first.

    Never who, nor who asked for it. Of what they can no longer read, only that it was done.
    """
    # The name of a space that the actor no longer sees is not theirs to read either.
    place = and_(Space.id == ModerationAction.space_id, sees(Space, actor))
    query = (
        reading.without_names(actor, reading.REASON, Space.name.label("space_name"))
        .outerjoin(Space, place)
        .where(
            ModerationAction.action.in_(FOR_AUTHORS),
            or_(
                ModerationAction.role != ActorRole.AUTHOR,
                ModerationAction.actor_id.is_distinct_from(actor.id),
            ),
            _wrote(actor),
            _is_told(),
        )
    )
    rows, following = keyset(query, keys=reading.KEYS, cursor=cursor, limit=limit)
    return Page([_line(actor, row) for row in rows], following)


def _wrote(actor: Actor) -> Any:
    """Whether the actor wrote what a line is about: a post, a whole thread, or the sentence of a response."""
    posts = select(Post.id).where(Post.author_id == actor.id)
    threads = select(Thread.id).where(Thread.author_id == actor.id)
    no_post, nobody = ModerationAction.post_id.is_(None), ModerationAction.subject_id.is_(None)
    return or_(
        ModerationAction.post_id.in_(posts),
        and_(no_post, nobody, ModerationAction.thread_id.in_(threads)),
        and_(no_post, ModerationAction.subject_id == actor.id, ModerationAction.action.in_(OF_SENTENCES)),
    )


def _is_told() -> Any:
    """Whether its author is told of it: that a post should be changed, once nobody can undo that."""
    asked = (
        UndoableAct.post_id == ModerationAction.post_id,
        UndoableAct.kind == UndoKind.SETTLE,
        UndoableAct.before["asked_id"].as_integer() == ModerationAction.id,
        or_(UndoableAct.undone_at.is_not(None), UndoableAct.until > clock.now()),
    )
    return or_(ModerationAction.action != Action.ASK_CHANGE, ~exists().where(*asked))


def _line(actor: Actor, row: Any) -> LogLine:
    # A reason leads to the text that it is about: it goes with the thread.
    is_told = KINDS[row.action].explained and row.thread_id is not None
    line = reading.nameless_line(
        row, actor.name, space_name=row.space_name or "", reason=row.reason if is_told else ""
    )
    return line if is_told else replace(line, rule=None)
