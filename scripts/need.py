"""Sees to the tools that the tests need from outside Python; names what is missing and fails when it cannot.

Chromium and Java come from the system: with apt-get when that is allowed (root on Debian or Ubuntu).
Node and npm come with the development lock, PostgreSQL does too, so neither is looked for here.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
STAMP = NODE_MODULES / ".installed"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OUTSIDE = (  # what it is for, the commands that will do, the Debian package that brings one
    ("a Chromium browser, for the journeys and the accessibility checks", BROWSERS, "chromium"),
    ("Java 17 or newer, for the HTML checker", ("java",), "default-jre-headless"),
)


def main() -> int:
    missing = [need for need in OUTSIDE if not _found(need[1])]
    if missing and _may_install():
        _install([package for _, _, package in missing])
        missing = [need for need in OUTSIDE if not _found(need[1])]
    for purpose, commands, package in missing:
        print(f"Missing: {purpose} ({' or '.join(commands)}; Debian package {package}).", file=sys.stderr)
    if missing:
        print(
            "Install it and run the tests again: without it they would not tell the truth.", file=sys.stderr
        )
        return 1
    return _install_node_modules()


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
