"""`make bench`: processor time of server and database for each page, beside two limits in the same run.

Everything that serves stands on one core, who asks on another, over one connection, on this machine only. Forums of
several sizes, and those of another checkout when one is named, are asked in the same turns.
"""

import argparse
import json
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import table
from bench.forums import Forum, made, open_forum
from bench.measure import Asker, measure
from bench.processes import ROOT, cores, pin, pin_alone, served
from bench.report import report
from bench.writers import writing
from tests.postgres import create_database, start_postgres

SIZES = "10000,100000,1000000"
RESULTS = Path(__file__).resolve().parent / "results"


def main(words: list[str] | None = None) -> int:
    """Measure, print, write; the exit code says whether the bars are met."""
    began, asked = time.monotonic(), _asked(words)
    servers, asking = cores()
    url, database = start_postgres({})  # its own defaults: as durable as in use
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with ExitStack() as stack:
        forums: list[Forum] = []
        for root in [ROOT, *asked.beside]:
            for posts in asked.sizes:
                place = create_database(url, f"bench{len(forums)}")
                forums.append(stack.enter_context(made(root, place, posts, at)))
                print(f"{forums[-1].name}: {forums[-1].told['seeding']}", flush=True)
        largest = next(forum for forum in reversed(forums) if forum.here)
        limits = stack.enter_context(served("bench.limits:app", largest.environment, "/rows", servers))
        places = [stack.enter_context(open_forum(forum, servers)) for forum in forums]
        pin(database, servers)
        pin_alone(asking)
        askers = [
            (forum, Asker(port, (pid, database), forum.told["cookie"]))
            for forum, (port, pid) in zip(forums, places, strict=True)
        ]
        measured = measure(Asker(limits[0], (limits[1], database)), askers)
        pin_alone(servers | asking)
        pin(database, servers | asking)
        smallest = next(forum for forum in forums if forum.here)
        together = writing(smallest.environment)
    found = report(measured, together, one_core=servers == asking)
    print("\n" + "\n".join(table.lines(found)))
    print(f"\n{time.monotonic() - began:.0f} seconds in all.")
    _write(found)
    return 0 if all(check["met"] for check in found["checks"]) else 1


def _asked(words: list[str] | None) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument(
        "--sizes", type=_sizes, default=SIZES, help="numbers of posts, with commas between them"
    )
    asked.add_argument(
        "--beside",
        type=_checkout,
        action="append",
        default=[],
        help="another checkout of the forum, measured in the same turns",
    )
    return asked.parse_args(words)


def _sizes(words: str) -> list[int]:
    return sorted({int(word) for word in words.split(",")})


def _checkout(path: str) -> Path:
    root = Path(path).resolve()
    if not (root / "bench" / "prepare.py").is_file():
        raise argparse.ArgumentTypeError(f"{root} has no bench/prepare.py")
    return root


def _write(found: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{found['at'].replace(':', '')}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
