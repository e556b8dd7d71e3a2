"""`make bench PAIRS=1`: what a page costs in times another one, asked one right after the other, in turns.

The page of a lesson beside the smallest honest view of the same rows (`bare_lesson`), as a member and as a visitor; the
pages of the workbench beside those of its thread of 200 posts, all of them. Processor time of server and database.
"""

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.forums import Forum, made, open_forum
from bench.measure import Asker
from bench.pages import Page
from bench.processes import ROOT, cores, pin, pin_alone, run_quietly, served
from bench.run import RESULTS
from tests.postgres import create_database, start_postgres

POSTS = 2_000  # of the network: a tenth of them in its long thread
TURNS, REQUESTS, WARM = 9, 20, 10
LESSON, LESSON_VISITOR = "lesson, times the smallest view of it", "the same, visitor"
WORKBENCH = "workbench on a thread of 200 posts, times its own pages"
MOST = {LESSON: 5.0, LESSON_VISITOR: 5.0, WORKBENCH: 2.0}


@dataclass(frozen=True)
class Side:
    """Pages of one server that are asked together, and who asks them."""

    asker: Asker
    pages: Sequence[Page]

    def cost(self, times: int) -> float:
        """Milliseconds of processor time for all of them once, over so many times."""
        return sum(self.asker.cost(page, times) for page in self.pages)


def main() -> int:
    """Measure, print, write; the exit code says whether the bars are met."""
    servers, asking = cores()
    url, database = start_postgres({})  # its own defaults: as durable as in use
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with made(ROOT, create_database(url, "pairs"), POSTS, at) as forum:
        told = prepared(forum)
        with (
            served("bench.limits:app", forum.environment, "/rows", servers) as bare,
            open_forum(forum, servers) as place,
        ):
            pin(database, servers)
            pin_alone(asking)
            pairs = _pairs(forum, told, bare, place, database)
            found = [measured(name, *sides) for name, sides in pairs.items()]
    print("\n".join(lines(found)))
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"pairs-{at.replace(':', '')}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}")
    return 0 if all(one["met"] for one in found) else 1


def prepared(forum: Forum) -> dict[str, Any]:
    """Make the draft in a forum, and return what `pair_pages` says of it."""
    told: dict[str, Any] = json.loads(
        run_quietly([sys.executable, "-m", "bench.pair_pages"], forum.environment)
    )
    return told


def measured(name: str, one: Side, other: Side) -> dict[str, Any]:
    """Ask both in turns; the times are the median of what each turn says."""
    for side in (one, other):
        side.cost(WARM)
    costs = [(one.cost(REQUESTS), other.cost(REQUESTS)) for _turn in range(TURNS)]
    low, middle, high = statistics.quantiles([first / second for first, second in costs], n=4)
    return {
        "pair": name,
        "ms": [round(statistics.median(side), 2) for side in zip(*costs, strict=True)],
        "times": round(middle, 2),
        "spread": round(high - low, 2),
        "most": MOST[name],
        "met": middle <= MOST[name],
    }


def lines(found: Sequence[dict[str, Any]]) -> list[str]:
    """What is printed."""
    return [
        f"{'met   ' if one['met'] else 'MISSED'} {one['pair']}: {one['times']:.2f} ±{one['spread']:.2f} "
        f"({one['ms'][0]:.2f} and {one['ms'][1]:.2f} ms; at most {one['most']})"
        for one in found
    ]


def _pairs(
    forum: Forum, told: dict[str, Any], bare: tuple[int, int], place: tuple[int, int], database: int
) -> dict[str, tuple[Side, Side]]:
    def side(paths: Sequence[str], *cookies: str) -> Side:
        asker = Asker(place[0], (place[1], database), *cookies)
        return Side(asker, [Page(path, path, bool(cookies)) for path in paths])

    def smallest(weight: int) -> Side:
        page = Page("bare", f"{told['bare']}?weight={weight}", False)
        return Side(Asker(bare[0], (bare[1], database)), [page])

    member, visitor = told["weights"]
    return {
        LESSON: (side(told["lesson"], forum.told["cookie"]), smallest(member)),
        LESSON_VISITOR: (side(told["lesson"]), smallest(visitor)),
        WORKBENCH: (side(told["workbench"], told["cookie"]), side(told["thread"], told["cookie"])),
    }


if __name__ == "__main__":
    sys.exit(main())
