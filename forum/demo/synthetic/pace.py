"""Which thread gets the next post, and when: all threads together in the order of time, as they came about."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from forum.demo.synthetic.network import DAY, Network, Place
from forum.demo.synthetic.size import LONG_THREAD, PAGE_THREAD, TAUGHT_THREAD
from forum.demo.synthetic.words import Words
from forum.models.spaces import Audience

SILENT = 0.12  # threads that nobody answers
WIDTHS = [Audience.NETWORK] * 12 + [Audience.SPACE] * 5 + [Audience.PUBLIC] * 3
# When the measured threads were written, in days before now: long enough ago to be on no list of new things.
WRITTEN = {PAGE_THREAD: (60.0, 40.0), LONG_THREAD: (400.0, 40.0), TAUGHT_THREAD: (60.0, 45.0)}


@dataclass(slots=True)
class Quotable:
    """A post whose words may stand under a lesson."""

    post: int
    revision: int
    author: int
    capacity: int
    words: Words


@dataclass(slots=True)
class GrowingThread:
    """A thread under way, with what its row will say once it rests."""

    id: int
    place: Place
    audience: Audience
    planned: int  # posts it would get, if it were not overtaken
    measured: bool = False
    author: int = 0
    opened_at: float = 0.0
    title: str = ""
    summary: str = ""
    last_number: int = 0
    post_count: int = 0
    last_at: float = 0.0
    answered_at: float | None = None
    hidden_at: float | None = None
    withdrawn_at: float | None = None
    cities: dict[str, float] = field(default_factory=dict)  # when each last said something
    quotable: list[Quotable] = field(default_factory=list)


# When, where, and whether something is said; if not, the thread rests from now on.
Step = tuple[float, GrowingThread, bool]


def steps(network: Network) -> Iterator[Step]:
    """Every post of the network, and the end of every thread."""
    measured = [_measured(network, number, posts) for number, posts in network.size.measured.items()]
    return heapq.merge(_everyday(network), *measured, key=lambda step: step[0])


def _measured(network: Network, thread_id: int, posts: int) -> Iterator[Step]:
    """A thread of an exact length, alike in every network."""
    begin, end = (network.now - days * DAY for days in WRITTEN[thread_id])
    thread = GrowingThread(thread_id, network.places[0], Audience.PUBLIC, posts, measured=True)
    for number in range(posts):
        yield begin + (end - begin) * number / posts, thread, True
    yield end, thread, False


def _everyday(network: Network) -> Iterator[Step]:
    """The other threads: new ones at an even pace, replies mostly where something was begun lately."""
    size, chance = network.size, network.chance
    posts, threads = size.everyday_posts, size.everyday_threads
    room = max(5, threads // 25)  # threads that are alive at once
    alive: list[GrowingThread] = []
    opened, at = 0, network.began
    for number in range(posts):
        at = network.when((number + chance.random()) / posts)
        if not alive or (opened < threads and number * threads >= opened * posts):
            opened += 1
            alive.append(_new(network, len(size.measured) + opened, at, posts / threads))
            place = len(alive) - 1
        else:
            place = len(alive) - 1 - int(len(alive) * chance.random() ** 2)
        thread = alive[place]
        thread.planned -= 1
        yield at, thread, True
        # The last one stays: there must be somewhere to say the next thing.
        if thread.planned <= 0 and len(alive) > 1:
            yield at, alive.pop(place), False
        elif len(alive) > room:
            yield at, alive.pop(0), False
    for thread in alive:
        yield at, thread, False


def _new(network: Network, number: int, at: float, mean: float) -> GrowingThread:
    chance = network.chance
    place = chance.choices(network.places, cum_weights=network.weights)[0]
    if place.people[0] > network.joined(at):
        place = network.places[0]  # nobody belongs to that space yet
    audience = chance.choice(WIDTHS)
    if audience.rank > place.widest.rank:
        audience = place.widest
    # Many short ones and few long ones, as everywhere; no longer in a large network than in a small one.
    middle = math.log(1.1 * mean / (1 - SILENT)) - 0.5
    planned = 1 if chance.random() < SILENT else int(chance.lognormvariate(middle, 1.0))
    return GrowingThread(number, place, audience, max(1, min(planned, int(12 * mean))))
