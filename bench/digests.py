"""`make bench DIGESTS=10000,100000`: what a letter of a digest costs, from choosing what it holds to the mail server.

A network in a busy week stands in PostgreSQL, as durable as in use. Letters of a sample of its members are made in
rounds, and others handed to a mail server on this machine, by one worker and by two.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench.forums import settings
from bench.handing_over import handed_over
from bench.processes import ROOT, run_quietly
from bench.run import RESULTS
from bench.table import table
from tests.postgres import create_database, start_postgres

SENT_IN_MEMORY = 200  # letters whose statements are counted up to booking
MOST_WALL, LEAST_RATIO, MOST_MEMORY, MOST_STATEMENTS = 12.0, 1.4, 200.0, 2.0
MOST_MADE = 4.0  # of processor time
MOST_GROWTH = 10.0  # megabytes, from a warm worker to its last letter
PARTS = ("wall_ms", "worker_ms", "database_ms", "statements")


def main(words: list[str] | None = None) -> int:
    """Measure, print, write; the exit code says whether the bars are met."""
    asked = arguments(words)
    url, database = start_postgres({})  # its own defaults: as durable as in use
    found: list[dict[str, Any]] = []
    for members in asked.members:
        began = time.monotonic()
        place = create_database(url, "digests")
        found.append(measured(place, database, members, asked))
        print(f"{members:,} members: {time.monotonic() - began:.0f} seconds\n", flush=True)
        print("\n".join(lines(found[-1])), flush=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"digests-{at.replace(':', '')}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}")
    return 0 if all(check["met"] for one in found for check in checks(one)) else 1


def measured(url: str, database: int, members: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Fill the empty database at `url`, make letters, and hand others over; `database`: its first process."""
    sent = min(SENT_IN_MEMORY, asked.letters)
    made = asked.rounds * asked.round
    # Letters that were made in rounds are still to be sent.
    sample = max(made, sent + 2 * asked.letters)
    if sample > members:
        raise ValueError(f"A sample of {sample} letters needs as many members.")
    with tempfile.TemporaryDirectory(prefix="leerkring-bench-") as folder:
        environment = settings(url, folder)
        network = [f"--members={members}", f"--threads={asked.threads}", f"--sample={sample}"]
        run_quietly([sys.executable, "-m", "bench.busy_week", *network], environment)
        # Recurring work that is due at the first start, or only the first of the runs below would do it.
        worker = [sys.executable, "-m", "flask", "--app", "app", "worker", "--until-idle"]
        run_quietly(worker, {**environment, "SMTP_URL": "memory:"})
        some = [f"--database={database}", f"--rounds={asked.rounds}", f"--letters={asked.round}"]
        told = run_quietly(
            [sys.executable, "-m", "bench.digest_letters", *some, f"--sent={sent}"], environment
        )
        runs = [
            handed_over(environment, database, workers=workers, letters=asked.letters) for workers in (1, 2)
        ]
    letters = json.loads(told.splitlines()[-1])
    return {"members": members, "sample": sample, "threads": asked.threads, **letters, "runs": runs}


def checks(one: dict[str, Any]) -> list[dict[str, Any]]:
    """The bars, what was found, and whether they are met."""
    alone, together = one["runs"]
    wall, memory = alone["wall_ms"], max(run["memory_mb"] for run in one["runs"])
    ratio = wall / together["wall_ms"]
    growth = max(run["memory_ended_mb"] - run["memory_warm_mb"] for run in one["runs"])
    statements, made = (
        statistics.median(each[part] for each in one["rounds"]) for part in ("statements", "worker_ms")
    )
    told = [
        ("ms of processor time to make a letter", made, f"at most {MOST_MADE}", made <= MOST_MADE),
        ("ms a letter handed over, one worker", wall, f"at most {MOST_WALL}", wall <= MOST_WALL),
        ("two workers, times one", ratio, f"at least {LEAST_RATIO}", ratio >= LEAST_RATIO),
        ("megabytes of a worker", memory, f"less than {MOST_MEMORY}", memory < MOST_MEMORY),
        ("megabytes that a warm worker grew", growth, f"at most {MOST_GROWTH}", growth <= MOST_GROWTH),
        (
            "statements to make a letter",
            statements,
            f"at most {MOST_STATEMENTS}",
            statements <= MOST_STATEMENTS,
        ),
    ]
    return [{"check": check, "found": figure, "bar": bar, "met": met} for check, figure, bar, met in told]


def lines(one: dict[str, Any]) -> list[str]:
    """What is printed of a network."""
    rounds, made = one["rounds"], sum(each["letters"] for each in one["rounds"])
    head = ["a letter", *PARTS]
    kinds: dict[str, Callable[[list[float]], float]] = {"made, least": min, "made, median": statistics.median}
    rows = [
        [name, *(f"{of([each[part] for each in rounds]):.2f}" for part in PARTS)]
        for name, of in kinds.items()
    ]
    for run in one["runs"]:
        costs = [f"{run[part]:.2f}" for part in PARTS[:-1]]
        # Counted in one process that sends to memory: they do not depend on how many workers there are.
        rows.append([f"handed over, workers: {run['workers']}", *costs, f"{one['sent_statements']:.2f}"])
    told = [
        f"{one['members']:,} members, {one['threads']:,} threads. Sampled: {made:,} letters made in {len(rounds)} "
        f"rounds, {' and '.join(format(run['letters'], ',') for run in one['runs'])} handed over.",
        *table([head, *rows]),
    ]
    for run in one["runs"]:
        told.append(
            f"Workers: {run['workers']}: {run['cores_busy']:.2f} of {os.cpu_count()} cores busy, the mail server with "
            f"{run['server_ms']:.2f} ms a letter; at most {run['memory_mb']:.0f} MB, {run['memory_warm_mb']:.0f} once "
            f"warm, {run['memory_halfway_mb']:.0f} halfway, {run['memory_ended_mb']:.0f} at the end; waits seen: "
            f"{run['waits'] or 'none'}"
        )
    told += [
        f"{'met   ' if check['met'] else 'MISSED'} {check['check']}: {check['found']:.2f} ({check['bar']})"
        for check in checks(one)
    ]
    return [*told, ""]


def arguments(words: list[str] | None) -> argparse.Namespace:
    """What is measured, as asked on the command line."""
    asked = argparse.ArgumentParser(prog="python -m bench.digests", description=__doc__)
    asked.add_argument(
        "--members", type=_numbers, default="10000,100000", help="sizes, with commas between them"
    )
    for name, default, about in (
        ("threads", 1_500, "threads of the network"),
        ("rounds", 5, "rounds in which letters are made"),
        ("round", 500, "letters of a round"),
        ("letters", 3_000, "letters handed over by one worker, and as many by two"),
    ):
        asked.add_argument(f"--{name}", type=int, default=default, help=about)
    return asked.parse_args(words)


def _numbers(words: str) -> list[int]:
    return sorted({int(word) for word in words.split(",")})


if __name__ == "__main__":
    sys.exit(main())
