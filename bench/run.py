"""`make bench`: processor time of server and database for each page, beside two limits in the same run.

Everything that serves stands on one core, who asks on another, over one connection, on this machine only. The pages
are asked in turns, so that what else the machine does falls on all of them alike; the median of the turns counts.
"""

import json
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.forum_under_test import Measured, Page, made
from bench.processes import HOST, cores, cpu_seconds, pin, pin_alone, served
from forum.demo.synthetic.size import Size
from tests.postgres import create_database, start_postgres

BIG = Size(members=2_000, threads=5_000, posts=100_000, lessons=300)
SMALL = Size(members=2_000, threads=500, posts=10_000, lessons=30)
TURNS, REQUESTS, WARM = 7, 40, 25
LIMITS = [
    Page("limit 1: 40 kB of ready HTML", "/ready", False),
    Page("limit 2: one query, 20 rows", "/rows", False),
]
THREAD = "thread of 20 posts"
MOST_TIMES, MOST_QUERIES, MOST_GROWTH = 4.0, 8, 1.2
RESULTS = Path(__file__).resolve().parent / "results"

Costs = dict[str, list[float]]


class Asker:
    """One connection at a time to one server, and the processes whose time counts for it."""

    def __init__(self, port: int, pids: tuple[int, ...], cookie: str = "") -> None:
        self.connection = HTTPConnection(HOST, port, timeout=30)
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


def main() -> int:
    """Measure, print, write; the exit code says whether the bars are met."""
    began = time.monotonic()
    servers, asking = cores()
    url, database = start_postgres({})  # its own defaults: as durable as in use
    pin(database, servers)
    with (
        made(create_database(url, "big"), BIG) as big,
        made(create_database(url, "small"), SMALL) as small,
        served("bench.limits:app", big.environment, "/rows", servers) as limits,
        served("app:app", big.environment, "/healthz", servers) as large,
        served("app:app", small.environment, "/healthz", servers) as little,
    ):
        pin(database, servers)
        pin_alone(asking)
        costs = _measure(
            Asker(limits[0], (limits[1], database)),
            Asker(large[0], (large[1], database), big.cookie),
            Asker(little[0], (little[1], database), small.cookie),
            big,
            small,
        )
        found = report(costs, big, small, one_core=servers == asking)
    _print(found, time.monotonic() - began)
    _write(found)
    return 0 if all(check["met"] for check in found["checks"]) else 1


def _measure(limits: Asker, large: Asker, little: Asker, big: Measured, small: Measured) -> dict[str, Costs]:
    plan = [("limits", limits, LIMITS), ("big", large, big.pages), ("small", little, small.pages)]
    costs: dict[str, Costs] = {name: {page.name: [] for page in pages} for name, _asker, pages in plan}
    for _name, asker, pages in plan:
        for page in pages:
            asker.cost(page, WARM)
    for _turn in range(TURNS):
        for name, asker, pages in plan:
            for page in pages:
                costs[name][page.name].append(asker.cost(page, REQUESTS))
    return costs


def report(costs: dict[str, Costs], big: Measured, small: Measured, *, one_core: bool) -> dict[str, Any]:
    """Costs side by side, and whether the bars are met."""
    limit = {page.name: statistics.median(costs["limits"][page.name]) for page in LIMITS}
    ready, rows = limit.values()
    pages = []
    for page in big.pages:
        cost = statistics.median(costs["big"][page.name])
        before = statistics.median(costs["small"][page.name])
        pages.append(
            {
                "page": page.name,
                "signed_in": page.signed_in,
                "cpu_ms": round(cost, 3),
                "times_limit_1": round(cost / ready, 2),
                "times_limit_2": round(cost / rows, 2),
                "cpu_ms_small": round(before, 3),
                "growth": round(cost / before, 3),
                "queries": big.queries[page.name],
                "queries_small": small.queries[page.name],
            }
        )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "one_core_for_all": one_core,
        "big": vars(big.size),
        "small": vars(small.size),
        "limits_ms": {name: round(cost, 3) for name, cost in limit.items()},
        "pages": pages,
        "checks": _checks(next(row for row in pages if row["page"] == THREAD)),
    }


def _checks(thread: dict[str, Any]) -> list[dict[str, Any]]:
    bars = (
        ("a signed-in thread page, in times limit 2", thread["times_limit_2"], MOST_TIMES),
        ("its queries", thread["queries"], MOST_QUERIES),
        ("its cost beside a forum of a tenth", thread["growth"], MOST_GROWTH),
    )
    return [{"check": name, "found": found, "most": most, "met": found <= most} for name, found, most in bars]


def _print(found: dict[str, Any], took: float) -> None:
    print(
        f"\n{'':32}{'CPU ms':>9}{'x limit 1':>11}{'x limit 2':>11}{'queries':>9}{'a tenth':>9}{'growth':>8}"
    )
    for name, cost in found["limits_ms"].items():
        print(f"{name:32}{cost:9.2f}")
    for row in found["pages"]:
        name = row["page"] + ("" if row["signed_in"] or "visitor" in row["page"] else ", visitor")
        print(
            f"{name:32}{row['cpu_ms']:9.2f}{row['times_limit_1']:11.1f}{row['times_limit_2']:11.2f}"
            f"{row['queries']:9}{row['cpu_ms_small']:9.2f}{row['growth']:8.2f}"
        )
    print()
    for check in found["checks"]:
        print(
            f"{'met ' if check['met'] else 'MISSED'} {check['check']}: {check['found']} (at most {check['most']})"
        )
    if found["one_core_for_all"]:
        print("This machine has one core: who asks and who serves shared it.")
    print(f"\n{took:.0f} seconds in all.")


def _write(found: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{found['at'].replace(':', '')}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(RESULTS.parent.parent)}")


if __name__ == "__main__":
    sys.exit(main())
