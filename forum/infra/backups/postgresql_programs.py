"""PostgreSQL's own programs: which of those installed fit a server, and how they are told where it is."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from psycopg import pq
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import URL

from forum.infra.backups.problems import Problem

# Where systems keep several versions beside each other, and none or another one on the path.
FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def find(name: str, at_least: int) -> Path:
    """Return the program of that name, the lowest version from `at_least` on; Problem, which says what to install."""
    found = {version: path for path in _candidates(name) if (version := major(version_of(path)))}
    fitting = [version for version in found if version >= at_least]
    if fitting:
        return found[min(fitting)]
    there = f"only {max(found)} is there" if found else "it is not there"
    raise Problem(
        f"{name} of PostgreSQL {at_least} or newer is needed, and {there}: install the client programs of PostgreSQL"
        f" {at_least} (on Debian and Ubuntu the package postgresql-client-{at_least})."
    )


def arguments(url: URL) -> dict[str, str]:
    """Return how to connect, as libpq names it."""
    _none, found = PGDialect_psycopg().create_connect_args(url)
    return {name: str(value) for name, value in found.items() if name != "context"}


def environment(url: URL) -> dict[str, str]:
    """Return the environment for a program that talks to this server: its password stands on no command line."""
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    told = {names[name]: value for name, value in arguments(url).items() if name in names}
    return {**os.environ, **told}


def _candidates(name: str) -> Iterator[Path]:
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    folders = [Path(place) for place in places if place]
    folders += [folder for pattern in FOLDERS for folder in sorted(Path("/").glob(pattern[1:]))]
    for folder in reversed(folders):  # of two of the same version, the one that comes first on the path
        if path := shutil.which(name, path=str(folder)):
            yield Path(path)


def version_of(program: Path) -> str:
    """Return what a program says of itself: its name and its version."""
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30)
    return asked.stdout.strip()


def major(version: str) -> int:
    """Return the first number of what `version_of` gave; 0 where there is none."""
    found = VERSION.search(version)
    return int(found[1]) if found else 0


class Program:
    """A program that runs beside the block and is gone after it, well or not."""

    def __init__(
        self, command: list[Any], url: URL, *, stdin: int | None = None, stdout: int | None = None
    ) -> None:
        self.name = Path(command[0]).name
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the block ends
        self._process = subprocess.Popen(
            command, env=environment(url), stdin=stdin, stdout=stdout, stderr=self._said
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._process.kill()
        self._close_input()
        if self._process.stdout:
            self._process.stdout.close()
        self._process.wait()
        self._said.close()

    def read(self, size: int) -> bytes:
        """Return the next bytes that it writes, nothing at its end."""
        assert self._process.stdout
        return self._process.stdout.read(size)

    def feed(self, data: bytes) -> None:
        """Give it these bytes; Problem when it ended."""
        assert self._process.stdin
        try:
            self._process.stdin.write(data)
        except BrokenPipeError:
            raise self._failure() from None

    def finish(self) -> None:
        """Let it come to its end; Problem when that was a bad one."""
        self._close_input()
        if self._process.wait():
            raise self._failure()

    def _failure(self) -> Problem:
        self._process.wait()
        self._said.seek(0)
        return Problem(f"{self.name} failed: {first_error(self._said.read().decode(errors='replace'))}")

    def _close_input(self) -> None:
        if self._process.stdin:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                pass  # it ended before it read everything, and says why


def first_error(said: str) -> str:
    """Return the line that matters of what a program or the server said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line.lower() or "fatal:" in line.lower()]
    return (errors or lines or ["it said nothing"])[0]
