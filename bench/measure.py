"""What pages cost, read from the kernel, in turns: so what else the machine does falls on all of them alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection

from bench.forums import Forum
from bench.pages import LIMITS, Page
from bench.processes import HOST, cpu_seconds

TURNS, REQUESTS, WARM = 7, 25, 20

Costs = dict[str, list[float]]  # by page, the milliseconds of each turn


class Asker:
    """One connection at a time to one server, and the processes whose time counts for it."""

    def __init__(self, port: int, pids: tuple[int, ...], cookie: str = "") -> None:
        self.connection = HTTPConnection(HOST, port, timeout=60)
        self.pids = pids
        self.cookie = cookie

    def cost(self, page: Page, times: int) -> float:
        """Milliseconds of processor time for one request, over `times` requests."""
        headers = {"Cookie": self.cookie} if page.signed_in else {}
        self.connection.close()  # a server hangs up on who was silent during the turns of the others
        before = cpu_seconds(*self.pids)
        for _request in range(times):
            self.connection.request("GET", page.path, headers=headers)
            answer = self.connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{page.path} answers {answer.status}")
        return (cpu_seconds(*self.pids) - before) / times * 1000


@dataclass
class Measured:
    """What the limits cost in each turn, and what the pages of each forum cost."""

    limits: Costs
    forums: list[tuple[Forum, Costs]] = field(default_factory=list)


def measure(limits: Asker, forums: Sequence[tuple[Forum, Asker]]) -> Measured:
    """Every page of every forum in every turn, with the limits among them."""
    plan = [(limits, LIMITS), *((asker, forum.pages) for forum, asker in forums)]
    costs: list[Costs] = [{page.name: [] for page in pages} for _asker, pages in plan]
    for asker, pages in plan:
        for page in pages:
            asker.cost(page, WARM)
    for _turn in range(TURNS):
        for (asker, pages), found in zip(plan, costs, strict=True):
            for page in pages:
                found[page.name].append(asker.cost(page, REQUESTS))
    return Measured(
        costs[0], [(forum, found) for (forum, _asker), found in zip(forums, costs[1:], strict=True)]
    )
