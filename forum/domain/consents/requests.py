"""What authors are asked about their own text: their list and each question, with their own answer only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Exists, Select, exists, select

from forum.domain.consents import anew, shown, store, withdrawing
from forum.domain.consents.anew import Difference
from forum.domain.consents.shown import Reading
from forum.domain.lessons import masking
from forum.domain.lessons.unlooked import STANDS
from forum.domain.people.bylines import CapacityColumns
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.claims import Removal
from forum.models.consents import ConsentAnswer, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience, Membership, Role, Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import count_readers, sees, visible


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A line on the home page: what has no answer yet, one for each round."""

    id: int
    title: str
    asked_by: str
    last_day: date
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One question in the list of its author.

    `state`: open, answered (changeable still), late (the term is over, not closed yet), withdrawn, stands, other,
    gone, removed (its author took it out of the lesson a moment ago). `is_out`: a published version has it.
    """

    id: int
    round_id: int
    title: str
    claim_text: str
    words: str
    audience: Audience
    space: str
    asked_by: str
    opened_at: datetime
    last_day: date
    answer: ConsentAnswer | None
    state: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class Source:
    """The post that the words are from, where its author may still read it."""

    id: int  # of the thread
    slug: str
    number: int
    title: str


class LessonLink(NamedTuple):
    """A published lesson as it is called now."""

    public_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Question:
    """Everything on the page of one question."""

    line: Line
    request: ConsentRequest
    remind_on: datetime | None  # while that is to come
    source: Source | None
    before: str  # the text around the words in the post
    after: str
    readers_now: int
    source_audience: Audience
    readers_then: int
    notes: dict[str, str]  # what to say beside each yes
    has_other_moderators: bool  # whom the author may ask as well
    others: list[Line]  # of the same author in the same round
    number: int  # of this one among them
    newer_id: int | None  # the same was asked again later
    may_withdraw: bool  # a yes, and the words are in no published version
    lesson: LessonLink | None  # once it is out, where its author may read it
    since_before: Difference | None  # what changed since it was asked before
    reading: Reading


def mine(actor: Actor) -> list[Line]:
    """Return every question that the actor was asked, those that can be answered first, each group by its last day."""
    lines = [_line(row) for row in db.session.execute(_lines(actor))]
    return sorted(lines, key=lambda line: (line.state not in {"open", "answered"}, line.state != "open"))


def is_asked(member_id: Any) -> Exists:
    """Return whether a round is open in which a member was asked, as a condition."""
    in_round = ConsentRound.id == ConsentRequest.round_id
    return exists().where(ConsentRequest.author_id == member_id, in_round, ConsentRound.closed_at.is_(None))


def waiting(actor: Actor) -> list[WaitingQuestion]:
    """Return the questions without an answer that the actor can still answer, one for each round (one query)."""
    found: dict[int, list[Line]] = {}
    for row in db.session.execute(_lines(actor).where(ConsentRound.closed_at.is_(None))):
        line = _line(row)
        if line.state == "open":
            found.setdefault(line.round_id, []).append(line)
    return [
        WaitingQuestion(lines[0].id, lines[0].title, lines[0].asked_by, lines[0].last_day, len(lines))
        for lines in found.values()
    ]


def get(actor: Actor, request_id: int) -> Question:
    """Return one question of the actor's; NotFound for everybody else's."""
    rows = list(db.session.execute(_lines(actor)))
    row = next((row for row in rows if row.ConsentRequest.id == request_id), None)
    if row is None:
        raise NotFound
    line, request, round_ = _line(row), row.ConsentRequest, row.ConsentRound
    siblings = sorted(
        (_line(other) for other in rows if other.ConsentRequest.round_id == round_.id), key=lambda one: one.id
    )
    origin, lesson = db.session.execute(_origin(request)).one(), _lesson(actor, round_.lesson_id)
    return Question(
        line=line,
        request=request,
        remind_on=round_.remind_at if clock.now() < round_.remind_at else None,
        source=_source(actor, request),
        before=origin.plain[: request.start_at],
        after=origin.plain[request.end_at :],
        readers_now=count_readers(origin.space_id, origin.audience),
        source_audience=origin.audience,
        readers_then=count_readers(row.space_id, round_.audience),
        notes=masking.answer_warnings(_capacity(origin)),
        has_other_moderators=_has_other_moderators(actor, row.space_id, round_.opened_by_id),
        others=[other for other in siblings if other.id != request_id],
        number=[other.id for other in siblings].index(request_id) + 1,
        newer_id=anew.newer_id(request, round_, rows),
        may_withdraw=line.state == "stands"
        and not line.is_out
        and not withdrawing.is_asked_anew(row.open_round_id, request),
        lesson=lesson,
        since_before=anew.difference(request, round_, rows),
        reading=shown.reading(request, round_, state=line.state, may_read=lesson is not None),
    )


def _lines(actor: Actor) -> Select[Any]:
    query: Any = (
        select(
            ConsentRequest,
            ConsentRound,
            Lesson.round_id.label("open_round_id"),
            Space.id.label("space_id"),
            Space.name,
            Member.name.label("asked_by"),
            withdrawing.are_out().label("is_out"),
            _taken_out().label("is_taken_out"),
        )
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .join(Lesson, Lesson.id == ConsentRound.lesson_id)
        .join(Space, Space.id == Lesson.space_id)
        .join(Member, Member.id == ConsentRound.opened_by_id)
        .where(sees(ConsentRequest, actor), STANDS)
        .order_by(ConsentRound.last_day, ConsentRound.id, ConsentRequest.id)
    )
    return cast(Select[Any], query)


def _taken_out() -> ColumnElement[bool]:
    """Whether an author took the words out of the lesson and can undo it: once that is settled the question is gone."""
    return (
        select(Removal.id)
        .where(
            Removal.lesson_id == ConsentRound.lesson_id,
            Removal.revision_id == ConsentRequest.revision_id,
            Removal.start_at < ConsentRequest.end_at,
            Removal.end_at > ConsentRequest.start_at,
            Removal.undone_at.is_(None),
        )
        .correlate(ConsentRequest, ConsentRound)
        .exists()
    )


def _line(row: Any) -> Line:
    request, round_ = row.ConsentRequest, row.ConsentRound
    return Line(
        id=request.id,
        round_id=round_.id,
        title=round_.title,
        claim_text=request.claim_text,
        words=request.words,
        audience=round_.audience,
        space=row.name,
        asked_by=row.asked_by,
        opened_at=round_.opened_at,
        last_day=round_.last_day,
        answer=request.answer,
        state=_state(request, round_, row.is_taken_out),
        is_out=row.is_out,
    )


def _state(request: ConsentRequest, round_: ConsentRound, is_taken_out: bool) -> str:
    if round_.withdrawn:
        return "withdrawn"
    if round_.closed_at is None:
        if clock.now() >= round_.closes_at:
            return "late"
        return "open" if request.answer is None else "answered"
    if store.is_yes(request):
        return "removed" if is_taken_out else "stands"
    is_open = request.answer == ConsentAnswer.OTHER_WORDS and request.left_at is None
    return "other" if is_open else "gone"


def _origin(request: ConsentRequest) -> Select[Any]:
    return (
        select(
            PostRevision.plain,
            Thread.space_id,
            Thread.audience,
            *(getattr(Capacity, name) for name in CapacityColumns._fields),
        )
        .select_from(PostRevision)
        .join(Post, Post.id == PostRevision.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .where(PostRevision.id == request.revision_id)
    )


def _capacity(origin: Any) -> CapacityColumns | None:
    values = [getattr(origin, name) for name in CapacityColumns._fields]
    return CapacityColumns(*values) if values[0] is not None else None


def _has_other_moderators(actor: Actor, space_id: int, asker_id: int) -> bool:
    query = visible(Membership, actor, Membership.id).where(
        Membership.space_id == space_id,
        Membership.role == Role.MODERATOR,
        Membership.member_id.not_in((actor.id, asker_id)),
    )
    return db.session.execute(query.limit(1)).first() is not None


def _source(actor: Actor, request: ConsentRequest) -> Source | None:
    row = db.session.execute(
        select(Thread.id, Thread.slug, Post.number, Thread.title)
        .join(Post, Post.thread_id == Thread.id)
        .where(Post.id == request.post_id, sees(Thread, actor))
    ).one_or_none()
    return Source(*row) if row is not None else None


def _lesson(actor: Actor, lesson_id: int) -> LessonLink | None:
    row = db.session.execute(
        select(Lesson.public_id, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.id == lesson_id, Lesson.public_id.is_not(None), sees(Lesson, actor))
    ).one_or_none()
    return LessonLink(row.public_id or "", row.title) if row is not None else None
