"""Versions of several lessons on one page, each as its own page shows it to the reader: in few queries for all of them.

Also how each stands since: withdrawn, superseded, contradicted.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from sqlalchemy import Integer, Select, String, case, func, select
from sqlalchemy import cast as as_type

from forum.domain.lessons import claim_views, consent_checks, origin, origin_filters, page_queries
from forum.domain.lessons.adoptions import Pair, pairs, written
from forum.domain.lessons.consent_answers import Answers
from forum.domain.lessons.masking import in_words
from forum.domain.lessons.views import ClaimView
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import QuotedClaim
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.adoptions import AdoptionReport
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees


class Against(NamedTuple):
    """Accepted evidence against the claims of one root; `is_open`: nobody answered some of it."""

    number: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """A version of a lesson among others, as its reader gets it."""

    lesson: Lesson
    version: LessonVersion
    claims: list[ClaimView]
    cities: list[str]  # behind it, as everybody may know them
    pairs: list[Pair]  # as on its page
    reports: int
    overdue: bool
    ended: str  # when it was withdrawn or superseded, as the reader may know it
    successor: tuple[str, str] | None  # number and title of what took its place, for who reads that
    against: dict[int, Against]  # accepted counter-evidence, by the root of its claim

    @property
    def is_current(self) -> bool:
        """Whether this is the version that readers get first."""
        return self.version.id == self.lesson.current_id

    @property
    def disputed(self) -> list[int]:
        """The numbers of its claims that are disputed now."""
        found = [(claim.number, self.against.get(claim.root)) for claim in self.claims]
        return [number for number, one in found if one is not None and one.is_open]

    @property
    def is_disputed(self) -> bool:
        """Whether anything stands against the lesson that nobody answered, also against another version of it."""
        return any(one.is_open for one in self.against.values())

    @property
    def elsewhere(self) -> int:
        """How much evidence stands against claims that this version has not."""
        here = {claim.root for claim in self.claims}
        return sum(one.number for root, one in self.against.items() if root not in here)


def of(reader: Actor | None, version_ids: Collection[int]) -> dict[int, Brief]:
    """Return these published versions, of lessons that the reader sees, by their id (five queries, however many)."""
    values = {**reader_values(reader), "version_ids": list(version_ids)}
    rows = db.session.execute(_published(reader is not None), values).all()
    if not rows:
        return {}
    quoted = excerpts.all_for_reader(reader, [row.LessonVersion.id for row in rows])
    threads = select_rows(page_queries.sources_of_all(reader is not None), values).all()
    answers = Answers([row.Lesson.id for row in rows])
    successors = _successors(reader, rows)
    found = {}
    for row in rows:
        own = [thread for thread in threads if thread.version_id == row.LessonVersion.id]
        claims = _claims(row, quoted[row.LessonVersion.id], own, answers)
        found[row.LessonVersion.id] = _brief(row, claims, successors)
    return found


def _brief(row: Any, claims: list[ClaimView], successors: dict[int, tuple[str, str, bool]]) -> Brief:
    lesson, hidden = row.Lesson, bool(row.hidden)
    other = successors.get(lesson.superseded_by_id or 0)
    return Brief(
        lesson=lesson,
        version=row.LessonVersion,
        claims=claims,
        cities=origin.cities(row.LessonVersion),
        pairs=pairs(row.reports),
        reports=row.number,
        overdue=origin_filters.is_overdue(lesson, hidden=hidden),
        ended=in_words(lesson.ended_at, hidden=hidden),
        # One of the two may be masked since: then each would say of the other where it comes from.
        successor=other[:2] if other is not None and other[2] == hidden else None,
        against=_against(row.against),
    )


def _claims(row: Any, quoted: list[QuotedClaim], threads: list[Any], answers: Answers) -> list[ClaimView]:
    lesson, version = row.Lesson, row.LessonVersion
    claims = origin.by_right(quoted, lesson)
    sources = claim_views.sources(threads, version, claims, hidden=bool(row.hidden))
    given = consent_checks.Given() if sources.complete else answers.given(lesson.id, lesson.audience)
    claims, terms = origin.masked_together(claims, given, lesson.id, answers)
    return claim_views.of(lesson, version, claims, sources.ids, terms)


def _against(written_out: str | None) -> dict[int, Against]:
    number, still = Counter[int](), set()
    for line in (written_out or "").split():
        root, is_open = line.split(":")
        number[int(root)] += 1
        if int(is_open):
            still.add(int(root))
    return {root: Against(count, root in still) for root, count in number.items()}


def _successors(reader: Actor | None, rows: Iterable[Any]) -> dict[int, tuple[str, str, bool]]:
    """What took the place of these lessons, as far as the reader sees it (one query, or none).

    Its number and title, and whether where it comes from is kept from them.
    """
    ids = [row.Lesson.superseded_by_id for row in rows if row.Lesson.superseded_by_id is not None]
    if not ids:
        return {}
    found = select_rows(_titles(reader is not None), {**reader_values(reader), "lesson_ids": ids})
    return {row.id: (row.public_id or "", row.title, bool(row.hidden)) for row in found}


@cached
def _titles(signed_in: bool) -> Select[Any]:
    reader = reader_param(signed_in)
    query: Any = (
        select(Lesson.id, Lesson.public_id, LessonVersion.title, origin.is_hidden(reader).label("hidden"))
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(in_list(Lesson.id, "lesson_ids"), sees(Lesson, reader))
    )
    return cast(Select[Any], query)


@cached
def _published(signed_in: bool) -> Select[Any]:
    """The versions `version_ids` with their lessons, what came of them, and what stands against them."""
    reader = reader_param(signed_in)
    number = select(func.count()).where(AdoptionReport.lesson_id == Lesson.id, AdoptionReport.stands)
    is_open = case((CounterEvidence.ended_at.is_(None), "1"), else_="0")
    line = as_type(CounterEvidence.claim_root, String).concat(":").concat(is_open)
    against = select(func.aggregate_strings(line, " ")).where(
        CounterEvidence.lesson_id == Lesson.id, CounterEvidence.accepted
    )
    query: Any = (
        select(
            Lesson,
            LessonVersion,
            origin.is_hidden(reader).label("hidden"),
            written(Lesson.id),
            number.correlate(Lesson).scalar_subquery().label("number"),
            against.correlate(Lesson).scalar_subquery().label("against"),
        )
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .where(
            in_list(LessonVersion.id, "version_ids", Integer),
            Lesson.current_id.is_not(None),
            LessonVersion.number.is_not(None),
            sees(Lesson, reader),
        )
    )
    return cast(Select[Any], query)
