"""The desk of a moderator: one list by what was promised, one item open, and what they did today."""

from dataclasses import dataclass
from typing import Any

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.audit.reading import LogLine
from forum.domain.audit.undoable import OpenAct
from forum.domain.desk import notes, places, waiting
from forum.domain.desk.notes import Entry
from forum.domain.desk.queues.registry import BY_NAME, QUEUES, Queue
from forum.domain.desk.waiting import Count, Item
from forum.infra import days
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

FEW, MANY = 8, 60  # of what was done today: as a rule, and as long as it can be undone
UNDONE_AS = {"settle_report": "settle"}  # what is undone, where it is called otherwise than its line


@dataclass(frozen=True, slots=True)
class Opened:
    """The item that is open: all of what it says, and what happened to it."""

    item: Item
    details: Any  # as its queue gives them
    entries: list[Entry]
    lines: list[LogLine]  # of what was done before to its thread, or to its post


@dataclass(frozen=True, slots=True)
class Done:
    """One line of today's log of the actor, with the act that they can still undo, if it is one."""

    line: LogLine
    act: OpenAct | None


@dataclass(frozen=True, slots=True)
class Filter:
    """A kind at the right: how many of it wait."""

    queue: Queue
    number: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the desk of one moderator."""

    items: list[Item]
    next_cursor: str | None
    counts: dict[str, Count]
    opened: Opened | None
    gone: bool  # the item that was asked for waits no longer
    done: list[Done]
    latest: LogLine | None  # of theirs, also of an earlier day

    @property
    def count(self) -> int:
        """How many things wait."""
        return sum(one.number for one in self.counts.values())

    @property
    def due(self) -> int:
        """How many of them are due today, or late."""
        return sum(one.due for one in self.counts.values())

    @property
    def filters(self) -> list[Filter]:
        """The kinds of which something waits."""
        return [
            Filter(queue, self.counts[queue.name].number) for queue in QUEUES if queue.name in self.counts
        ]

    def after(self, key: str) -> Item | None:
        """Return the item below one in the list, or the one above the last: where a moderator goes on."""
        at = next((place for place, one in enumerate(self.items) if one.key == key), None)
        others = [one for one in self.items if one.key != key]
        if at is None or not others:
            return others[0] if others else None
        return others[min(at, len(others) - 1)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a desk is asked for: of one space, of one kind, a page, an item that is open."""

    space_id: int | None = None
    kind: str | None = None
    after: str | None = None
    key: str | None = None


def of(actor: Actor, wanted: Wanted) -> Desk:
    """Return the desk (at most ten queries, however much waits).

    NotFound for who moderates nothing, or not the space, and for a kind that there is not.
    """
    space_ids = places.spaces_of(actor)
    if wanted.space_id is not None:
        space_ids = [one for one in space_ids if one == wanted.space_id]
    if not space_ids or (wanted.kind is not None and wanted.kind not in BY_NAME):
        raise NotFound
    found = waiting.everything(actor, space_ids)
    items, following = waiting.page(found, kind=wanted.kind, after=wanted.after)
    opened, gone = _opened(actor, space_ids, items, wanted.key)
    lines = audit_log.own_lines(actor, space_ids, limit=MANY)
    today = [line for line in lines if days.day_of(line.created_at) == days.today()]
    return Desk(
        items,
        following,
        waiting.counts(found),
        opened,
        gone,
        _done(actor, today),
        lines[0] if lines else None,
    )


def _opened(
    actor: Actor, space_ids: list[int], items: list[Item], key: str | None
) -> tuple[Opened | None, bool]:
    """The item with that key, wherever it stands, else the first; and whether the one that was asked for is gone."""
    item = next((one for one in items if one.key == key), None)
    if item is None and key is not None:
        item = waiting.one(actor, space_ids, key)
    gone = item is None and key is not None
    for one in [item] if item is not None else items[:1]:
        details = BY_NAME[one.kind].details(actor, one.item_id)
        return Opened(one, details, notes.of_item(one), _before(actor, one)), gone
    return None, gone


def _before(actor: Actor, item: Item) -> list[LogLine]:
    if item.thread_id is None:
        return []
    return audit_log.of_post(actor, item.space_id, item.thread_id, number=item.post_number, limit=FEW)


def _done(actor: Actor, lines: list[LogLine]) -> list[Done]:
    """The latest of these lines, and every earlier one that can still be undone: here alone it may be offered."""
    if not lines:
        return []
    acts = undoable.open_acts(actor)
    by_line = {act.before["log_id"]: act for act in acts if "log_id" in act.before}
    others = [act for act in reversed(acts) if "log_id" not in act.before]
    by_post = {(act.kind.value, act.thread_id, act.number): act for act in others}
    found = []
    for line in lines:
        act = by_line.get(line.id) or by_post.pop(_undone(line), None)
        found.append(Done(line, act))
    return [one for place, one in enumerate(found) if place < FEW or one.act is not None]


def _undone(line: LogLine) -> tuple[str, int | None, int | None]:
    return UNDONE_AS.get(line.action, line.action), line.thread_id, line.post_number
