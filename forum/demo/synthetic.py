"""A made-up network of any size, the same for the same seed: for measuring, never for people."""

import itertools
import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from forum.demo.pool import Words, pool
from forum.infra.db import db
from forum.infra.text import RENDER_VERSION, slug, summary
from forum.models.accounts import Body, Capacity, Level, Member, NetworkAppointment, NetworkRole
from forum.models.cities import CITIES
from forum.models.spaces import Audience, Membership, Role, Space, SpaceKind
from forum.models.themes import Axis, Need
from forum.models.threads import Post, PostRevision, ReadMark, Thread

BATCH = 5_000
BEGAN = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
PLACES = [city for city in CITIES if not city.partner]
AUDIENCES = [Audience.NETWORK] * 12 + [Audience.SPACE] * 5 + [Audience.PUBLIC] * 3
READ = 20  # threads that each member has read into
# Threads to measure: exactly a page of posts; very many; exactly a page, and the first lesson made of it.
PAGE_THREAD, LONG_THREAD, TAUGHT_THREAD = 1, 2, 3
A_PAGE = 20


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    members: int
    threads: int
    posts: int
    lessons: int

    @property
    def fits(self) -> bool:
        """Every thread has a first post, the measured threads have theirs, and every city a moderator."""
        return self.members >= 2 * len(PLACES) and self.threads >= 30 and self.posts >= self.threads + 80


@dataclass
class Network:
    """What was made, as far as later rows need it."""

    size: Size
    chance: random.Random
    texts: list[Words]
    threads: list[dict[str, Any]] = field(default_factory=list)
    first_posts: list[tuple[int, Words]] = field(default_factory=list)  # by thread: id of its opening post


def seed(size: Size, number: int) -> Network:
    """Fill an empty database; one transaction, which the caller ends."""
    chance = random.Random(number)
    network = Network(size, chance, pool(chance))
    _spaces()
    _members(network)
    _talk(network)
    write(ReadMark, _read_marks(network))
    return network


def line_up() -> None:
    """Let PostgreSQL number on from the rows that came with their own ids."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        if "id" not in table.c or not isinstance(table.c.id.type, db.Integer):
            continue
        last = db.session.scalar(select(func.max(table.c.id)))
        if last:
            place = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            db.session.execute(place, {"name": table.name, "last": last})


def write(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows, in batches, past the unit of work."""
    table: Table = model.__table__
    waiting = iter(rows)
    while batch := list(itertools.islice(waiting, BATCH)):
        db.session.execute(insert(table), batch)


def _spaces() -> None:
    write(
        Space,
        (
            {
                "id": number,
                "slug": city.code,
                "name": city.name,
                "description": f"De ruimte van {city.name}.",
                "kind": SpaceKind.CITY,
                "city": city.code,
                "default_audience": Audience.SPACE,
                "widest_audience": Audience.PUBLIC,
                "created_at": BEGAN,
            }
            for number, city in enumerate(PLACES, 1)
        ),
    )


def _members(network: Network) -> None:
    numbers = range(1, network.size.members + 1)
    write(Member, map(_member, numbers))
    write(Capacity, (_capacity(number, network.chance) for number in numbers))
    write(
        Membership,
        (
            {
                "id": number,
                "member_id": number,
                "space_id": home(number),
                "role": Role.MODERATOR if number <= len(PLACES) else Role.MEMBER,
                "since_at": BEGAN,
            }
            for number in numbers
        ),
    )
    write(
        NetworkAppointment,
        [{"id": 1, "member_id": network.size.members, "role": NetworkRole.EDITOR, "since_at": BEGAN}],
    )


def home(member: int) -> int:
    """The space of somebody's own city."""
    return (member - 1) % len(PLACES) + 1


def _member(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "handle": f"lid-{number}",
        "name": f"Lid {number}",
        "email": f"lid-{number}@bench.leerkring.example",
        "password_stamp": f"{number:032d}",
        "locale": "nl",
        "timezone": "Europe/Brussels",
        "created_at": BEGAN,
        "confirmed_at": BEGAN,
        "approved_at": BEGAN,
        "all_read_at": BEGAN + YEAR / 2,
    }


def _capacity(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": number,
        "member_id": number,
        "function": chance.choice(("wijkwerker", "beleidsmedewerker", "diensthoofd", "onthaalmedewerker")),
        "level": chance.choice((Level.FIELD, Level.FIELD, Level.STAFF, Level.LEAD)),
        "body": chance.choice((Body.CITY, Body.CITY, Body.OCMW, Body.ASSOCIATION)),
        "city": PLACES[home(number) - 1].code,
        "starts_on": date(2024, 9, 1),
    }


