"""Runs tests on mutants, two at a time, in forks of this process; nothing is written into the tree.

The quick way: pytest is started once, collects and builds its database, and then forks for each mutant, where the code
of the changed functions is put into the functions that are there already. That cannot show a change in what a module
does while it is imported, nor in what it computed then. So whoever survives, and every change outside functions, goes
the slow way: a fork that imports the forum anew, with the changed module read from memory.
"""

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine

from scripts import mutations
from scripts.mutations import Mutation

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
LAST_CODE = 255  # the highest number with which a process can end
SECONDS = 300  # for the tests on one mutant; only one that never ends needs as many
# Floors that no mutant changes: their tables and event listeners stay when the rest is imported anew in a fork.
KEPT = ("forum.infra", "forum.models")
Tests = tuple[str, ...]


class Mutant(NamedTuple):
    """One change in one module."""

    path: str
    mutation: Mutation

    @property
    def name(self) -> str:
        """The name by which `docs/mutants.md` knows it, on one line."""
        return " ".join(f"{self.path} {self.mutation}".split())

    @property
    def module(self) -> str:
        """The name under which the module is imported."""
        return self.path.removesuffix(".py").replace("/", ".")

    def tree(self) -> Any:
        """The syntax tree of the module with the change in it."""
        return mutations.mutated((ROOT / self.path).read_text(), self.mutation)


def survivors(mutants: Sequence[Mutant], tests: Tests) -> list[Mutant]:
    """The mutants with which these tests still pass."""
    inside = [one for one in mutants if one.mutation.function]
    shares = [share for share in (inside[start::AT_ONCE] for start in range(AT_ONCE)) if share]
    killed = _told(partial(_serve, share, tests) for share in shares)
    left = [one for one in mutants if one.name not in killed]
    killed |= _told(partial(_slowly, one, tests) for one in left)
    return [one for one in left if one.name not in killed]


def pass_unchanged(tests: Tests) -> bool:
    """Whether the tests pass in the slow way on the code as it is: otherwise they would notice everything."""
    return not _told([partial(_slowly, None, tests)])


def _told(jobs: Iterable[Callable[[int], None]]) -> set[str]:
    """Run jobs in forks, a few at once; each writes the names of the mutants that the tests noticed."""
    waiting, busy, told = list(jobs)[::-1], {}, set()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        while waiting or busy:
            while waiting and len(busy) < AT_ONCE:
                out = Path(folder, str(len(waiting)))
                out.touch()
                busy[_fork(partial(_report, waiting.pop(), out))] = out
            process, _status = os.waitpid(-1, 0)
            told |= set(busy.pop(process).read_text().splitlines())
    return told


def _report(job: Callable[[int], None], out: Path) -> int:
    job(os.open(out, os.O_WRONLY | os.O_APPEND))
    return 0


def _fork(job: Callable[[], int]) -> int:
    """Start a job in a copy of this process, which says nothing and ends with the job's code; gives its number."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        code = job()
    finally:
        os._exit(code)


def _code(process: int) -> int:
    """Wait for a fork of ours, not for ever; gives its code."""
    started = time.monotonic()
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if not ended and time.monotonic() - started > SECONDS:
            os.kill(process, signal.SIGKILL)
            ended, status = os.waitpid(process, 0)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)


def _pytest(tests: Tests, *plugins: object) -> int:
    """Run pytest here, with a folder of its own for what tests write; gives its code."""
    folder = tempfile.mkdtemp(prefix="mutant-")
    options = ["-x", "-q", "--tb=no", "--assert=plain", "-p", "no:xdist", "-p", "no:cacheprovider"]
    options += [f"--basetemp={folder}/tests", "-o", "timeout=30"]
    try:
        return int(pytest.main([*options, *tests], plugins=[_Worker(), *plugins]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Worker:
    """Passes for a worker of pytest-xdist: what the suite prepares once for all workers is there already."""

    def pytest_configure(self, config: Any) -> None:
        """Say so before the suite's own conftest asks."""
        config.workerinput = {"workerid": "master"}

    pytest_configure.tryfirst = True  # type: ignore[attr-defined]


