"""One person in a space, for its moderators: what was decided about them there, and private notes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.domain.audit import undoable
from forum.domain.audit.undoable import OpenAct
from forum.domain.lines import clean_paragraphs
from forum.domain.spaces import measures
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.desk import DeskNote
from forum.models.measures import MeasureKind, SpaceMeasure
from forum.models.spaces import Role, Space
from forum.models.threads import Post, Thread
from forum.models.undo import UndoKind
from forum.policy.actions import Answer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.measuring import may_measure
from forum.policy.visibility import get_visible

MOST = 50  # that are shown, of decisions and of notes
MOST_WRITTEN = "120 per hour"
# As which a private note about a person stands among those of the desk; its item is the member.
NOTE = "person"
HOLDS, OVER, SAID = "holds", "over", "said"
_MAKER, _ENDER = aliased(Member), aliased(Member)


@dataclass(frozen=True, slots=True)
class Line:
    """A decision of before or of now."""

    id: int
    kind: MeasureKind
    reason: str
    last_day: date | None
    made_at: datetime
    by: str
    state: str  # HOLDS, OVER, or SAID of a warning
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a moderator wrote about the person; without words once those were erased."""

    name: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the moderators of one space know them."""

    id: int
    name: str
    role: Role | None  # in the space, now
    may_measure: Answer
    lines: list[Line]
    notes: list[Note]
    acts: list[OpenAct]  # that the reader can still undo

    @property
    def holding(self) -> set[str]:
        """The kinds that hold now."""
        return {line.kind.value for line in self.lines if line.state == HOLDS}


def of(actor: Actor, space_id: int, member_id: int) -> Person:
    """Return somebody who was in a space or wrote there, for its moderators (seven queries).

    NotFound; Forbidden for who does not moderate it, and about themselves.
    """
    space, member = _place(actor, space_id, member_id)
    role = measures.role_in(space.id, member.id)
    return Person(
        member.id,
        member.name,
        role,
        may_measure(actor, space.id, member.id, role=role),
        _lines(space.id, member.id),
        _notes(space.id, member.id),
        [
            act
            for act in undoable.open_acts(actor, kind=UndoKind.MEASURE)
            if (act.before["slug"], act.before["member_id"]) == (space.slug, member.id)
        ],
    )


def of_author(actor: Actor, post_id: int) -> tuple[str, int]:
    """Return the space of a post, as its address, and who wrote it; NotFound, Forbidden as in `of`."""
    post: Post = get_visible(Post, actor, post_id)
    thread: Thread = get_visible(Thread, actor, post.thread_id)
    space, member = _place(actor, thread.space_id, post.author_id)
    return space.slug, member.id


def write(actor: Actor, space_id: int, member_id: int, *, words: str) -> None:
    """Write a private note; the same twice is once. Errors as in `of`, and Invalid at `words`, TooOften."""
    space, member = _place(actor, space_id, member_id)
    words = clean_paragraphs(
        words, field="words", limit=DeskNote.WORDS_MAX, missing=_("Write something first.")
    )
    its = (DeskNote.kind == NOTE, DeskNote.item_id == member.id, DeskNote.space_id == space.id)
    query = select(DeskNote).where(*its, DeskNote.author_id == actor.id).order_by(DeskNote.id.desc())
    last = db.session.scalars(query.limit(1)).one_or_none()
    if last is not None and last.words == words:  # sent twice
        return
    rates.spend("desk_note", f"member:{actor.id}", limit=MOST_WRITTEN)
    row = {"kind": NOTE, "item_id": member.id, "space_id": space.id, "subject_id": member.id}
    db.session.add(DeskNote(**row, author_id=actor.id, words=words, made_at=clock.now()))
    db.session.flush()


def _place(actor: Actor, space_id: int, member_id: int) -> tuple[Space, Member]:
    space: Space = get_visible(Space, actor, space_id)
    require(may_moderate(actor, space.id))
    if member_id == actor.id:
        require(may_measure(actor, space.id, member_id, role=None))
    if member_id < 1:
        raise NotFound
    return space, measures.known(space.id, member_id)


def _lines(space_id: int, member_id: int) -> list[Line]:
    query = (
        select(SpaceMeasure, _MAKER.name.label("maker"), _ENDER.name.label("ender"))
        .outerjoin(_MAKER, _MAKER.id == SpaceMeasure.made_by_id)
        .outerjoin(_ENDER, _ENDER.id == SpaceMeasure.ended_by_id)
        .where(
            SpaceMeasure.space_id == space_id,
            SpaceMeasure.member_id == member_id,
            SpaceMeasure.undone_at.is_(None),
        )
        .order_by(SpaceMeasure.id.desc())
        .limit(MOST)
    )
    return [_line(*row) for row in db.session.execute(query)]


def _line(measure: SpaceMeasure, maker: str | None, ender: str | None) -> Line:
    is_over = measure.ended_at is not None or (
        measure.last_day is not None and measure.last_day < days.today()
    )
    state = SAID if measure.kind == MeasureKind.WARN else OVER if is_over else HOLDS
    return Line(
        measure.id,
        measure.kind,
        measure.reason,
        measure.last_day,
        measure.made_at,
        maker or "",
        state,
        measure.ended_at,
        ender or "",
    )


def _notes(space_id: int, member_id: int) -> list[Note]:
    its = (DeskNote.kind == NOTE, DeskNote.item_id == member_id, DeskNote.space_id == space_id)
    query = select(Member.name, DeskNote.made_at, DeskNote.words)
    query = query.join(Member, Member.id == DeskNote.author_id).where(*its)
    return [Note(*row) for row in db.session.execute(query.order_by(DeskNote.id.desc()).limit(MOST))]
