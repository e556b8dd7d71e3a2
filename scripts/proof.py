"""Runs the long proofs, part after part: kills, walks, floods, sweeps, mutants. `make test` has no time for them.

    python scripts/proof.py [PART …]          PROOF_SEED=… repeats the chances of an earlier run

A part is any command whose last line of figures reads like pytest's (`3 passed, 1 failed`). Every part runs, also
after a failing one. What was skipped counts as failed.
"""

import os
import re
import secrets
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-q", "--color=no", "--hypothesis-seed={seed}")
FIGURES = re.compile(r"(\d+) (passed|failed|errors?|skipped)\b")
AHEAD_MOST = 60 * 24  # hours
BAD = {"error": "failed", "errors": "failed", "skipped": "failed"}


@dataclass(frozen=True)
class Part:
    """A command with a name; {seed} in it becomes the seed of the run, which PROOF_SEED carries too.

    `ahead`: the clock of its tests runs some weeks ahead, by an hour that the seed chooses.
    """

    name: str
    command: tuple[str, ...]
    database: str = "sqlite"
    ahead: bool = False


# Their processes keep the clock of the machine.
_REAL_TIME = tuple(
    f"--ignore=tests/jobs/test_{name}.py" for name in ("bad_servers", "incoming", "killed", "process")
)
PARTS = [  # one line for each
    Part("sqlite", (*PYTEST, "-n", "2", "-m", "proof and not browser")),
    Part("postgresql", (*PYTEST, "-n", "2", "-m", "(proof or any_database) and not browser"), "postgresql"),
    Part("statements", (sys.executable, "-m", "tests.repeated", "--check"), "postgresql"),
    Part("calendar", (*PYTEST, "-n", "2", *_REAL_TIME, "-m", "not proof and not browser"), ahead=True),
    Part("browser", (*PYTEST, "-m", "proof and browser")),
    Part("mutants", (sys.executable, "scripts/mutants.py")),
]


def main(arguments: list[str]) -> int:
    names = [part.name for part in PARTS]
    unknown = set(arguments) - set(names)
    if unknown:
        print(f"Unknown part: {', '.join(sorted(unknown))}; there are {', '.join(names)}.", file=sys.stderr)
        return 2
    seed = os.environ.get("PROOF_SEED") or str(secrets.randbelow(10**9))
    print(f"PROOF_SEED={seed}", flush=True)
    results = {part.name: run(part, seed) for part in PARTS if not arguments or part.name in arguments}
    return report(results, seed)


def run(part: Part, seed: str) -> tuple[Counter[str], float]:
    """Show the part as it goes; what it counted, and how many seconds it took."""
    print(f"\n== {part.name} ==", flush=True)
    started = time.monotonic()
    environment = {**os.environ, "PROOF_SEED": seed, "TEST_DATABASE": part.database}
    if part.ahead:
        environment["TEST_AHEAD"] = str(int(seed) % AHEAD_MOST)
    environment.pop("DATABASE_URL", None)  # the tests make their databases themselves
    command = [word.replace("{seed}", seed) for word in part.command]
    counted: Counter[str] = Counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            counted = _figures(line) or counted
    if process.returncode != 0 and not counted["failed"]:
        counted["failed"] = 1  # nothing collected, a crash, an interrupt: never a success
    return counted, time.monotonic() - started


def _figures(line: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for number, word in FIGURES.findall(line):
        counted[BAD.get(word, word)] += int(number)
    return counted


def report(results: dict[str, tuple[Counter[str], float]], seed: str) -> int:
    """Print a line for each part and the sum of them; 1 when anything failed or nothing ran."""
    print()
    total: Counter[str] = Counter()
    for name, (counted, seconds) in results.items():
        total += counted
        print(f"{name:12}{counted['passed']} passed, {counted['failed']} failed in {seconds:.0f} s")
    print(f"PROOF_SEED={seed}")
    print(f"{total['passed']} passed, {total['failed']} failed")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
