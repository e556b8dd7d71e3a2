"""`make bench SEARCH=1000000,100000`: searching in so many posts in PostgreSQL, and in so many in SQLite.

Processor time of each kind of question in times of the smallest honest view, in one run; how long people wait at ten
questions a second on two cores; how far the time tells whether a word stands in closed posts; and what a post costs to
write with the keys of its words and without.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.forums import Forum, open_forum, settings
from bench.measure import Asker, measure
from bench.pages import LIMITS
from bench.prepare import network
from bench.processes import HOST, ROOT, cores, pin, pin_alone, run_quietly, served
from bench.run import RESULTS
from bench.table import table
from tests.postgres import create_database, start_postgres

MOST_TIMES = {"rare word": 6.0, "common word": 25.0}  # limit 2
MOST_WAIT, RATE, SECONDS = 150.0, 10, 60  # milliseconds for 95 of 100, questions a second, and for how long
MOST_APART, ASKED = 2.0, 200  # milliseconds between a closed word and nobody's, and how often each is asked
LEAST_SEEDED = 5_000  # posts a second, on PostgreSQL
CONNECTIONS = 16


@dataclass(frozen=True)
class Place:
    """A network in one database. `database` is its first process, 0 for SQLite."""

    name: str
    posts: int
    database: int
    environment: dict[str, str]
    seeding: str
    told: dict[str, Any]  # by `bench.searches`


def main(words: list[str] | None = None) -> int:
    """Measure, print, write; the exit code says whether the bars are met."""
    asked = arguments(words)
    url, database = start_postgres({})  # its own defaults: as durable as in use
    found = []
    with tempfile.TemporaryDirectory(prefix="leerkring-bench-") as folder:
        sqlite = f"sqlite:///{Path(folder, 'forum.db')}"
        for name, posts, address, process in (
            ("PostgreSQL", asked.postgresql, create_database(url, "search"), database),
            ("SQLite", asked.sqlite, sqlite, 0),
        ):
            if posts:
                place = prepared(name, posts, settings(address, folder), process)
                found.append(measured(place, seconds=asked.seconds, times=asked.times))
                print("\n".join(lines(found[-1])), flush=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"search-{at.replace(':', '')}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}")
    return 0 if all(check["met"] for one in found for check in checks(one)) else 1


def prepared(name: str, posts: int, environment: dict[str, str], database: int) -> Place:
    """Fill the empty database of an environment, and write what will be looked for."""
    seeding = network(posts, datetime.now(UTC).isoformat(timespec="seconds"), environment)
    command = [sys.executable, "-m", "bench.searches", str(database)]
    told = json.loads(run_quietly(command, environment).splitlines()[-1])
    return Place(name, posts, database, environment, seeding, told)


def measured(place: Place, *, seconds: int, times: int) -> dict[str, Any]:
    """Ask everything of one network."""
    return {
        "database": place.name,
        "posts": place.posts,
        "seeding": place.seeding,
        "writing_ms": place.told["writing"],
        "times_limit_2": _ratios(place),
        **_waits(place, seconds, times),
    }


def _ratios(place: Place) -> dict[str, float]:
    """Processor time of each kind in times limit 2, the median of the turns."""
    servers, asking = cores()
    pages = [
        {"name": kind, "path": f"/search?{asked[0]}", "signed_in": True}
        for kind, asked in place.told["kinds"].items()
    ]
    forum = Forum(ROOT, place.posts, place.environment, {"pages": pages})
    pids = (place.database,) if place.database else ()
    limit = LIMITS[1].name
    with (
        served("bench.limits:app", place.environment, "/rows", servers) as (limit_port, limit_pid),
        open_forum(forum, servers) as (port, pid),
    ):
        _pin(place, servers)
        pin_alone(asking)
        limits = Asker(limit_port, (limit_pid, *pids))
        found = measure(limits, [(forum, Asker(port, (pid, *pids), *place.told["cookies"]))])
        pin_alone(servers | asking)
        _pin(place, servers | asking)
    costs = found.forums[0][1]
    return {
        kind: round(
            statistics.median(
                cost / rows for cost, rows in zip(costs[kind], found.limits[limit][kind], strict=True)
            ),
            2,
        )
        for kind in costs
    }


def _pin(place: Place, where: set[int]) -> None:
    if place.database:
        pin(place.database, where)


def _waits(place: Place, seconds: int, times: int) -> dict[str, Any]:
    """How long people wait, on a server that has both cores."""
    servers, asking = cores()
    with served("app:app", place.environment, "/healthz", servers | asking, workers=2) as (port, _pid):
        by_kind = _asked_at_once(place, port, seconds)
        apart = _closed(place, port, times)
    return {
        "p95_ms": {kind: round(_p95(waits), 1) for kind, waits in by_kind.items()},
        "p95_of_all_ms": round(_p95([wait for waits in by_kind.values() for wait in waits]), 1),
        "apart_ms": apart,
    }


def _asked_at_once(place: Place, port: int, seconds: int) -> dict[str, list[float]]:
    """Milliseconds of questions that come at their moments, whether those before are answered or not."""
    kinds, cookies = place.told["kinds"], place.told["cookies"]
    names = list(kinds)
    began = time.monotonic() + 1

    def ask(number: int) -> float:
        due = began + number / RATE
        time.sleep(max(0.0, due - time.monotonic()))
        asked = kinds[names[number % len(names)]]
        _get(port, f"/search?{asked[number // len(names) % len(asked)]}", cookies[number % len(cookies)])
        return (time.monotonic() - due) * 1000

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        waits = list(pool.map(ask, range(RATE * seconds)))
    return {name: waits[at :: len(names)] for at, name in enumerate(names)}


def _closed(place: Place, port: int, times: int) -> dict[str, float]:
    """The median of each closed word, less that of a word which nobody wrote: milliseconds, asked in turns."""
    waits: dict[str, list[float]] = {word: [] for word in place.told["closed"]}
    cookies = place.told["cookies"]
    for turn in range(-5, times):
        for word, each in waits.items():
            began = time.perf_counter()
            # No faster than a reader may ask.
            _get(port, f"/search?q={word}", cookies[turn % len(cookies)])
            if turn >= 0:
                each.append((time.perf_counter() - began) * 1000)
    *closed, nobodys = waits
    usual = statistics.median(waits[nobodys])
    return {word: round(statistics.median(waits[word]) - usual, 2) for word in closed}


def _get(port: int, path: str, cookie: str) -> None:
    connection = HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
    finally:
        connection.close()


def _p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]


def checks(one: dict[str, Any]) -> list[dict[str, Any]]:
    """The bars, what was found, and whether they are met."""
    found = [
        (f"{kind}, times limit 2", one["times_limit_2"][kind], most) for kind, most in MOST_TIMES.items()
    ]
    found.append(("ms for 95 of 100", one["p95_of_all_ms"], MOST_WAIT))
    found += [(f"ms apart, {word}", abs(apart), MOST_APART) for word, apart in one["apart_ms"].items()]
    told = [
        {"check": check, "found": figure, "bar": f"at most {most:g}", "met": figure <= most}
        for check, figure, most in found
    ]
    if one["database"] == "PostgreSQL":
        seeded = int(one["seeding"].partition(" posts a second")[0].rsplit(" ", 1)[-1])
        bar = f"at least {LEAST_SEEDED:,}"
        told.append(
            {"check": "posts seeded a second", "found": seeded, "bar": bar, "met": seeded >= LEAST_SEEDED}
        )
    return told


def lines(one: dict[str, Any]) -> list[str]:
    """What is printed of a network."""
    rows = [["a question", "times limit 2", "ms for 95 of 100"]]
    rows += [
        [kind, f"{times:.2f}", f"{one['p95_ms'][kind]:.1f}"] for kind, times in one["times_limit_2"].items()
    ]
    writing = one["writing_ms"]
    return [
        f"{one['database']}, {one['posts']:,} posts. {one['seeding']}",
        *table(rows),
        f"ms of processor time to write a reply: {writing['with']:.2f}, without keys {writing['without']:.2f}",
        *(
            f"{'met   ' if check['met'] else 'MISSED'} {check['check']}: {check['found']} ({check['bar']})"
            for check in checks(one)
        ),
        "",
    ]


def arguments(words: list[str] | None) -> argparse.Namespace:
    """What is measured, as asked on the command line."""
    asked = argparse.ArgumentParser(prog="python -m bench.searching", description=__doc__)
    asked.add_argument("--posts", default="1000000,100000", help="in PostgreSQL, in SQLite; 0 for none")
    asked.add_argument("--seconds", type=int, default=SECONDS, help="how long questions come")
    asked.add_argument("--times", type=int, default=ASKED, help="how often closed words are asked")
    known = asked.parse_args(words)
    known.postgresql, known.sqlite = (int(each) for each in known.posts.split(","))
    return known


if __name__ == "__main__":
    sys.exit(main())
