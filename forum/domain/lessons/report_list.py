"""The reports on a lesson as its reader gets them: what each says last, and how it went on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from forum.domain.lessons import report_queries
from forum.domain.lessons.adoptions import Pair, pairs
from forum.domain.people.bylines import Byline, speaker
from forum.infra import days
from forum.infra.paging import Page, id_of
from forum.infra.statements import select_rows
from forum.models.lessons import Lesson
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.readers import reader_values

NEWEST = 10  # on the page of a lesson; all of them have a page of their own
ON_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class PostLink:
    """Where something stands in a thread, for a reader who may see that thread."""

    id: int
    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class Foretold:
    """What somebody foretold. Without words: not due yet, withdrawn, or erased with their account."""

    id: int
    due_on: date
    sealed_on: date
    sha256: str
    expected: str = ""
    stop_when: str = ""
    salt: str = ""
    withdrawn_on: date | None = None
    is_open: bool = False  # everybody who reads the lesson may read it
    is_own: bool = False
    city: str = ""  # where it stands beside no report
    others: int = 0  # how much else its author foretold of the lesson and took back


@dataclass(frozen=True, slots=True)
class Adoption:
    """One report. `earlier` are the day and outcome of the first one, where this one goes on with it."""

    city: str
    outcome: str
    by: Byline
    reported_on: date
    words: dict[str, str] = field(default_factory=dict)  # by `report_queries.WORDS`
    post: PostLink | None = None
    spoke: str = ""
    advice: str = ""
    changed_on: date | None = None
    earlier: tuple[date, str] | None = None
    foretold: Foretold | None = None
    id: int = 0
    is_own: bool = False
    stands: bool = True
    may_change: bool = False  # and go on with it; who became a guest may still take it back


@dataclass(frozen=True, slots=True)
class Reports:
    """What came of a lesson elsewhere: the newest reports, how many there are of each outcome, and the rest."""

    newest: list[Adoption] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    by_outcome: Counter[str] = field(default_factory=Counter)
    orphans: list[Foretold] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many reporters there are."""
        return self.by_outcome.total()


def of_lesson(
    reader: Actor | None, lesson: Lesson, orphans: Iterable[Any] = (), *, hidden: bool = False
) -> Reports:
    """Return the reports on a lesson that the reader may see, the latest first (one query).

    `orphans`: rows of what was foretold, and the report was taken back since. `hidden`: where it comes from is kept
    from the reader, so nothing here leads there.
    """
    alone = [_foretold(row, city=row.city) for row in orphans]
    values = {**_values(reader, lesson.id), "limit": NEWEST}
    rows = select_rows(report_queries.latest(reader is not None), values).all()
    if not rows:
        return Reports(orphans=alone)
    return Reports(
        [_adoption(row, reader, hidden=hidden) for row in rows],
        pairs(rows[0].reports),
        Counter(rows[0].outcomes.split(",")),
        alone,
    )


def page(reader: Actor | None, lesson: Lesson, *, hidden: bool, cursor: str | None) -> Page[Adoption]:
    """Return a page of the same reports, all of them (one query); the cursor is the last one before it."""
    values = {**_values(reader, lesson.id), "after": id_of(cursor), "limit": ON_A_PAGE + 1}
    rows = select_rows(report_queries.standing(reader is not None, bool(values["after"])), values).all()
    more = str(rows[ON_A_PAGE - 1].id) if len(rows) > ON_A_PAGE else None
    return Page([_adoption(row, reader, hidden=hidden) for row in rows[:ON_A_PAGE]], more)


def course(reader: Actor | None, lesson: Lesson, report_id: int, *, hidden: bool) -> list[Adoption]:
    """Return a report on the lesson with all that the same person said before and after it, the newest first.

    NotFound for one of another lesson, or that is not there.
    """
    values = {**_values(reader, lesson.id), "report_id": report_id}
    rows = select_rows(report_queries.course(reader is not None), values).all()
    if not rows:
        raise NotFound
    return [_adoption(row, reader, hidden=hidden) for row in rows]


def one_foretold(reader: Actor | None, lesson: Lesson, foretelling_id: int) -> tuple[Foretold, Byline]:
    """Return what was foretold of the lesson under that id, as far as the reader may read it, and by whom; NotFound."""
    values = {**_values(reader, lesson.id), "foretelling_id": foretelling_id}
    row = select_rows(report_queries.one_foretold(reader is not None), values).one_or_none()
    if row is None:
        raise NotFound
    found = _foretold(row, city=row.city)
    return found, _by(row, found.sealed_on)


def _values(reader: Actor | None, lesson_id: int) -> dict[str, Any]:
    return {**reader_values(reader), "lesson_id": lesson_id, "today": days.today()}


def _adoption(row: Any, reader: Actor | None, *, hidden: bool) -> Adoption:
    # A thread behind a masked lesson, or that somebody spoke with its city, would lead to who is masked.
    leads_there = hidden and row.in_source
    has_post = row.thread_id is not None and not leads_there
    is_own = reader is not None and row.reporter_id == reader.id
    return Adoption(
        id=row.id,
        city=row.city,
        outcome=row.outcome.value,
        by=_by(row, row.reported_on),
        reported_on=row.reported_on,
        words={name: getattr(row, name) for name in report_queries.WORDS},
        post=PostLink(row.thread_id, row.slug, row.number) if has_post else None,
        spoke=row.spoke.value if row.spoke and not hidden else "",
        advice=row.advice.value if row.advice else "",
        changed_on=row.changed_on,
        earlier=(row.first_on, row.first_outcome.value) if row.follows_id else None,
        foretold=_foretold(row) if row.foretold_id is not None else None,
        is_own=is_own,
        stands=row.stands,
        may_change=is_own and row.stands and reader is not None and reader.is_full,
    )


def _by(row: Any, day: date) -> Byline:
    return speaker(row, said_at=datetime.combine(day, time(), UTC))


def _foretold(row: Any, city: str = "") -> Foretold:
    return Foretold(
        id=row.foretold_id,
        due_on=row.foretold_due_on,
        sealed_on=days.day_of(row.foretold_sealed_at),
        sha256=row.foretold_sha256,
        expected=row.foretold_expected,
        stop_when=row.foretold_stop_when,
        salt=row.foretold_salt,
        withdrawn_on=days.day_of(row.foretold_withdrawn_at) if row.foretold_withdrawn_at else None,
        is_open=bool(row.foretold_is_open),
        is_own=bool(row.foretold_is_own),
        city=city,
        others=row.foretold_others,
    )
