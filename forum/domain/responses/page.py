"""The responses to a story as one reader gets them: counted by kind and city, one's own, and the sentences.

For threads that the reader was found to see. While the opening post is hidden or taken back there are none.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CTE,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from forum.domain.people.bylines import COLUMNS, Byline, speaker
from forum.domain.people.capacities import lit_city
from forum.infra.db import db
from forum.infra.paging import Page, keyset
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.spaces import Role
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import READER_ID, get_visible

NEWEST = 3  # sentences beside the story; the others have a page
KEYS = (ThreadResponse.said_at, ThreadResponse.id)
RECOGNISED = (ResponseKind.ALSO, ResponseKind.APPLIED)
_CAPACITY = Capacity.id == ThreadResponse.capacity_id


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody said with a response. A hidden one has words for its author and for moderators alone."""

    id: int
    kind: str
    author: Byline
    said_at: datetime
    words: str
    is_own: bool = False
    is_hidden: bool = False
    reason: str = ""  # why it is hidden


@dataclass(slots=True)
class Count:
    """How many say one thing, and the cities for which they speak, where somebody confirmed that they do."""

    number: int = 0
    elsewhere: int = 0  # of whom nobody confirmed that they speak for a city
    cities: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Responses:
    """What readers say of a story. `own` has no words where the reader said none."""

    counts: dict[str, Count] = field(default_factory=lambda: {kind.value: Count() for kind in ResponseKind})
    own: Sentence | None = None
    newest: list[Sentence] = field(default_factory=list)
    sentence_count: int = 0  # of those that everybody reads

    @property
    def recognised(self) -> tuple[str, ...]:
        """The cities from which somebody recognised the story, or applied it."""
        return tuple(sorted({city for kind in RECOGNISED for city in self.counts[kind.value].cities}))


def story(reader: Actor | None, thread_id: int) -> Thread:
    """Return a thread that the reader may see, where its opening post stands; NotFound."""
    thread: Thread = get_visible(Thread, reader, thread_id)
    if thread.hidden_at is not None or not thread.title:
        raise NotFound
    return thread


def of_thread(reader: Actor | None, thread_id: int) -> Responses:
    """Return the responses to a story, with its newest sentences (one query)."""
    values = {"thread_id": thread_id, READER_ID: reader.id if reader else None}
    found = Responses()
    for row in select_rows(_all(), values):
        if row.part == "own":
            found.own = _sentence(row, reader, moderates=False)
        elif row.part == "said":
            found.newest.append(_sentence(row, reader, moderates=False))
        else:
            count = found.counts[row.kind.value]
            count.number += row.number
            found.sentence_count += row.shown
            if row.city:
                count.cities.append(row.city)
            else:
                count.elsewhere += row.number
    return found


def sentences(reader: Actor | None, thread: Any, *, cursor: str | None = None) -> Page[Sentence]:
    """Return a page of the sentences, the latest first: hidden ones for their authors and the space's moderators."""
    moderates = reader is not None and reader.roles.get(thread.space_id) == Role.MODERATOR
    query = _said().where(ThreadResponse.thread_id == thread.id, ThreadResponse.sentence != "")
    if not moderates:
        shown = ThreadResponse.hidden_at.is_(None)
        query = query.where(or_(shown, ThreadResponse.member_id == reader.id) if reader else shown)
    rows, following = keyset(query, keys=KEYS, cursor=cursor)
    return Page([_sentence(row, reader, moderates=moderates) for row in rows], following)


def sentence(reader: Actor, thread: Any, response_id: int) -> Sentence | None:
    """Return one sentence in a thread, with its words where the reader may read them."""
    moderates = reader.roles.get(thread.space_id) == Role.MODERATOR
    one = (ThreadResponse.thread_id == thread.id, ThreadResponse.id == response_id)
    row = db.session.execute(_said().where(*one)).one_or_none()
    return None if row is None else _sentence(row, reader, moderates=moderates)


def _said() -> Select[Any]:
    query: Any = (
        select(
            *KEYS,
            ThreadResponse.kind,
            ThreadResponse.member_id,
            ThreadResponse.sentence,
            ThreadResponse.hidden_at,
            ThreadResponse.hidden_reason,
            *COLUMNS,
        )
        .join(Member, Member.id == ThreadResponse.member_id)
        .outerjoin(Capacity, _CAPACITY)
    )
    return cast(Select[Any], query)


@cached
def _all() -> Any:
    """The reader's own response, the newest sentences, and how many there are of each kind from each city."""
    city = lit_city(ThreadResponse.said_at).label("city")
    said = _said().add_columns(city).where(ThreadResponse.thread_id == bindparam("thread_id", type_=Integer))
    all_of_them = said.cte("said")
    columns = all_of_them.c
    shown = and_(columns.sentence != "", columns.hidden_at.is_(None))
    newest = _part(all_of_them, "said").where(shown)
    newest = newest.order_by(columns.said_at.desc(), columns.id.desc()).limit(NEWEST)
    counted = select(
        literal_column("'count'").label("part"),
        func.count().label("number"),
        func.count().filter(shown).label("shown"),
        *(column if column.name in ("kind", "city") else null().label(column.name) for column in columns),
    ).group_by(columns.kind, columns.city)
    own = _part(all_of_them, "own").where(columns.member_id == bindparam(READER_ID, type_=Integer))
    return union_all(own, select(newest.subquery()), counted)


def _part(said: CTE, name: str) -> Select[Any]:
    one = literal_column("1", Integer)
    return select(literal_column(f"'{name}'").label("part"), one.label("number"), one.label("shown"), *said.c)


def _sentence(row: Any, reader: Actor | None, *, moderates: bool) -> Sentence:
    is_own = reader is not None and row.member_id == reader.id
    is_hidden = row.hidden_at is not None
    reads = is_own or moderates or not is_hidden
    return Sentence(
        id=row.id,
        kind=row.kind.value,
        author=speaker(row, said_at=row.said_at),
        said_at=row.said_at,
        words=row.sentence if reads else "",
        is_own=is_own,
        is_hidden=is_hidden,
        reason=row.hidden_reason if reads else "",
    )
