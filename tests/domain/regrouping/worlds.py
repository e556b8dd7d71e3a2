"""Small networks made by chance: spaces of every kind, people in every standing, and threads anywhere among them."""

import random
from dataclasses import dataclass

from forum.models.accounts import Member, NetworkRole
from forum.models.spaces import Audience, Role, Space
from forum.models.threads import Thread
from tests.factories import LONG_AGO, join, make_member, make_post, make_space, make_thread


@dataclass
class World:
    """What there is to choose from."""

    spaces: list[Space]
    people: list[Member]
    threads: list[Thread]


def build(chance: random.Random) -> World:
    """A network of three to five spaces, about a dozen people and four threads."""
    spaces = [
        make_space(f"Space {number}", unlisted=chance.random() < 0.25, widest=chance.choice(list(Audience)))
        for number in range(chance.randint(3, 5))
    ]
    people = [_person(chance, number, spaces) for number in range(12)]
    threads = [_thread(chance, spaces, people) for _each in range(4)]
    return World(spaces, people, threads)


def _person(chance: random.Random, number: int, spaces: list[Space]) -> Member:
    over = {"suspended_at": LONG_AGO} if chance.random() < 0.1 else {}
    over |= {"approved_at": None} if chance.random() < 0.1 else {}
    appointed = chance.choice(list(NetworkRole)) if chance.random() < 0.1 else None
    member = make_member(f"Person {number}", network_role=appointed, **over)
    for space in chance.sample(spaces, chance.randint(0, len(spaces))):
        row = join(member, space, chance.choice(list(Role)))
        if chance.random() < 0.15:
            row.ended_at = LONG_AGO
    return member


def _thread(chance: random.Random, spaces: list[Space], people: list[Member]) -> Thread:
    space = chance.choice(spaces)
    levels = [level for level in Audience if level.rank <= space.widest_audience.rank]
    thread = make_thread(space, chance.choice(people), audience=chance.choice(levels))
    for _each in range(chance.randint(0, 3)):
        make_post(thread, chance.choice(people))
    if chance.random() < 0.2:
        thread.hidden_at = LONG_AGO
    if chance.random() < 0.1:
        thread.withdrawn_at = LONG_AGO
    return thread
