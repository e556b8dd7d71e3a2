"""What a thread is about and where it stands, changed later: by its author, or by a moderator of its space.

Every change is kept (`changes.py` shows them under the opening post); those of moderators are in their log as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.mailing import events
from forum.domain.themes import tags as tagging
from forum.domain.threads import placing, post_store, waiting_there
from forum.infra import rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.classification import Part, ThreadChange
from forum.models.moderation import Action, ActorRole
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Thread
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_classify, may_moderate, may_move, may_start, require
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
        may_move=bool(movable)
        and not waiting_there.has_lesson(thread.id)
        and not post_store.has_hidden(thread),
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
    before = {
        "need": thread.need.value,
        "axis": str(thread.axis or ""),
        "tags": [tag.name for tag in old_tags],
    }
    thread.need, thread.axis = need, axis
    if not same_tags:
        tagging.put(thread.id, names)
        changes.append((Part.TAGS, _line(old_tags), _line(tagging.of_thread(thread.id))))
    is_own = thread.author_id == actor.id
    line = None if is_own else audit_log.record(actor, Action.CLASSIFY, thread=thread)
    placing.keep(actor, thread, changes, action_id=line.id if line else None)
    if not is_own:
        undoable.note(actor, UndoKind.CLASSIFY, thread_id=thread.id, before=before | _now(thread))
    return thread


def undo(actor: Actor, act: UndoableAct) -> None:
    """Say again what a thread was about before a moderator changed that; NotFound, Forbidden.

    Conflict where anybody changed it since, moved it or merged one of its tags.
    """
    thread = post_store.locked_thread(actor, act.thread_id or 0)
    if undoable.undone_meanwhile(act):
        return
    require(may_moderate(actor, thread.space_id))
    was = act.before
    if not thread.title or {name: was[name] for name in ("space_id", "last", "tag_ids")} != _now(thread):
        raise Conflict(_("Something else was done here since. This can no longer be undone."))
    need, axis = Need(was["need"]), Axis(was["axis"]) if was["axis"] else None
    old_tags = tagging.of_thread(thread.id)
    changes = [
        (Part.NEED, thread.need.value, need.value),
        (Part.AXIS, str(thread.axis or ""), str(axis or "")),
    ]
    thread.need, thread.axis = need, axis
    if [tag.name for tag in old_tags] != was["tags"]:
        tagging.put(thread.id, tagging.clean(was["tags"]))
        changes.append((Part.TAGS, _line(old_tags), _line(tagging.of_thread(thread.id))))
    line = audit_log.record(actor, Action.CLASSIFY, thread=thread)
    placing.keep(actor, thread, changes, action_id=line.id)
    undoable.note_undone(act)


def _now(thread: Thread) -> dict[str, Any]:
    """What must still be so when the change is undone."""
    tag_ids = sorted(db.session.scalars(tagging.ids_of_thread(thread.id)).all())
    return {"space_id": thread.space_id, "last": _last_change(thread.id), "tag_ids": tag_ids}


def to_move(actor: Actor, thread_id: int) -> Thread:
    """Return a thread that its author may move, unless something keeps it there; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    _require_may_move(actor, thread)
    return thread


def move(actor: Actor, thread_id: int, space_id: int, *, audience: Audience) -> Thread:
    """Move one's own thread to another space, for the readers that its author chooses there.

    NotFound, Forbidden, Invalid at `audience`, Conflict where something keeps it there, TooOften.
    """
    thread = post_store.locked_thread(actor, thread_id)
    _require_may_move(actor, thread)
    waiting_there.require_none(thread)
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
    before = placing.place(actor, thread, space, audience=audience)
    if audience != before:
        action = Action.NARROW if audience.rank < before.rank else Action.WIDEN
        audit_log.record(actor, action, thread=thread, role=ActorRole.AUTHOR)
    undoable.mark_undone(UndoKind.MOVE, thread_id=thread.id)
    if audience.rank > before.rank:
        undoable.mark_undone(UndoKind.NARROW, thread_id=thread.id)
    events.record("thread.moved", thread_id=thread.id, actor_id=actor.id)
    return thread


def _require_may_move(actor: Actor, thread: Thread) -> None:
    require(may_move(actor, thread, others_wrote=post_store.others_took_part(thread)))


def _last_change(thread_id: int) -> int:
    query = select(func.max(ThreadChange.id)).where(ThreadChange.thread_id == thread_id)
    return db.session.scalar(query) or 0


def _count(actor: Actor) -> None:
    rates.spend("classify", f"member:{actor.id}", limit=MOST_CHANGES)


def _line(tags: Sequence[tagging.TagName]) -> str:
    return ", ".join(tag.name for tag in tags)
