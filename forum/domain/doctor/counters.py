"""Counts that are kept beside what they count: of threads, of what members read, of the library."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, select

from forum.domain.doctor.findings import Finding, Tally, pieces, tell
from forum.domain.lessons import library_counts, library_keys
from forum.domain.threads import post_store
from forum.infra.db import db
from forum.models.lessons import Lesson
from forum.models.threads import Post, ReadMark, Thread, ThreadCity

RECOUNT, RECOUNT_LESSONS = "run `flask thread recount`", "run `flask lesson recount`"


def threads() -> Iterator[Finding]:
    """Posts, cities and first answers that threads keep, and whether the field told them, against their posts."""
    tallies = {
        "posts": Tally("thread counts", f"threads say another number of posts than stand there: {RECOUNT}"),
        "cities": Tally("thread cities", f"threads name other cities than speak there: {RECOUNT}"),
        "told": Tally("field voices", f"threads say wrongly whether the field told them: {RECOUNT}"),
        "answer": Tally("first answers", f"threads have another first answer than stands there: {RECOUNT}"),
        "numbers": Tally("thread numbers", "threads whose next post would get the number of an older one"),
    }
    for ids in pieces(Thread.id):
        groups = _by_thread(post_store.STANDING.where(Post.thread_id.between(*ids)))
        said_at = _by_thread(select(*_CITY).where(ThreadCity.thread_id.between(*ids)))
        last = select(Post.thread_id, func.max(Post.number).label("number"))
        last = last.where(Post.thread_id.between(*ids)).group_by(Post.thread_id)
        numbers = {row.thread_id: row.number for row in db.session.execute(last)}
        opened = db.session.execute(post_store.TOLD_BY_FIELD.where(Post.thread_id.between(*ids)))
        told = {row.thread_id: row.told_by_field for row in opened}
        for thread in db.session.execute(_KEPT.where(Thread.id.between(*ids))):
            counts = post_store.counts(thread.author_id, groups[thread.id])
            cities = {row.city: row.said_at for row in said_at[thread.id]}
            wrong = {
                "posts": thread.post_count != counts.post_count,
                "cities": thread.cities != counts.cities or cities != counts.said_at,
                "told": thread.told_by_field != told.get(thread.id, False),
                "answer": thread.answered_at != counts.answered_at,
                "numbers": thread.last_number < numbers.get(thread.id, 0),
            }
            for name, is_wrong in wrong.items():
                if is_wrong:
                    tallies[name].add(thread.id)
    for tally in tallies.values():
        yield from tally.findings()


_CITY = (ThreadCity.thread_id, ThreadCity.city, ThreadCity.said_at)
_KEPT = select(
    Thread.id,
    Thread.author_id,
    Thread.post_count,
    Thread.cities,
    Thread.told_by_field,
    Thread.answered_at,
    Thread.last_number,
)


def _by_thread(query: Any) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.thread_id].append(row)
    return found


def read_marks() -> Iterator[Finding]:
    """Members who are said to have read posts that are not there."""
    beyond = select(ReadMark.member_id, ReadMark.thread_id).join(
        Thread, and_(Thread.id == ReadMark.thread_id, Thread.last_number < ReadMark.last_number)
    )
    yield from tell("read marks", "marks say that posts were read which are not there", beyond)


def library() -> Iterator[Finding]:
    """The counts beside the filters of the library, and what its orders go by, against lessons and reports."""
    tally = Tally("library counts", f"counts of the library differ from its lessons: {RECOUNT_LESSONS}")
    for difference in library_counts.differences():
        tally.add(difference)
    yield from tally.findings()
    keys = Tally(
        "library orders", f"lessons stand elsewhere in the library than they should: {RECOUNT_LESSONS}"
    )
    for ids in pieces(Lesson.id):
        for lesson_id in library_keys.wrong(*ids):
            keys.add(lesson_id)
    yield from keys.findings()
