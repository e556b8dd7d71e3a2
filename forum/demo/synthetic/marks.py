"""How far the people of a synthetic network have read, a few in thousands of threads, and what they follow."""

from forum.demo.synthetic.network import Network, Rows, moment
from forum.demo.synthetic.size import READER
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.spaces import Audience
from forum.models.threads import ReadMark

MOST, FEWEST = 3_000, 5
FOLLOWED = 0.2  # of the threads that somebody opened; the measured reader follows all of theirs
READERS_OWN = 60  # at every size, in threads of long ago


def rows(network: Network) -> Rows:
    """The marks of one member after another."""
    chance = network.chance
    for member in range(1, network.size.members + 1):
        place = network.places[network.homes[member]].id
        for thread in sorted(_read(network, member)):
            if network.widths[thread] == Audience.SPACE.rank and network.spaces[thread] != place:
                continue
            last = network.posts[thread]
            yield (
                ReadMark,
                {
                    "member_id": member,
                    "thread_id": thread,
                    "last_number": last if chance.random() < 0.7 else 1 + int(last * chance.random()),
                    "read_at": moment(network.soon(network.moved[thread], 30)),
                },
            )
            if member == READER or chance.random() < FOLLOWED:
                yield (
                    ThreadFollow,
                    {
                        "member_id": member,
                        "thread_id": thread,
                        "level": FollowLevel.ALL,
                        "chosen": True,
                        "changed_at": moment(network.moved[thread]),
                    },
                )


def _read(network: Network, member: int) -> set[int]:
    """The threads that a member opened: of their time and later, and of late more."""
    luck, threads = network.chance.random, network.size.threads
    if member == READER:
        return {1 + int(threads / 2 * luck()) for _mark in range(READERS_OWN)}
    many = min(threads // 2, FEWEST + int(MOST * member**-0.7))
    return {threads - int(threads * luck() ** 2) for _mark in range(many)}
