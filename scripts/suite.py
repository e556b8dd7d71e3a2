"""Runs the tests the way CI does and adds up what ran: SQLite, then PostgreSQL, then the browser.

    python scripts/suite.py [PHASE …] [-- what pytest should be told besides]

Every phase runs, also after a failing one, so that one run shows everything. A skipped test counts as a failure:
nobody knows what it would have said. What takes long is left to scripts/proof.py, and what says the same on
both databases runs on one of them here, on both there.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Name: the database, what to select, how many at once: more than the two cores that we count on where many tests wait,
# for a lock, a server that hangs, or a sign of life that stays away.
PHASES = {
    "sqlite": ("sqlite", "not browser and not proof", "3"),
    "postgresql": ("postgresql", "not browser and not proof and not any_database", "3"),
    "browser": ("sqlite", "browser and not proof", "2"),
}


def main(arguments: list[str]) -> int:
    ours, besides = _split(arguments)
    unknown = set(ours) - PHASES.keys()
    if unknown:
        print(f"Unknown phase: {', '.join(sorted(unknown))}; there are {', '.join(PHASES)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as compiled:
        results = {name: _run(name, besides, compiled) for name in ours or PHASES}
    return _report(results)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return arguments, []
    border = arguments.index("--")
    return arguments[:border], arguments[border + 1 :]


def _run(name: str, besides: list[str], compiled: str = "") -> tuple[Counter[str], float]:
    database, selection, workers = PHASES[name]
    print(f"\n== {name} ==", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "result.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-m", selection, "-n", workers]
        command += ["--dist", "worksteal", f"--junitxml={written}", *besides]
        environment = {**os.environ, "TEST_DATABASE": database}
        environment.pop("DATABASE_URL", None)  # the tests make their databases themselves
        if compiled and environment.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Whoever wants no bytecode in the checkout has it outside: every process that a test starts, and every
            # worker of the next phase, would compile everything anew.
            environment["PYTHONPYCACHEPREFIX"] = compiled
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        counted = _count(written)
    if code != 0 and not counted["failed"]:
        counted["failed"] = 1  # nothing collected, a crash, an interrupt: never a success
    return counted, time.monotonic() - started


def _count(written: Path) -> Counter[str]:
    counted: Counter[str] = Counter()
    if written.exists():
        for suite in ElementTree.parse(written).iter("testsuite"):
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            counted += Counter(failed=bad, skipped=skipped, passed=int(suite.get("tests", 0)) - bad - skipped)
    return counted


def _report(results: dict[str, tuple[Counter[str], float]]) -> int:
    total: Counter[str] = Counter()
    print()
    for name, (counted, seconds) in results.items():
        total += counted
        print(f"{name:12}{_words(counted)} in {seconds:.0f} s")
    print(_words(total))
    if total["skipped"]:
        print("Skipped tests count as failures.", file=sys.stderr)
    return 1 if total["failed"] or total["skipped"] else 0


def _words(counted: Counter[str]) -> str:
    skipped = f", {counted['skipped']} skipped" if counted["skipped"] else ""
    return f"{counted['passed']} passed, {counted['failed']} failed{skipped}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
