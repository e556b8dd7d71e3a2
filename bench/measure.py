"""What pages cost, read from the kernel. What is compared is asked one right after the other, and that in turns.

So what else the machine does meanwhile falls on all of it alike.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection

from bench.forums import Forum
from bench.pages import LIMITS, Page
from bench.processes import HOST, cpu_seconds

TURNS, REQUESTS, WARM = 7, 25, 20

Costs = dict[str, list[float]]  # by page, the milliseconds of each turn


class Asker:
    """One connection at a time to one server, and the processes whose time counts for it."""

    def __init__(self, port: int, pids: tuple[int, ...], *cookies: str) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=60)
        self.pids = pids
        self.cookies = itertools.cycle(cookies or ("",))  # of readers, who ask in turns

    def cost(self, page: Page, times: int) -> float:
        """Milliseconds of processor time for one request, over `times` requests."""
        self.connection.close()  # a server hangs up on who was silent during the turns of the others
        before = cpu_seconds(*self.pids)
        for _request in range(times):
            headers = {"Cookie": next(self.cookies)} if page.signed_in else {}
            self.connection.request("GET", page.path, headers=headers)
            answer = self.connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{page.path} answers {answer.status}")
        return (cpu_seconds(*self.pids) - before) / times * 1000


@dataclass
class Measured:
    """What the pages of each forum cost in each turn, and what the limits cost just before."""

    limits: dict[str, Costs]  # by limit
    forums: list[tuple[Forum, Costs]]


def measure(limits: Asker, forums: Sequence[tuple[Forum, Asker]]) -> Measured:
    """One page of every forum and both limits, one right after the other; then the next page; and all that in turns."""
    names = [page.name for page in forums[0][0].pages]
    known = [{page.name: page for page in forum.pages} for forum, _asker in forums]
    for asker, pages in [(limits, LIMITS), *((asker, forum.pages) for forum, asker in forums)]:
        for page in pages:
            asker.cost(page, WARM)
    found = Measured(
        {limit.name: {name: [] for name in names} for limit in LIMITS},
        [(forum, {name: [] for name in names}) for forum, _asker in forums],
    )
    for _turn in range(TURNS):
        for name in names:
            for limit in LIMITS:
                found.limits[limit.name][name].append(limits.cost(limit, REQUESTS))
            for (_forum, asker), pages, (_same, costs) in zip(forums, known, found.forums, strict=True):
                costs[name].append(asker.cost(pages[name], REQUESTS))
    return found