def _slowly(mutant: Mutant | None, tests: Tests, out: int) -> None:
    """Import the forum anew, with the mutant in it, and run the tests."""
    if _code(_fork(partial(_anew, mutant, tests))) != 0:
        os.write(out, f"{mutant.name if mutant else 'unchanged'}\n".encode())


def _anew(mutant: Mutant | None, tests: Tests) -> int:
    for name in [name for name in sys.modules if name.split(".")[0] == "forum" and not name.startswith(KEPT)]:
        del sys.modules[name]
    if mutant is not None:
        sys.meta_path.insert(0, _Changed(mutant))
    return _pytest(tests)


class _Changed(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Imports one module with a change in it."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(ROOT / mutant.path))
        self.mutant = mutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        """Step in for that module only."""
        if fullname != self.mutant.module:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def get_code(self, fullname: str) -> Any:
        """Compile the changed tree, and never the file or what Python kept of it."""
        return compile(self.mutant.tree(), self.path, "exec")


def _serve(share: Sequence[Mutant], tests: Tests, out: int) -> None:
    """Tell which mutants the tests notice in the quick way."""
    _pytest(tests, _Server(share, out))


class _Server:
    """Instead of running the tests once, runs them for each mutant in a fork."""

    def __init__(self, share: Sequence[Mutant], out: int) -> None:
        self.share, self.out = share, out

    def pytest_runtestloop(self, session: Any) -> bool:
        """Let a first test build the database, let go of it, and fork; nothing is told if the way itself fails."""
        items = list(session.items)
        items[0].config.hook.pytest_runtest_protocol(item=items[0], nextitem=items[-1])
        _let_go()
        there = {mutant.path: _functions(mutant.path) for mutant in self.share}
        gc.collect()
        gc.freeze()  # else a fork copies nearly all memory by merely looking for what may go
        if _code(_fork(partial(_first_failing, items, session))) == 0:
            for mutant in self.share:
                place = _code(_fork(partial(_first_failing, items, session, mutant, there[mutant.path])))
                if place:
                    os.write(self.out, f"{mutant.name}\n".encode())
                if 0 < place <= len(items):  # what noticed this one may well notice the next one
                    items.insert(0, items.pop(place - 1))
        return True


def _first_failing(
    items: list[Any], session: Any, mutant: Mutant | None = None, there: Sequence[FunctionType] = ()
) -> int:
    """The place of the first test that noticed, from 1; 0 when none did or when the change cannot be made this way."""
    if mutant is not None and not _put_in(mutant, there):
        return 0
    for place, item in enumerate(items, start=1):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=items[place % len(items)])
        if session.testsfailed:
            return min(place, LAST_CODE)
    return 0


def _let_go() -> None:
    """Close the connections to the database: forks must not share them."""
    for engine in [thing for thing in gc.get_objects() if isinstance(thing, Engine)]:
        engine.dispose()


def _functions(path: str) -> list[FunctionType]:
    """Every function that was made from this file, closures and methods included."""
    file = str(ROOT / path)
    return [
        thing
        for thing in gc.get_objects()
        if type(thing) is FunctionType and thing.__code__.co_filename == file
    ]


def _put_in(mutant: Mutant, there: Sequence[FunctionType]) -> bool:
    """Give these functions the code of the changed ones; False when they do not fit."""
    fresh = {_key(code): code for code in _codes(compile(mutant.tree(), str(ROOT / mutant.path), "exec"))}
    changes = [(function, fresh.get(_key(function.__code__))) for function in there]
    if any(code is None or code.co_freevars != function.__code__.co_freevars for function, code in changes):
        return False
    for function, code in changes:
        function.__code__ = code
    return True


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _codes(part)
