"""Counter-evidence as a reader of its lesson gets it, with what those behind the claim reply.

Of a lesson that is masked for the reader nothing leads to a city: who brought it stands by their kind of job, without
day, post and report; who replies, as their excerpt does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from sqlalchemy import Integer, Select, and_, bindparam, false, or_, select, true

from forum.domain.lessons import behind_claims
from forum.domain.lessons.masking import all_masked, in_words
from forum.domain.lessons.report_list import PostLink
from forum.domain.people import bylines
from forum.domain.people.bylines import Byline, held, masked, speaker
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.adoptions import AdoptionReport
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson
from forum.models.threads import Post, Thread
from forum.policy.actions import may_moderate
from forum.policy.actors import Actor
from forum.policy.disputing import may_reply_to
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

MOST = 50  # on one lesson; a claim with more has other troubles
_READ = (
    "id", "claim_root", "claim_text", "words", "author_id", "made_at", "decided_at", "accepted", "declined_because",
    "next_answer", "ended_at", "ended_because", "ended_in",
)  # fmt: skip
# How each author stands under a claim, by its root and their id.
Speakers = Mapping[tuple[int, int], Byline]


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody behind the claim says to it; without words, as their account is erased."""

    by: Byline
    words: str
    is_own: bool
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """Evidence against a claim; not `decided` it waits, and is read by its author and the makers alone."""

    id: int
    root: int
    claim_text: str
    words: str
    by: Byline
    is_own: bool
    decided: bool
    accepted: bool
    decided_on: str
    post: PostLink | None
    report_id: int | None
    declined_because: str
    next_answer: str
    ended: bool
    ended_on: str
    ended_because: str
    ended_in: str | None
    replies: tuple[Reply, ...]
    may_reply: bool  # the reader is behind the claim, and the dispute is open

    @property
    def own_reply(self) -> str:
        """What the reader replied already."""
        return next((one.words for one in self.replies if one.is_own), "")

    @property
    def is_open(self) -> bool:
        """Whether it disputes its claim now."""
        return self.accepted and not self.ended


class Standing(NamedTuple):
    """How those behind a lesson stand for its reader. `hidden`: where it comes from is kept from them."""

    hidden: bool
    speakers: Speakers  # who is quoted
    curator: Byline


def of_lesson(
    reader: Actor | None, lesson: Lesson, stand: Standing, said: Iterable[Any] = ()
) -> list[Counter]:
    """Return the evidence on a lesson that the reader knows of, the oldest first (one query).

    `said` are the replies to it, rows of `page_facts`.
    """
    makes = reader is not None and bool(may_moderate(reader, lesson.space_id))
    values = {**reader_values(reader), "lesson_id": lesson.id, "current_id": lesson.current_id}
    rows = select_rows(_evidence(reader is not None, makes), values).all()
    if not rows:
        return []
    replies = defaultdict(list)
    roots = {row.id: row.claim_root for row in rows}
    for one in said:
        if one.evidence_id not in roots:
            continue
        by = stand.speakers.get((roots[one.evidence_id], one.author_id))
        if by is None:
            by = (
                stand.curator
                if one.author_id == lesson.curator_id
                else masked(_("somebody behind this claim"))
            )
        own = reader is not None and one.author_id == reader.id
        replies[one.evidence_id].append(Reply(by, one.words, own, one.changed_at is not None))
    by_whom = (
        [speaker(row, said_at=row.made_at) for row in rows]
        if not stand.hidden
        else [masked(words) for words in all_masked([held(row) for row in rows])]
    )
    found = [
        _counter(row, reader, (by, replies[row.id]), lesson, hidden=stand.hidden)
        for row, by in zip(rows, by_whom, strict=True)
    ]
    return sorted(found, key=lambda one: one.id)


def answers_of(lesson: Lesson) -> list[tuple[str, str, str]]:
    """Return what the version in the making says that it does with open disputes, for its makers and its reviewer.

    Each as the claim, the evidence that everybody reads, and the answer (one query).
    """
    query = select(CounterEvidence.claim_text, CounterEvidence.words, CounterEvidence.next_answer).where(
        CounterEvidence.lesson_id == lesson.id,
        CounterEvidence.accepted,
        CounterEvidence.ended_at.is_(None),
        CounterEvidence.next_answer != "",
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(CounterEvidence.id))]


def by_root(counters: Iterable[Counter]) -> dict[int, tuple[Counter, ...]]:
    """Return evidence by the root of its claim, without what was declined."""
    found: defaultdict[int, tuple[Counter, ...]] = defaultdict(tuple)
    for one in counters:
        if one.accepted or not one.decided:
            found[one.root] += (one,)
    return dict(found)


def _counter(
    row: Any, reader: Actor | None, said: tuple[Byline, list[Reply]], lesson: Lesson, *, hidden: bool
) -> Counter:
    is_behind = row.quotes_reader or (reader is not None and reader.id == lesson.curator_id)
    by, replies = said
    has_post = row.thread_id is not None and not hidden
    return Counter(
        id=row.id,
        root=row.claim_root,
        claim_text=row.claim_text,
        words=row.words,
        by=by,
        is_own=reader is not None and row.author_id == reader.id,
        decided=row.decided_at is not None,
        accepted=row.accepted,
        decided_on=in_words(row.decided_at, hidden=hidden),
        post=PostLink(row.thread_id, row.slug, row.number) if has_post else None,
        report_id=row.standing_id if not hidden else None,
        declined_because=row.declined_because,
        next_answer=row.next_answer,
        ended=row.ended_at is not None,
        ended_on=in_words(row.ended_at, hidden=hidden),
        ended_because=row.ended_because,
        ended_in=row.ended_in,
        replies=tuple(replies),
        may_reply=bool(may_reply_to(reader, row, behind=is_behind)),
    )


@cached
def _evidence(signed_in: bool, makes: bool) -> Select[Any]:
    """The evidence on the lesson `lesson_id` that the reader knows of, what is accepted before the rest."""
    reader = reader_param(signed_in)
    known: Any = CounterEvidence.accepted
    quotes_reader: Any = false()
    if reader is not None:
        current = bindparam("current_id", type_=Integer)
        quotes = behind_claims.quoted(current, CounterEvidence.claim_root).where(Post.author_id == reader.id)
        quotes_reader = quotes.correlate(CounterEvidence).exists()
        known = true() if makes else or_(known, CounterEvidence.author_id == reader.id)
    query: Any = (
        select(
            *(getattr(CounterEvidence, name) for name in _READ),
            Thread.id.label("thread_id"),
            Thread.slug,
            Post.number,
            AdoptionReport.id.label("standing_id"),
            quotes_reader.label("quotes_reader"),
            *bylines.COLUMNS,
        )
        .join(Member, Member.id == CounterEvidence.author_id)
        .outerjoin(Capacity, Capacity.id == CounterEvidence.capacity_id)
        .outerjoin(Post, and_(Post.id == CounterEvidence.post_id, Post.html != ""))
        .outerjoin(Thread, and_(Thread.id == Post.thread_id, sees(Thread, reader)))
        .outerjoin(
            AdoptionReport, and_(AdoptionReport.id == CounterEvidence.report_id, AdoptionReport.stands)
        )
        .where(CounterEvidence.lesson_id == bindparam("lesson_id", type_=Integer), known)
    )
    waits = CounterEvidence.decided_at.is_(None)
    order = (CounterEvidence.accepted.desc(), waits.desc(), CounterEvidence.id.desc())
    return cast(Select[Any], query.order_by(*order).limit(MOST))
