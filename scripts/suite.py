"""Runs the tests the way CI does and adds up what ran: SQLite, and PostgreSQL and the browser beside it.

    python scripts/suite.py [PHASE …] [-- what pytest should be told besides]

Without a phase named `make lint` goes first, since it takes seconds, and nothing else runs when it fails. After that
every phase runs, also after a failing one, so that one run shows everything. A skipped test counts as a failure:
nobody knows what it would have said. What takes long is left to scripts/proof.py, and what says the same on
both databases runs on one of them here, on both there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
# Name: the database, where to look and what to select there, how many at once: all together twice the two cores that we
# count on, since many tests wait, for a lock, a browser, a server that hangs, or a sign of life that stays away.
PHASES = {
    "sqlite": ("sqlite", "tests", "not browser and not proof", "2"),
    "postgresql": ("postgresql", "tests", "not browser and not proof and not any_database", "1"),
    "browser": ("sqlite", "tests/browser", "browser and not proof", "1"),
}
BESIDE = {"postgresql", "browser"}  # one after the other they would leave a quarter of the machine to nobody
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 2 * 2**30  # bytes that have to be free there; the tests leave a twentieth of it

Result = tuple[Counter[str], float]  # how many passed, failed and were skipped; seconds


def main(arguments: list[str]) -> int:
    ours, besides = _split(arguments)
    unknown = set(ours) - PHASES.keys()
    if unknown:
        print(f"Unknown phase: {', '.join(sorted(unknown))}; there are {', '.join(PHASES)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as compiled:
        if not ours and not _checked(compiled):
            return 1
        results = _run_all(ours or list(PHASES), besides, compiled)
    return _report(results)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return arguments, []
    border = arguments.index("--")
    return arguments[:border], arguments[border + 1 :]


def _checked(compiled: str) -> bool:
    """Whether `make lint` finds nothing; it leaves half of the machine free, where the tests are compiled meanwhile.

    Else every worker of the first phases would compile them all by itself.
    """
    collect = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]
    environment = _environment("sqlite", compiled)
    with subprocess.Popen(collect, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as compiling:
        code = subprocess.run(["make", "--no-print-directory", "lint"], cwd=ROOT, check=False).returncode
        if code != 0:
            compiling.kill()
    return code == 0  # what is wrong with the tests the phases tell


def _run_all(names: Iterable[str], besides: list[str], compiled: str) -> dict[str, Result]:
    """Each phase with its result; what those beside the others say is shown when these are done."""
    with ThreadPoolExecutor() as pool, ExitStack() as files:
        said = {name: files.enter_context(tempfile.TemporaryFile("w+")) for name in names if name in BESIDE}
        beside = {name: pool.submit(_run, name, besides, compiled, out) for name, out in said.items()}
        results = {name: _run(name, besides, compiled) for name in names if name not in BESIDE}
        for name, run in beside.items():
            results[name] = run.result()
            said[name].seek(0)
            shutil.copyfileobj(said[name], sys.stdout)
    return results


def _run(name: str, besides: list[str], compiled: str = "", out: IO[str] | None = None) -> Result:
    database, folder, selection, workers = PHASES[name]
    print(f"\n== {name} ==", flush=True, file=out)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=_memory(), ignore_cleanup_errors=True) as left:
        written = Path(left, "result.xml")
        command = [sys.executable, "-m", "pytest", folder, "-q", "-m", selection, "-n", workers]
        command += ["--dist", "worksteal", f"--junitxml={written}", f"--basetemp={left}/tests", *besides]
        environment = _environment(database, compiled)
        code = subprocess.run(command, cwd=ROOT, env=environment, stdout=out, check=False).returncode
        counted = _count(written)
    if code != 0 and not counted["failed"]:
        counted["failed"] = 1  # nothing collected, a crash, an interrupt: never a success
    return counted, time.monotonic() - started


def _memory() -> Path | None:
    """Where the files of the tests lie, if there is room: SQLite waits for the disk at each of their many commits."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    return MEMORY


def _environment(database: str, compiled: str) -> dict[str, str]:
    environment = {**os.environ, "TEST_DATABASE": database}
    environment.pop("DATABASE_URL", None)  # the tests make their databases themselves
    if compiled:
        environment["TEST_COMPILED_TEMPLATES"] = compiled
        environment["TEST_MADE_ONCE"] = compiled  # what phases on the same database share
    if compiled and environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Whoever wants no bytecode in the checkout has it outside: every process that a test starts, and every
        # worker of the next phase, would compile everything anew.
        environment["PYTHONPYCACHEPREFIX"] = compiled
    return environment


def _count(written: Path) -> Counter[str]:
    counted: Counter[str] = Counter()
    if written.exists():
        for suite in ElementTree.parse(written).iter("testsuite"):
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            counted += Counter(failed=bad, skipped=skipped, passed=int(suite.get("tests", 0)) - bad - skipped)
    return counted


def _report(results: dict[str, Result]) -> int:
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
