"""What authors are asked about their own words in a thread, and what they answer: each their own question alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, select

from forum.domain.regrouping import said, sight
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.regrouping import Agreement, AgreementRound, RoundEnding
from forum.models.responses import ThreadResponse
from forum.models.spaces import Audience, Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound
from forum.policy.thread_readers import Place
from forum.policy.visibility import sees

MOST = 50  # questions in the list, and posts on the page of one


@dataclass(frozen=True, slots=True)
class Line:
    """One question. `title` and `space` are empty where its author may not read them, `to` where it goes likewise.

    `state`: open (with their answer, if they gave one), late, done, ended.
    """

    id: int
    title: str
    slug: str
    thread_id: int | None
    space: str
    to: str
    to_audience: Audience
    is_move: bool
    agreed: bool | None
    last_day: date
    asked_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A post of the author as it stands now."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question whole: with the very words, and how many members would read them who cannot now."""

    line: Line
    posts: list[OwnWords]
    sentence: str  # with a response of theirs
    readers: int | None  # of a space that its author does not see this would be a number of its members
    visitors: bool


def mine(actor: Actor) -> list[Line]:
    """Return what the actor is and was asked, the latest first (one query)."""
    query = _lines(actor).order_by(Agreement.asked_at.desc(), Agreement.id).limit(MOST)
    return [_line(row) for row in db.session.execute(query)]


def get(actor: Actor, agreement_id: int) -> Question:
    """Return one question of the actor's (a bounded number of queries); NotFound for everybody else's."""
    row = _row(actor, agreement_id)
    round_, thread = row.AgreementRound, row.Thread
    was = Place(round_.from_space_id, Audience(round_.from_audience), thread.author_id)
    before = Place.of(thread) if row.is_shown else was
    place = Place(round_.to_space_id, Audience(round_.to_audience), thread.author_id)
    posts = (
        select(Post.number, PostRevision.plain)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.thread_id == thread.id, Post.author_id == actor.id)
        .order_by(Post.number)
        .limit(MOST)
    )
    sentence = select(ThreadResponse.sentence).where(
        ThreadResponse.thread_id == thread.id, ThreadResponse.member_id == actor.id
    )
    would = sight.of(actor, before, place)
    return Question(
        _line(row),
        [OwnWords(*post) for post in db.session.execute(posts)],
        db.session.scalar(sentence) or "",
        # From what they do not read, either, it would be a number of those who do.
        readers=would.gained.number if row.to and row.is_shown else None,
        visitors=would.visitors_gain,
    )


def answer(actor: Actor, agreement_id: int, *, agreed: bool, seen: str | None) -> Agreement:
    """Keep what an author says, until the term is over; what they said before is changed.

    `seen` is the digest of the words that they looked at, None where they looked at none. NotFound; Conflict when it
    can no longer be answered, or these are not their words now.
    """
    row = _row(actor, agreement_id)
    # The thread first, as for everything in it: also where its author no longer sees it.
    db.session.execute(select(Thread.id).where(Thread.id == row.Thread.id).with_for_update())
    query = select(Agreement).where(Agreement.id == agreement_id)
    own = db.session.scalars(query.execution_options(populate_existing=True)).one()
    db.session.refresh(row.AgreementRound)
    if row.AgreementRound.ended_at is not None or own.closes_at <= clock.now():
        raise Conflict(_("This can no longer be answered."))
    # Their words as they are: what they changed since they were asked may not have come to anybody's notice yet.
    if seen is None or seen != _words_now(row.Thread.id, actor):
        raise Conflict(_("You wrote something else here meanwhile. Look again at what it is about."))
    own.digest = seen
    own.agreed, own.answered_at = agreed, clock.now()
    db.session.flush()
    return own


def digest_of(actor: Actor, agreement_id: int) -> str:
    """Return the digest of the words of the actor's, as they are, that a question of theirs is about; NotFound."""
    return _words_now(_row(actor, agreement_id).Thread.id, actor)


def _words_now(thread_id: int, actor: Actor) -> str:
    return said.by(thread_id).get(actor.id, "")


def _row(actor: Actor, agreement_id: int) -> Any:
    row = db.session.execute(_lines(actor).where(Agreement.id == agreement_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _lines(actor: Actor) -> Select[Any]:
    shown = sees(Thread, actor).label("is_shown")
    space = select(Space.name).where(Space.id == AgreementRound.from_space_id, sees(Space, actor))
    to = select(Space.name).where(Space.id == AgreementRound.to_space_id, sees(Space, actor))
    query: Any = (
        select(
            Agreement,
            AgreementRound,
            Thread,
            shown,
            space.correlate(AgreementRound).scalar_subquery().label("space"),
            to.correlate(AgreementRound).scalar_subquery().label("to"),
        )
        .join(AgreementRound, AgreementRound.id == Agreement.round_id)
        .join(Thread, Thread.id == AgreementRound.thread_id)
        .where(Agreement.author_id == actor.id)
    )
    return cast(Select[Any], query)


def _line(row: Any) -> Line:
    own, round_, thread = row.Agreement, row.AgreementRound, row.Thread
    return Line(
        id=own.id,
        title=thread.title if row.is_shown else "",
        slug=thread.slug if row.is_shown else "",
        thread_id=thread.id if row.is_shown else None,
        space=row.space or "",
        to=row.to or "",
        to_audience=Audience(round_.to_audience),
        is_move=round_.from_space_id != round_.to_space_id,
        agreed=own.agreed,
        last_day=own.last_day,
        asked_at=own.asked_at,
        state=_state(own, round_),
    )


def _state(own: Agreement, round_: AgreementRound) -> str:
    if round_.ended_at is not None:
        return "done" if round_.ending == RoundEnding.DONE else "ended"
    return "late" if own.closes_at <= clock.now() else "open"
