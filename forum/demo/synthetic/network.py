"""What everything in a synthetic network hangs on: its moment, its spaces, who belongs where, and what is known so far.

Members and threads are kept as bare numbers in arrays: with a hundred thousand of them as objects, memory would grow.
"""

import random
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from math import sqrt
from typing import Any

from forum.demo.synthetic.size import FOUNDERS, READER, Size
from forum.demo.synthetic.words import Words, pool
from forum.models.cities import CITIES
from forum.models.spaces import Audience, SpaceKind

Row = tuple[type[Any], dict[str, Any]]
Rows = Iterator[Row]

DAY = 86_400.0
SPAN = 4 * 365 * DAY
FORMER = 10  # one member in so many had another function before
HOMES = [city for city in CITIES if not city.partner]
CITY, SQUARE, GROUP = 0.5, 0.1, 0.4  # shares of the threads


@dataclass(slots=True)
class Place:
    """A space. `people` are the members who belong to it in the order in which they came, without the reader."""

    id: int
    kind: SpaceKind
    name: str
    slug: str
    city: str | None
    default: Audience
    widest: Audience
    people: "array[int]" = field(default_factory=lambda: array("l"))

    @property
    def moderator(self) -> int:
        """Who keeps it: whoever was there first."""
        return self.people[0]


@dataclass
class Network:
    """Made for one size, one seed and one moment; `now` and all other moments are seconds."""

    size: Size
    chance: random.Random
    now: float
    texts: Sequence[Words]
    places: list[Place]
    weights: list[float]  # of the places, added up: how many threads each gets
    homes: bytearray  # by member: the place in `places` of their city
    in_field: bytearray  # by member: whether that is where they work
    # By thread: how many posts, the last one's moment, who may read, and in which space.
    posts: "array[int]"
    moved: "array[float]"
    widths: bytearray
    spaces: "array[int]"

    @property
    def began(self) -> float:
        """The first day."""
        return self.now - SPAN

    def when(self, share: float) -> float:
        """The moment by which this share of everything was written: a network that grows, twice the mean at its end."""
        return self.began + SPAN * sqrt(share)

    def joined(self, at: float) -> int:
        """How many members there were at a moment: they came evenly, in the order of their ids."""
        return FOUNDERS + int((self.size.members - FOUNDERS) * (at - self.began) / SPAN)

    def came(self, member: int) -> float:
        """When a member joined."""
        late = max(0, member - FOUNDERS) / (self.size.members - FOUNDERS)
        return self.began + SPAN * late

    def city(self, member: int) -> str:
        """The code of a member's city."""
        return HOMES[self.homes[member]].code

    def capacity(self, member: int, at: float) -> int:
        """The capacity in which a member spoke at a moment."""
        changed = member % FORMER == 0 and at < self.changed(member)
        return self.size.members + member // FORMER if changed else member

    def changed(self, member: int) -> float:
        """When one of those who had another function before took up the present one."""
        return (self.came(member) + self.now) / 2

    def somebody(self, place: Place, at: float) -> int:
        """Who speaks up in a place at a moment; few say much."""
        known = bisect_right(place.people, self.joined(at))
        return place.people[int(known * self.chance.random() ** 2)] if known else place.moderator

    def anybody(self, at: float) -> int:
        """Who speaks up from anywhere in the network."""
        member = 1 + int(self.joined(at) * self.chance.random() ** 2)
        return member + 1 if member == READER else member

    def midnight(self, day: date) -> datetime:
        """The moment at which a day ended, or now when it has not."""
        ended = datetime.combine(day, time(), UTC) + timedelta(days=1)
        return min(ended, moment(self.now))

    @property
    def tags(self) -> int:
        """How many tags there are."""
        return 30 + self.size.members // 50

    @staticmethod
    def tag_name(number: int) -> str:
        """What a tag is called, wherever it is used."""
        return f"Thema {number}"

    def tag(self) -> int:
        """One of them; few are used much."""
        return 1 + int(self.tags * self.chance.random() ** 3)

    def soon(self, at: float, days: float) -> float:
        """Up to so many days after a moment, and never after now."""
        return min(self.now, at + self.chance.random() * days * DAY)


def moment(seconds: float) -> datetime:
    """Seconds as a moment."""
    return datetime.fromtimestamp(seconds, UTC)


def network_of(size: Size, number: int, now: datetime) -> Network:
    """An empty network: its places, and who belongs to them."""
    chance = random.Random(number)
    places = _places(size)
    weights = list(accumulate(_shares(places)))
    # A whole second: the same moment on every database.
    begins = (now - timedelta(microseconds=now.microsecond)).timestamp()
    network = Network(
        size, chance, begins, pool(number), places, weights, bytearray(size.members + 1),
        bytearray(size.members + 1), array("l", [0]), array("d", [0.0]), bytearray(1), array("l", [0]),
    )  # fmt: skip
    _settle(network)
    return network


def _places(size: Size) -> list[Place]:
    wide = (Audience.NETWORK, Audience.PUBLIC)
    cities = [
        Place(number, SpaceKind.CITY, city.name, city.code, city.code, Audience.SPACE, Audience.PUBLIC)
        for number, city in enumerate(HOMES, 1)
    ]
    square = Place(len(HOMES) + 1, SpaceKind.NETWORK, "Plein", "plein", None, *wide)
    groups = [
        Place(len(HOMES) + 1 + number, SpaceKind.GROUP, f"Werkgroep {number}", f"werkgroep-{number}", None, *wide)
        for number in range(1, 4 + size.members // 60)
    ]  # fmt: skip
    for closed in groups[3::8]:
        closed.default = closed.widest = Audience.SPACE
    return [*cities, square, *groups]


def _shares(places: list[Place]) -> Iterator[float]:
    """Spaces of very different size: the tenth of its kind has a fifth of what the first has."""
    groups = len(places) - len(HOMES) - 1
    yield from (CITY * part for part in zipf(len(HOMES)))
    yield SQUARE
    yield from (GROUP * part for part in zipf(groups))


def zipf(count: int) -> list[float]:
    """Shares that fall with rank, together one."""
    parts = [rank**-0.7 for rank in range(1, count + 1)]
    return [part / sum(parts) for part in parts]


def _settle(network: Network) -> None:
    """Let everybody belong to a city, most to the square and many to a group or two."""
    chance, places = network.chance, network.places
    square, groups = places[len(HOMES)], places[len(HOMES) + 1 :]
    in_cities, in_groups = list(accumulate(zipf(len(HOMES)))), list(accumulate(zipf(len(groups))))
    for member in range(1, network.size.members + 1):
        first = member <= len(HOMES)
        home = member - 1 if first else chance.choices(range(len(HOMES)), cum_weights=in_cities)[0]
        network.homes[member] = 0 if member == READER else home
        if member == READER:
            continue
        places[home].people.append(member)
        if first or chance.random() < 0.6:
            square.people.append(member)
        wanted = chance.choice((0, 1, 1, 2))
        for place in set(chance.choices(range(len(groups)), cum_weights=in_groups, k=wanted)):
            groups[place].people.append(member)
    for number, place in enumerate(groups):
        if not place.people:  # every space has somebody who keeps it
            place.people.append(number % FOUNDERS + 16)
