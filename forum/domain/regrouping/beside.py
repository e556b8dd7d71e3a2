"""What is said beside the posts of a thread goes along when it is merged: short responses, and where it stands.

Who responded to both stories has one response then: the one in the other thread, unless only this one has words. The
one that gives way waits at the closed thread, and is back after an undo.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update

from forum.infra.db import db
from forum.infra.rows import insert_new
from forum.models.notifications import Notification
from forum.models.responses import ThreadResponse
from forum.models.summaries import SummaryCitation, SummaryKeeper, SummaryVersion
from forum.models.threads import Thread

Went = dict[str, Any]
NOTICES = ("responded", "response_hidden", "summary_asked")
_SAID = ("kind", "sentence", "said_at", "capacity_id", "hidden_at", "hidden_by_id", "hidden_reason")


@dataclass(frozen=True, slots=True)
class Beside:
    """What would go along. `twice`: how many responded to both; `has_summary`, and whether the other one has, too."""

    responses: int
    twice: int
    has_summary: bool
    other_has_summary: bool
    facts: tuple[Any, ...]  # what has to be the same when it is done


def planned(source: Thread, target: Thread) -> Beside:
    """Return what a merge of one thread into another would take along (three queries)."""
    here = select(ThreadResponse.member_id).where(ThreadResponse.thread_id == target.id)
    twice = func.count().filter(ThreadResponse.member_id.in_(here))
    said = select(func.count(), twice, func.max(ThreadResponse.said_at))
    responses = db.session.execute(said.where(ThreadResponse.thread_id == source.id)).one()
    latest = {
        thread.id: db.session.scalar(
            select(func.max(SummaryVersion.id)).where(SummaryVersion.thread_id == thread.id)
        )
        for thread in (source, target)
    }
    return Beside(
        responses[0],
        responses[1],
        has_summary=latest[source.id] is not None,
        other_has_summary=latest[target.id] is not None,
        facts=(*responses[:2], str(responses[2]), *latest.values()),
    )


def summed_up(thread: Thread, post_ids: Sequence[int]) -> int:
    """Return how many sentences of where a thread stands rest on one of these posts (one query)."""
    latest = (
        select(func.max(SummaryVersion.id)).where(SummaryVersion.thread_id == thread.id).scalar_subquery()
    )
    rests = (SummaryCitation.version_id == latest, SummaryCitation.post_id.in_(post_ids))
    return db.session.scalar(select(func.count(func.distinct(SummaryCitation.position))).where(*rests)) or 0


def carry(source: Thread, target: Thread, numbers: Mapping[int, int]) -> Went:
    """Let it all go along; return what `take_back` takes back. `numbers`: those of the posts there by those here."""
    told = (Notification.thread_id == source.id, Notification.kind.in_(NOTICES))
    notices = list(db.session.scalars(select(Notification.id).where(*told)))
    _put(Notification, notices, target)
    return {
        **_carry_responses(source, target),
        **_carry_summaries(source, target, numbers),
        "keepers": _carry_keepers(source, target),
        "notices": notices,
    }


def take_back(source: Thread, target: Thread, went: Went) -> None:
    """Take back what `carry` let go, as far as it is there."""
    if "responses" not in went:  # merged by a version of the software that left all of it behind
        return
    _put(Notification, went["notices"], source)
    _put(ThreadResponse, went["responses"], source)
    for its_id, other_id in went["exchanged"]:
        its, other = (db.session.get(ThreadResponse, each) for each in (its_id, other_id))
        if its is not None and other is not None:
            _exchange(its, other)
        elif its is not None:  # the other one was taken back since: this is what was said there before
            its.thread_id = target.id
    db.session.flush()
    keepers = (SummaryKeeper.thread_id == target.id, SummaryKeeper.member_id.in_(went["keepers"]))
    db.session.execute(delete(SummaryKeeper).where(*keepers))
    for version_id, number, last_number in went["summaries"]:
        row = update(SummaryVersion).where(SummaryVersion.id == version_id)
        db.session.execute(row.values(thread_id=source.id, number=number, last_number=last_number))
    if went["summaries"]:
        _shift(target, -went["later"])


def _put(model: Any, ids: list[int], thread: Thread) -> None:
    rows = update(model).where(model.id.in_(ids)).values(thread_id=thread.id)
    db.session.execute(rows.execution_options(synchronize_session="fetch"))


def _carry_responses(source: Thread, target: Thread) -> Went:
    """Each member has one; an id stays with its thread where two change places, so that no row is twice there."""
    query = select(ThreadResponse).where(ThreadResponse.thread_id.in_((source.id, target.id)))
    rows = db.session.scalars(query.order_by(ThreadResponse.id).execution_options(populate_existing=True))
    all_of_them = rows.all()
    there = {row.member_id: row for row in all_of_them if row.thread_id == target.id}
    alone, exchanged = [], []
    for row in all_of_them:
        other = there.get(row.member_id)
        if row.thread_id == source.id and other is None:
            alone.append(row.id)
        elif row.thread_id == source.id and other is not None and row.sentence and not other.sentence:
            _exchange(row, other)
            exchanged.append([row.id, other.id])
    db.session.flush()
    _put(ThreadResponse, alone, target)
    return {"responses": alone, "exchanged": exchanged}


def _exchange(one: ThreadResponse, other: ThreadResponse) -> None:
    for name in _SAID:
        mine, its = getattr(one, name), getattr(other, name)
        setattr(one, name, its)
        setattr(other, name, mine)


def _carry_summaries(source: Thread, target: Thread, numbers: Mapping[int, int]) -> Went:
    """Versions come before those of the other thread: the latest there stands, where it has any."""
    query = select(SummaryVersion).where(SummaryVersion.thread_id == source.id)
    versions = db.session.scalars(query.order_by(SummaryVersion.number)).all()
    if not versions:
        return {"summaries": [], "later": 0}
    was = [[version.id, version.number, version.last_number] for version in versions]
    later = versions[-1].number
    _shift(target, later)
    first = min(numbers.values())
    for version in versions:
        read = [new for old, new in numbers.items() if old <= version.last_number]
        version.thread_id, version.last_number = target.id, max(read, default=first)
    db.session.flush()
    return {"summaries": was, "later": later}


def _shift(thread: Thread, by: int) -> None:
    """Give the versions of a thread other numbers, with none of them twice at any moment."""
    its = update(SummaryVersion).where(SummaryVersion.thread_id == thread.id)
    for number in (-SummaryVersion.number, by - SummaryVersion.number):
        db.session.execute(its.values(number=number).execution_options(synchronize_session="fetch"))


def _carry_keepers(source: Thread, target: Thread) -> list[int]:
    """Who was asked to write where the one stands writes where both stand."""
    query = select(SummaryKeeper).where(SummaryKeeper.thread_id == source.id)
    rows = [
        {"member_id": each.member_id, "thread_id": target.id, "asked_by_id": each.asked_by_id,
         "asked_at": each.asked_at}
        for each in db.session.scalars(query)
    ]  # fmt: skip
    return [row.member_id for row in insert_new(SummaryKeeper, rows, SummaryKeeper.member_id)]
