"""How far members have read, when posts get other numbers: what was read stays read, what was new stays new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from forum.infra import clock
from forum.infra.db import db
from forum.infra.rows import insert_new, upsert
from forum.models.threads import ReadAhead, ReadMark

AT_ONCE = 200  # rows in one statement


@dataclass(slots=True)
class _Read:
    """What one member has read of one thread: all up to `mark`, and ranges ahead of it."""

    mark: int = 0
    read_at: datetime | None = None
    ranges: list[tuple[int, int]] = field(default_factory=list)

    def has(self, number: int) -> bool:
        """Return whether they have read the post with this number."""
        return number <= self.mark or any(first <= number <= last for first, last in self.ranges)

    def last(self) -> int:
        """Return the last number that they have read."""
        return max([self.mark, *(last for _first, last in self.ranges)])


def carry(source_id: int, target_id: int, numbers: Mapping[int, int]) -> None:
    """Let members have read in the target what they had read in the source; `numbers`: the new ones by the old.

    Both threads are locked. What they have read of other posts in the target stays as it was.
    """
    there, here = _of_thread(source_id), _of_thread(target_id)
    marks: list[dict[str, Any]] = []
    ahead: list[dict[str, Any]] = []
    for member_id in sorted({*there, *here}):
        before, source = here.get(member_id, _Read()), there.get(member_id, _Read())
        arriving = {new: source.has(old) for old, new in numbers.items()}
        if all(before.has(number) == is_read for number, is_read in arriving.items()):
            continue
        mark, ranges = _runs(before, arriving)
        its = {"member_id": member_id, "thread_id": target_id}
        marks.append({**its, "last_number": mark, "read_at": before.read_at or source.read_at or clock.now()})
        ahead += [{**its, "first_number": first, "last_number": last} for first, last in ranges]
    _write(target_id, marks, ahead)


def _runs(before: _Read, arriving: Mapping[int, bool]) -> tuple[int, list[tuple[int, int]]]:
    """The mark and the ranges of everything that is read then."""
    runs: list[tuple[int, int]] = []
    for number in range(1, max(before.last(), *arriving) + 1):
        if not arriving.get(number, before.has(number)):
            continue
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    if runs and runs[0][0] == 1:
        return runs[0][1], runs[1:]
    return 0, runs


def _of_thread(thread_id: int) -> dict[int, _Read]:
    """What each member has read of a thread, of those who opened it or read ahead in it."""
    found: dict[int, _Read] = {}
    marks = select(ReadMark.member_id, ReadMark.last_number, ReadMark.read_at)
    for member_id, last, read_at in db.session.execute(marks.where(ReadMark.thread_id == thread_id)):
        found[member_id] = _Read(last, read_at)
    ranges = select(ReadAhead.member_id, ReadAhead.first_number, ReadAhead.last_number)
    for member_id, first, last in db.session.execute(ranges.where(ReadAhead.thread_id == thread_id)):
        found.setdefault(member_id, _Read()).ranges.append((first, last))
    return found


def _write(target_id: int, marks: list[dict[str, Any]], ahead: list[dict[str, Any]]) -> None:
    for some in _pieces(marks):
        changed = [row["member_id"] for row in some]
        db.session.execute(
            delete(ReadAhead).where(ReadAhead.thread_id == target_id, ReadAhead.member_id.in_(changed))
        )
        upsert(ReadMark, some, keys=("member_id", "thread_id"))
    for some in _pieces(ahead):
        insert_new(ReadAhead, some)


def _pieces(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
