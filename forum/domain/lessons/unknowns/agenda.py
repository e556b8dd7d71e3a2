"""The agenda: what lessons do not know, the questions that most cities share first, then those that were answered.

Everything is asked of lessons that the reader may see; what else there is shows in no row, no count and no order.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, select

from forum.domain.lessons.masking import quarter
from forum.domain.lessons.unknowns import agenda_queries
from forum.domain.lessons.unknowns.agenda_queries import Choice
from forum.infra import i18n
from forum.infra.db import db
from forum.infra.paging import Page, id_of
from forum.policy.actors import Actor

ON_A_PAGE = 20
EVERYTHING = Choice()


@dataclass(frozen=True, slots=True)
class Question:
    """One question in the list. `answered` is when, a day or a quarter, and `answered_by` in which version."""

    id: int
    text: str
    public_id: str
    title: str
    axis: str
    is_due: bool  # its lesson has to be looked at again
    cities: tuple[str, ...]
    is_own: bool
    answered: str = ""
    answered_by: str = ""


@dataclass(slots=True)
class Counts:
    """How many questions there are: open ones by axis, and of what is chosen the open, shared and answered ones."""

    by_axis: Counter[str] = field(default_factory=Counter)
    open: int = 0
    ours: int = 0  # shared by the city that was asked about
    answered: int = 0


def open_questions(
    reader: Actor | None, choice: Choice = EVERYTHING, *, cursor: str | None = None, limit: int = ON_A_PAGE
) -> Page[Question]:
    """Return open questions, those of most cities first, then the newest (one query; a later page, two)."""
    found = agenda_queries.listed(reader, choice, answered=False)
    return _page(reader, found, found.c.number, cursor, limit)


def answered_questions(
    reader: Actor | None, choice: Choice = EVERYTHING, *, cursor: str | None = None, limit: int = ON_A_PAGE
) -> Page[Question]:
    """Return answered questions, the latest first (one query; a later page, two)."""
    found = agenda_queries.listed(reader, choice, answered=True)
    return _page(reader, found, found.c.ended_at, cursor, limit)


def counts(reader: Actor | None, choice: Choice, city: str | None) -> Counts:
    """Return how many questions the reader may see, on the chosen axis and of the chosen lesson (one query)."""
    found = Counts()
    for axis, is_open, ours, answered in db.session.execute(agenda_queries.counts(reader, choice, city)):
        found.by_axis[axis.value] = is_open
        if choice.axis in ("", axis.value):
            found.open += is_open
            found.ours += ours
            found.answered += answered
    return found


def _page(reader: Actor | None, found: Any, key: Any, cursor: str | None, limit: int) -> Page[Question]:
    """One page by a key and the id: the address of the next one holds the id alone, what it stands behind is asked."""
    query = agenda_queries.rows(reader, found).order_by(key.desc(), found.c.id.desc()).limit(limit + 1)
    last = id_of(cursor)
    place = db.session.scalar(select(key).where(found.c.id == last)) if last else None
    if place is not None:
        query = query.where(or_(key < place, and_(key == place, found.c.id < last)))
    rows = db.session.execute(query).all()
    shown = [_question(row) for row in rows[:limit]]
    return Page(shown, str(shown[-1].id) if len(rows) > limit else None)


def _question(row: Any) -> Question:
    is_answered = row.answered_by is not None
    return Question(
        id=row.id,
        text=row.text,
        public_id=row.public_id,
        title=row.title,
        axis=row.axis.value,
        is_due=bool(row.is_due),
        cities=tuple(sorted(set((row.cities or "").split()))),
        is_own=row.is_own,
        answered=_when(row) if is_answered else "",
        answered_by=row.answered_by or "",
    )


def _when(row: Any) -> str:
    """The day of an answer; of a lesson whose origin is kept from the reader, as all its days, the quarter."""
    return quarter(row.ended_at) if row.is_hidden else i18n.day(row.ended_at)
