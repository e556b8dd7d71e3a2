"""The page of one space: what it is to its reader, in one query, and the threads that it begins with, in another.

What a member missed is what came since their visit before the present one and is not read yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, String, and_, bindparam, case, func, literal, select, union_all

from forum.domain.house_rules import acceptance
from forum.domain.spaces import guests, notes, spaces, visits, waiting_capacities
from forum.domain.spaces.notes import Note
from forum.domain.spaces.spaces import SpaceFacts
from forum.domain.threads import archived, followed, list_queries
from forum.domain.threads.followed import ToldOfSpace
from forum.domain.threads.following import muted
from forum.domain.threads.list_queries import FILTERS, KEYS
from forum.domain.threads.lists import ThreadCard, cards_of
from forum.domain.threads.running import RUNNING
from forum.domain.threads.unread_queries import marked, unread_since
from forum.infra import paging
from forum.infra.db import Moment
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.notes import SpaceNote
from forum.models.spaces import Space
from forum.models.threads import ReadMark, Thread
from forum.models.visits import SpaceVisit
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import NotFound
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

MOST_MISSED = 50  # more are not counted
LOOK_BACK = 100  # threads with posts since the visit before, among which is counted
OPEN_STORIES = 3
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Missed:
    """Threads with something new for a member since a visit of theirs, by how many; `may_be_more` than were counted."""

    since: datetime
    count: int
    may_be_more: bool


@dataclass(frozen=True, slots=True)
class SpaceForReader:
    """A space and what it is to its reader; nothing of theirs for who is not a member of the network."""

    space: SpaceFacts
    told: ToldOfSpace | None = None
    missed: Missed | None = None
    is_welcomed: bool = False
    visit_due: bool = False
    seen_at: datetime | None = None  # the last time, for `visits.note`
    guest_until: date | None = None  # their last day as a guest
    unconfirmed: int = 0  # capacities for which its moderator may answer
    notes: Sequence[Note] = ()
    welcome: Note | None = None
    archived: int = 0  # threads, as `archived.count` says
    rules_changed: tuple[int, int] | None = (
        None  # the version of the house rules that they accepted, and the newest
    )


@dataclass(frozen=True, slots=True)
class FirstThreads:
    """Threads of a space, none of them twice: what waits for an answer, what was missed, and the rest."""

    waiting: list[ThreadCard] = field(default_factory=list)
    missed: list[ThreadCard] = field(default_factory=list)
    others: list[ThreadCard] = field(default_factory=list)
    missed_waiting: int = 0
    next_cursor: str | None = None


def by_slug(reader: Actor | None, slug: str) -> SpaceForReader:
    """Return the space with that address as its page begins (one query; two for who is no member); NotFound."""
    if reader is None or reader.approved_at is None:
        space = spaces.by_slug(reader, slug)
        return SpaceForReader(space, archived=archived.count(reader, space.id))
    values = {**reader_values(reader), **visits.values(), **waiting_capacities.values(), "slug": slug}
    own = moderated(reader)
    rows = select_rows(_space(), {**values, "moderated_ids": own}).all()
    if not rows:
        raise NotFound
    row, pinned = rows[0], [notes.read(each) for each in rows if each.note_id is not None]
    belongs = row.id in reader.roles
    return SpaceForReader(
        space=SpaceFacts(*row[: len(SpaceFacts._fields)]),
        told=followed.told(row),
        missed=_missed(row) if belongs and row.since else None,
        is_welcomed=belongs and bool(row.is_welcomed),
        visit_due=belongs and visits.is_due(row.seen_at),
        seen_at=row.seen_at,
        guest_until=guests.last_day(row.guest_ends_at),
        unconfirmed=row.unconfirmed,
        notes=[note for note in pinned if not note.is_welcome],
        welcome=next((note for note in pinned if note.is_welcome), None),
        archived=row.archived,
        rules_changed=acceptance.later(row) if belongs else None,
    )


def first_threads(reader: Actor | None, space_id: int, *, since: datetime | None = None) -> FirstThreads:
    """Return the threads that the page of a space begins with (one query; two where any has an @)."""
    query = _threads(reader is not None, since is not None)
    rows = select_rows(query, {**reader_values(reader), "space_id": space_id, "since": since}).all()
    latest = [row for row in rows if row.is_latest]
    shown = [row for row in rows if row.is_waiting or row in latest[:PAGE_SIZE]]
    place = {id(row): card for row, card in zip(shown, cards_of(shown), strict=True)}

    def cards(which: Sequence[Any]) -> list[ThreadCard]:
        return [place[id(row)] for row in which]

    waiting = [row for row in shown if row.is_waiting]
    rest = [row for row in shown if not row.is_waiting]
    last = latest[:PAGE_SIZE][-1:]
    return FirstThreads(
        waiting=cards(waiting),
        missed=cards([row for row in rest if row.is_missed]),
        others=cards([row for row in rest if not row.is_missed]),
        missed_waiting=sum(bool(row.is_missed) for row in waiting),
        next_cursor=paging.cursor_of(last[0].last_post_at, last[0].id) if len(latest) > PAGE_SIZE else None,
    )


def _missed(row: Any) -> Missed:
    more = row.missed > MOST_MISSED or row.looked_at == LOOK_BACK
    return Missed(row.since, min(row.missed, MOST_MISSED), bool(more))


@cached
def _space() -> Select[Any]:
    reader: Any = reader_param(signed_in=True)
    moderates = in_list(Space.id, "moderated_ids")
    window = _window(reader)
    missed = _new_in(window, reader).limit(MOST_MISSED + 1).subquery()
    facts: Any = (
        select(*(getattr(Space, name) for name in SpaceFacts._fields))
        .add_columns(
            *followed.told_columns(reader.id, Space.id),
            guests.own_end(reader.id).label("guest_ends_at"),
            SpaceVisit.seen_at,
            visits.since().label("since"),
            case((visits.may_be_welcomed(reader.id), 1), else_=0).label("is_welcomed"),
            case((moderates, waiting_capacities.count_at(reader.id)), else_=0).label("unconfirmed"),
            select(func.count()).select_from(window).scalar_subquery().label("looked_at"),
            select(func.count()).select_from(missed).scalar_subquery().label("missed"),
            archived.counted(reader).label("archived"),
            *acceptance.numbers(reader.id, Space.id),
        )
        .select_from(Space)
        .outerjoin(SpaceVisit, visits.own(reader.id))
        .where(Space.slug == bindparam("slug", type_=String), sees(Space, reader))
        .limit(1)  # there is no other: it keeps databases from counting anew for each note
        .subquery("facts")
    )
    query: Any = (
        select(*facts.c, *notes.columns())
        .select_from(facts)
        .outerjoin(SpaceNote, notes.shown(reader, facts.c.id))
        .outerjoin(notes.EDITOR, notes.EDITOR.id == SpaceNote.editor_id)
    )
    return cast(Select[Any], query.order_by(SpaceNote.position, SpaceNote.id))


def _window(reader: Any) -> Any:
    """The threads with the latest posts since the visit before, at most so many that it stays cheap."""
    moment, number = KEYS
    return (
        select(Thread.id)
        .where(
            Thread.space_id == Space.id,
            Thread.last_post_at > visits.since(),
            sees(Thread, reader),
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            RUNNING,
        )
        .order_by(moment.desc(), number.desc())
        .limit(LOOK_BACK)
        .correlate(Space, SpaceVisit)
        .subquery()
    )


def _new_in(window: Any, reader: Any) -> Any:
    return (
        select(Thread.id)
        .join(window, window.c.id == Thread.id)
        .outerjoin(ReadMark, marked(reader.id))
        .where(unread_since(reader.id, visits.since()), ~muted(reader.id))
        .correlate(SpaceVisit)
    )


@cached
def _threads(signed_in: bool, knows_since: bool) -> Select[Any]:
    reader: Any = reader_param(signed_in)
    open_stories = {"open", "others"} if signed_in else {"open"}
    latest, waiting = _ids(reader, set(), PAGE_SIZE + 1), _ids(reader, open_stories, OPEN_STORIES)
    chosen = union_all(
        select(latest.c.id, literal(1).label("latest"), literal(0).label("waiting")),
        select(waiting.c.id, literal(0), literal(1)),
    ).subquery("chosen")
    picked = select(
        chosen.c.id, func.max(chosen.c.latest).label("latest"), func.max(chosen.c.waiting).label("waiting")
    )
    first = picked.group_by(chosen.c.id).subquery("first")
    missed: Any = literal(0)
    if knows_since:
        is_new = and_(unread_since(reader.id, bindparam("since", type_=Moment)), ~muted(reader.id))
        missed = case((is_new, 1), else_=0)
    moment, number = KEYS
    query: Any = list_queries.cards(signed_in).join(first, first.c.id == Thread.id)
    query = query.add_columns(
        first.c.latest.label("is_latest"), first.c.waiting.label("is_waiting"), missed.label("is_missed")
    )
    return cast(Select[Any], query.order_by(moment.desc(), number.desc()))


def _ids(reader: Any, filters: set[str], most: int) -> Any:
    moment, number = KEYS
    wanted = [FILTERS[name] for name in sorted({"space", *filters})]
    query = select(Thread.id).where(sees(Thread, reader), Thread.withdrawn_at.is_(None), RUNNING, *wanted)
    return query.order_by(moment.desc(), number.desc()).limit(most).subquery()
