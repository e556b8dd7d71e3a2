"""Threads in a list: each as a card, the latest post first, with what is new in it for the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forum.domain.people.bylines import Byline, speaker
from forum.domain.threads import list_queries, mentions
from forum.infra import clock, days
from forum.infra.columns import read_codes
from forum.infra.db import db
from forum.infra.paging import Page, keyset
from forum.infra.statements import select_rows
from forum.policy import readers
from forum.policy.actors import Actor

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ThreadCard:
    """A thread in a list. `title` is empty once its author has withdrawn the opening post."""

    id: int
    slug: str
    title: str
    summary: str
    need: str
    axis: str | None
    author: Byline
    space_name: str
    space_slug: str
    reply_count: int
    answered: bool  # by somebody else than its author
    cities: tuple[str, ...]
    new_count: int
    created_at: datetime
    last_post_at: datetime
    audience: str
    locked: bool
    outcome: str | None
    hidden: bool = False
    archived: bool = False
    first_unread: int | None = None  # for whoever opened it before


def latest(
    reader: Actor | None,
    *,
    space_id: int | None = None,
    need: str | None = None,
    axis: str | None = None,
    tag: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[ThreadCard]:
    """Return threads that the reader may see, the latest post first; an unknown need or axis filters nothing."""
    filters, parameters = set(), readers.reader_values(reader)
    if space_id is not None:
        filters.add("space")
        parameters["space_id"] = space_id
    for name, value in (("need", need), ("axis", axis)):
        if value in list_queries.KNOWN[name]:
            filters.add(name)
            parameters[name] = value
    if tag:
        filters.add("tag")
        parameters["tag"] = tag
    query = list_queries.cards(reader is not None, frozenset(filters))
    rows, following = keyset(query, keys=list_queries.KEYS, cursor=cursor, limit=limit, values=parameters)
    return Page(cards_of(rows), following)


def last_active(reader: Actor | None, limit: int = 5) -> list[ThreadCard]:
    """Return the threads with the latest posts of all that the reader may see."""
    return _first(reader, {"shown"}, limit)


def latest_about(reader: Actor | None, axis: str, limit: int = 5) -> list[ThreadCard]:
    """Return the threads about one axis with the latest posts."""
    return _first(reader, {"axis", "shown"}, limit, axis=axis)


def cities_of_the_week(reader: Actor | None) -> list[str]:
    """Return the cities of the posts of the last seven days that the reader may see."""
    parameters = {**readers.reader_values(reader), "since": clock.now() - WEEK}
    query = list_queries.cities_since(reader is not None)
    return list(db.session.scalars(query, parameters))


def _first(reader: Actor | None, filters: set[str], limit: int, **parameters: Any) -> list[ThreadCard]:
    query = list_queries.first_cards(reader is not None, frozenset(filters), limit)
    return cards_of(select_rows(query, {**readers.reader_values(reader), **parameters}).all())


def summaries(rows: Sequence[Any]) -> dict[int, str]:
    """Return the first words of threads in rows of `list_queries.cards`, by opening post: for `mentions.in_plain`."""
    return {row.opening_id: row.summary for row in rows}


def cards_of(rows: Sequence[Any], said: Mapping[int, str] | None = None) -> list[ThreadCard]:
    """Return the cards of rows of `list_queries.cards`.

    `said`: their summaries as they are read, by opening post; without it, one query where any has an @.
    """
    today = days.today()
    said = mentions.in_plain(summaries(rows)) if said is None else said
    return [
        ThreadCard(
            id=row.id,
            slug=row.slug,
            title=row.title,
            summary=said[row.opening_id],
            need=row.need,
            axis=row.axis,
            author=speaker(row, today, said_at=row.created_at),
            space_name=row.space_name,
            space_slug=row.space_slug,
            reply_count=reply_count(row),
            answered=row.answered_at is not None,
            cities=read_codes(row.cities),
            new_count=row.new_count,
            created_at=row.created_at,
            last_post_at=row.last_post_at,
            audience=row.audience,
            locked=row.locked_at is not None,
            outcome=row.outcome,
            hidden=row.hidden_at is not None,
            archived=row.archived_at is not None,
            first_unread=row.first_unread,
        )
        for row in rows
    ]


def reply_count(row: Any) -> int:
    """Return how many replies of a row stand; the opening post is subtracted only while it stands itself."""
    opening = 0 if row.opening_gone_at or row.hidden_at else 1
    return max(0, row.post_count - opening)
