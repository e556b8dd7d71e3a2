"""What a thread is about and where it stands, changed later: by its author, or by a moderator of its space.

Every change is kept (`changes.py` shows them under the opening post); those of moderators are in their log as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.mailing import events
from forum.domain.themes import tags as tagging
from forum.domain.threads import nominations, post_store
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.classification import Part, ThreadChange
from forum.models.lessons import LessonSource
from forum.models.moderation import Action, ActorRole
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Thread
from forum.models.undo import UndoKind
from forum.policy.actions import may_classify, may_move, may_start, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid
from forum.policy.visibility import get_visible

MOST_CHANGES = "60 per hour"


@dataclass(frozen=True, slots=True)
class Classification:
    """What a thread is about at this moment, for the form that changes it; `last_change` is 0 before the first."""

    need: Need
    axis: Axis | None
    tags: tuple[str, ...]
    last_change: int
    may_move: bool


def current(actor: Actor, thread_id: int) -> tuple[Thread, Classification]:
    """Return a thread and what it is about, to whoever may change that; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    require(may_classify(actor, thread))
    movable = may_move(actor, thread, others_wrote=post_store.others_took_part(thread))
    return thread, Classification(
        need=thread.need,
        axis=thread.axis,
        tags=tuple(tag.name for tag in tagging.of_thread(thread.id)),
        last_change=_last_change(thread.id),
        may_move=bool(movable) and not _has_lesson(thread.id) and not post_store.has_hidden(thread),
    )


def classify(
    actor: Actor,
    thread_id: int,
    *,
    need: Need,
    axis: Axis | None,
    tags: Sequence[str],
    seen_change: int | None = None,
) -> Thread:
    """Say anew what a thread is about; the same again changes nothing. A chosen axis gives way to another one only.

    NotFound, Forbidden, Invalid at `axis` or `tags`, Conflict when somebody changed it since `seen_change`, TooOften.
    """
    thread = post_store.locked_thread(actor, thread_id)
    require(may_classify(actor, thread))
    need, axis = Need(need), Axis(axis) if axis else None
    names, old_tags = tagging.clean(tags), tagging.of_thread(thread.id)
    same_tags = tagging.are(names, db.session.scalars(tagging.ids_of_thread(thread.id)).all())
    if (thread.need, thread.axis) == (need, axis) and same_tags:
        return thread
    if seen_change is not None and seen_change != _last_change(thread.id):
        raise Conflict(_("Somebody else changed this while you were choosing."))
    if axis is None and thread.axis is not None:
        raise Invalid("axis", _("Choose a theme."))
    _count(actor)
    changes = [
        (Part.NEED, thread.need.value, need.value),
        (Part.AXIS, str(thread.axis or ""), str(axis or "")),
    ]
    thread.need, thread.axis = need, axis
    if not same_tags:
        tagging.put(thread.id, names)
        changes.append((Part.TAGS, _line(old_tags), _line(tagging.of_thread(thread.id))))
    is_own = thread.author_id == actor.id
    line = None if is_own else audit_log.record(actor, Action.CLASSIFY, thread=thread)
    _keep(actor, thread, changes, action_id=line.id if line else None)
    return thread


def to_move(actor: Actor, thread_id: int) -> Thread:
    """Return a thread that its author may move; NotFound, Forbidden, Conflict when a lesson rests on it."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    _require_move(actor, thread)
    return thread


def move(actor: Actor, thread_id: int, space_id: int, *, audience: Audience) -> Thread:
    """Move one's own thread to another space, for the readers that its author chooses there.

    NotFound, Forbidden, Invalid at `audience`, Conflict when a lesson rests on it, TooOften.
    """
    thread = post_store.locked_thread(actor, thread_id)
    _require_move(actor, thread)
    space: Space = get_visible(Space, actor, space_id)
    require(may_start(actor, space))
    audience = Audience(audience)
    if audience.rank > space.widest_audience.rank:
        raise Invalid("audience", _("Threads in this space cannot have that many readers."))
    if (thread.space_id, thread.audience) == (space.id, audience):
        return thread
    if thread.space_id == space.id:
        raise Conflict(_("The thread is in that space already."))
    _count(actor)
    _keep(actor, thread, [(Part.SPACE, str(thread.space_id), str(space.id))])
    before, thread.space_id, thread.audience = thread.audience, space.id, audience
    post_store.begin_history_anew(thread)
    nominations.forget(thread)
    db.session.flush()
    if audience != before:
        action = Action.NARROW if audience.rank < before.rank else Action.WIDEN
        audit_log.record(actor, action, thread=thread, role=ActorRole.AUTHOR)
    if audience.rank > before.rank:
        undoable.mark_undone(UndoKind.NARROW, thread_id=thread.id)
    events.record("thread.moved", thread_id=thread.id, actor_id=actor.id)
    return thread


def _require_move(actor: Actor, thread: Thread) -> None:
    require(may_move(actor, thread, others_wrote=post_store.others_took_part(thread)))
    if _has_lesson(thread.id):
        # A lesson belongs to the space of its thread, and what it may quote follows from where that stands.
        raise Conflict(_("A lesson is being made from this thread, or was made, so it stays in this space."))
    if post_store.has_hidden(thread):
        # Whoever moderates the other space could show it again, and read why it was hidden.
        raise Conflict(_("A moderator hid a post in this thread, so it stays in this space."))


def _has_lesson(thread_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(LessonSource.thread_id == thread_id))))


def _last_change(thread_id: int) -> int:
    query = select(func.max(ThreadChange.id)).where(ThreadChange.thread_id == thread_id)
    return db.session.scalar(query) or 0


def _count(actor: Actor) -> None:
    rates.spend("classify", f"member:{actor.id}", limit=MOST_CHANGES)


def _line(tags: Sequence[tagging.TagName]) -> str:
    return ", ".join(tag.name for tag in tags)


def _keep(
    actor: Actor, thread: Thread, changes: Sequence[tuple[Part, str, str]], *, action_id: int | None = None
) -> None:
    """Keep what changed; `thread` still stands where it stood before."""
    now = clock.now()
    db.session.add_all(
        ThreadChange(
            thread_id=thread.id,
            editor_id=actor.id,
            space_id=thread.space_id,
            action_id=action_id,
            part=part,
            before=before,
            after=after,
            changed_at=now,
        )
        for part, before, after in changes
        if before != after
    )
    db.session.flush()