def _talk(network: Network) -> None:
    posts: list[dict[str, Any]] = []
    revisions: list[dict[str, Any]] = []
    next_id = 1
    lengths = _lengths(network)
    for number, length in enumerate(lengths, 1):
        thread = _thread(network, number)
        said = list(_posts(network, thread, next_id, length))
        _sum_up(network, thread, said)
        posts += [post for post, _words in said]
        revisions += [_revision(thread, post, words) for post, words in said]
        next_id += length
    write(Thread, network.threads)
    write(Post, posts)
    write(PostRevision, revisions)


def _lengths(network: Network) -> list[int]:
    """How many posts each thread has: a page, very many, and for the rest few threads with many and many with few."""
    size = network.size
    fixed = [A_PAGE, max(2 * A_PAGE, size.posts // 200), A_PAGE]
    others = size.threads - len(fixed)
    rest = size.posts - sum(fixed) - others  # each of the others has its opening post
    weights = [network.chance.expovariate(1) for _ in range(others)]
    scale = rest / sum(weights)
    lengths = [1 + int(weight * scale) for weight in weights]
    for number in range(size.posts - sum(fixed) - sum(lengths)):
        lengths[number % others] += 1
    return fixed + lengths


def _thread(network: Network, number: int) -> dict[str, Any]:
    chance = network.chance
    space = (number - 1) % len(PLACES) + 1
    title = f"{chance.choice(network.texts).title} ({number})"
    measured = number in {PAGE_THREAD, LONG_THREAD, TAUGHT_THREAD}
    return {
        "id": number,
        "space_id": space,
        "author_id": _somebody(network, space),
        "title": title,
        "slug": slug(title),
        "need": chance.choice(list(Need)),
        "axis": chance.choice(list(Axis)),
        "audience": Audience.PUBLIC if measured else chance.choice(AUDIENCES),
        "created_at": BEGAN + YEAR * (number / network.size.threads),
        "idempotency_key": _clean_key("thread", number),
    }


def _somebody(network: Network, space: int) -> int:
    """Somebody of that city."""
    return space + len(PLACES) * network.chance.randrange(network.size.members // len(PLACES))


def _posts(
    network: Network, thread: dict[str, Any], first: int, length: int
) -> Iterator[tuple[dict[str, Any], Words]]:
    at = thread["created_at"]
    for number in range(1, length + 1):
        words = network.chance.choice(network.texts)
        author = thread["author_id"] if number == 1 else _speaker(network, thread)
        at += timedelta(minutes=network.chance.randrange(5, 600)) if number > 1 else timedelta()
        post = {
            "id": first + number - 1,
            "thread_id": thread["id"],
            "number": number,
            "author_id": author,
            "capacity_id": author,
            "html": words.html,
            "render_version": RENDER_VERSION,
            "revision": 1,
            "created_at": at,
            "idempotency_key": _clean_key("post", first + number - 1),
        }
        yield post, words


def _speaker(network: Network, thread: dict[str, Any]) -> int:
    if thread["audience"] == Audience.SPACE:
        return _somebody(network, thread["space_id"])
    return network.chance.randrange(1, network.size.members + 1)


def _sum_up(network: Network, thread: dict[str, Any], said: list[tuple[dict[str, Any], Words]]) -> None:
    opening, words = said[0]
    others = [post for post, _words in said if post["author_id"] != thread["author_id"]]
    thread["summary"] = summary(words.plain)
    thread["cities"] = list(dict.fromkeys(PLACES[home(post["author_id"]) - 1].code for post, _words in said))
    thread["post_count"] = thread["last_number"] = len(said)
    thread["last_post_at"] = said[-1][0]["created_at"]
    thread["answered_at"] = others[0]["created_at"] if others else None
    network.threads.append(thread)
    network.first_posts.append((opening["id"], words))


def _revision(thread: dict[str, Any], post: dict[str, Any], words: Words) -> dict[str, Any]:
    return {
        "id": post["id"],
        "post_id": post["id"],
        "number": 1,
        "body": words.body,
        "plain": words.plain,
        "title": thread["title"] if post["number"] == 1 else "",
        "created_at": post["created_at"],
        "editor_id": post["author_id"],
    }


def _read_marks(network: Network) -> Iterator[dict[str, Any]]:
    numbers = range(network.size.threads)
    for member in range(1, network.size.members + 1):
        for place in network.chance.sample(numbers, READ):
            thread = network.threads[place]
            read_at, last = thread["last_post_at"], thread["last_number"]
            yield {"member_id": member, "thread_id": thread["id"], "last_number": last, "read_at": read_at}


def _clean_key(kind: str, number: int) -> str:
    return str(uuid.UUID(int=(1 if kind == "thread" else 2) << 64 | number))
