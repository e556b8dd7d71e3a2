"""Threads chosen for the home page: of a member's own spaces, and of others that they may read.

No space drowns the others, and what is new to the member comes first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from forum.domain.threads import latest_words, list_queries, lists, mentions
from forum.domain.threads.following import muted
from forum.domain.threads.latest_words import LatestWords
from forum.domain.threads.list_queries import KEYS
from forum.domain.threads.lists import ThreadCard
from forum.domain.threads.running import RUNNING
from forum.domain.threads.unread_queries import first_unread, marked
from forum.infra import clock
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.subscriptions import Delivery, Subscription
from forum.models.threads import ReadMark, Thread
from forum.policy.actors import Actor
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

NEWEST = 200  # threads of the network, those with the latest posts, among which is chosen
MOST = 4  # of each
# Created once because aliased() is slow.
_OWN, _NEWEST = aliased(Thread), aliased(Thread)


@dataclass(frozen=True, slots=True)
class Highlights:
    """Threads of the spaces that a member belongs to, and of others; and the newest words in each, by its id.

    Beside them the cities of the posts of the last seven days that the member may see.
    """

    own: list[ThreadCard]
    others: list[ThreadCard]
    words: dict[int, LatestWords]
    cities: list[str]


def of(actor: Actor, *, without: Collection[int] = ()) -> Highlights:
    """Return the threads chosen for the actor, MOST of each at most (one query; one more where any has an @, or none).

    What is new to them comes first. Within that each space has one before any has a second, and first come the axes
    that the actor subscribed to or writes in. Threads and spaces that they muted are left out, and those `without`;
    whether somebody answered makes no difference.
    """
    since = clock.now() - lists.WEEK
    values = {
        **reader_values(actor),
        "own_ids": list(actor.roles),
        "shown_ids": list(without),
        "since": since,
    }
    rows = select_rows(_chosen(), values).all()
    said = mentions.in_plain({**lists.summaries(rows), **latest_words.plain(rows)})
    cards = list(zip(rows, lists.cards_of(rows, said), strict=True))
    return Highlights(
        own=[card for row, card in cards if row.own],
        others=[card for row, card in cards if not row.own],
        cities=(rows[0].week or "").split() if rows else lists.cities_of_the_week(actor),
        words={row.id: latest_words.of_row(row, said) for row in rows if row.reply_id is not None},
    )


@cached
def _chosen() -> Select[Any]:
    found = _candidates().subquery("candidate")
    latest = (found.c.last_post_at.desc(), found.c.id.desc())
    best = (found.c.read, found.c.other_axis, *latest)
    place = func.row_number().over(partition_by=found.c.space_id, order_by=best)
    placed = select(*found.c, place.label("place")).subquery("placed")
    order = (
        placed.c.read,
        placed.c.place,
        placed.c.other_axis,
        placed.c.last_post_at.desc(),
        placed.c.id.desc(),
    )
    rank = func.row_number().over(partition_by=placed.c.own, order_by=order)
    ranked = select(placed.c.id, placed.c.own, rank.label("rank")).subquery("ranked")
    # The limit leaves out none, but says how few there are: so they are looked up and not looked for.
    chosen = select(*ranked.c).where(ranked.c.rank <= MOST).limit(2 * MOST).subquery("chosen")
    query: Any = list_queries.cards(True).add_columns(chosen.c.own).join(chosen, chosen.c.id == Thread.id)
    week = list_queries.cities_since(True).subquery("week")
    cities = select(func.aggregate_strings(week.c.city, " ")).scalar_subquery()
    query = query.add_columns(cities.label("week"))
    query = latest_words.with_last(query)
    return cast(Select[Any], query.order_by(chosen.c.rank))


def _candidates() -> Select[Any]:
    """The newest threads that may be shown; a bounded number is looked at, however large the network is."""
    reader: Any = reader_param(signed_in=True)
    moment, number = KEYS
    newest = (
        select(_NEWEST.last_post_at)
        .order_by(_NEWEST.last_post_at.desc())
        .limit(NEWEST)
        .subquery("newest_thread")
    )
    # Asked of the index in its order: joined to these threads, the whole table would be read for them.
    among = moment >= select(func.min(newest.c.last_post_at)).scalar_subquery()
    own = in_list(Thread.space_id, "own_ids")
    query: Any = (
        select(
            Thread.id,
            Thread.space_id,
            Thread.last_post_at,
            case((own, 1), else_=0).label("own"),
            case((first_unread(reader.id).is_not(None), 0), else_=1).label("read"),
            case((_own_axis(reader.id), 0), else_=1).label("other_axis"),
        )
        .outerjoin(ReadMark, marked(reader.id))
        .where(
            among,
            ~in_list(Thread.id, "shown_ids"),
            sees(Thread, reader),
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            RUNNING,
            Thread.title != "",
            ~muted(reader.id),
        )
        .order_by(moment.desc(), number.desc())
        .limit(NEWEST)
    )
    return cast(Select[Any], query)


def _own_axis(reader_id: Any) -> ColumnElement[bool]:
    """Whether a thread is of an axis that they subscribed to, or of one in whose threads they take part."""
    subscribed = select(Subscription.axis).where(
        Subscription.member_id == reader_id,
        Subscription.axis.is_not(None),
        Subscription.delivery != Delivery.NOTHING,
    )
    written = (
        select(_OWN.axis)
        .join(ThreadFollow, ThreadFollow.thread_id == _OWN.id)
        .where(ThreadFollow.member_id == reader_id, ThreadFollow.level != FollowLevel.NOTHING)
    )
    return or_(Thread.axis.in_(subscribed), Thread.axis.in_(written))
