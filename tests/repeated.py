"""Tests that send PostgreSQL no statement that others do not send: there `make test` leaves them to the proof.

    TEST_DATABASE=postgresql python -m tests.repeated            choose them anew, and write `repeated.txt`
    TEST_DATABASE=postgresql python -m tests.repeated --more     choose some more, of those that are not in it: quicker
    TEST_DATABASE=postgresql python -m tests.repeated --check    say which statements nobody sends any more

On SQLite all of them run, and in `make proof` on PostgreSQL too. A test that is not in the list runs on both: a new
one does.
"""

import importlib
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_suffix(".txt")
FOLDERS = (
    "tests/attack",
    "tests/domain",
    "tests/infra",
    "tests/jobs",
    "tests/policy",
    "tests/reactions",
    "tests/web",
)
# About values that a database refuses, and about order and who finds what, which no statement shows.
ALWAYS = (
    "tests/attack/test_foreign_numbers.py",
    "tests/attack/test_strange_input.py",
    "tests/domain/search/test_lessons_found.py",
    "tests/domain/search/test_results.py",
)
SELECTED = "not browser and not proof and not any_database"
LEAST = 0.02  # seconds of processor time that any test takes: what is quicker is not told apart
PARAMETER = re.compile(r"%\([^)]*\)s(::[\w ]+)?")
ROWS = re.compile(r"\(\?(?:, \?)*\)(?:, \(\?(?:, \?)*\))*")


def names() -> frozenset[str]:
    """Return the tests of the list, as `path::name`, whatever their parameters."""
    return frozenset(LIST.read_text().split())


def name_of(item: pytest.Item) -> str:
    """Return the name of a test without its parameters."""
    return item.nodeid.partition("[")[0]


def shape(statement: str) -> str:
    """Return a statement without what differs from time to time: how many values, and the numbers in names."""
    return re.sub(r"\d+", "", ROWS.sub("(?)", PARAMETER.sub("?", statement)))


class Recorder:
    """A plugin of pytest that notes which shapes of statements each test sends, and what it costs; not of `left`."""

    def __init__(self, left: frozenset[str] = frozenset()) -> None:
        self.left = left
        self.shapes: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.kept: set[str] = set()
        self.now = ""
        event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.shapes[self.now].add(shape(statement))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if name_of(item) not in self.left]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.now, begun = name_of(item), time.process_time()
        # About what happens at the same time, which no statement shows either.
        if item.get_closest_marker("live") or self.now.startswith(ALWAYS):
            self.kept.add(self.now)
        try:
            return (yield)
        finally:
            self.seconds[self.now] += time.process_time() - begun


def chosen(shapes: dict[str, set[str]], seconds: dict[str, float], always: Iterable[str]) -> set[str]:
    """Return tests that together send every shape, `always` among them; each next one brings most for its time."""
    chosen_ = set(always)
    sent = {each for name in chosen_ for each in shapes.get(name, ())}
    rest = shapes.keys() - chosen_

    def worth(name: str) -> tuple[float, str]:
        return len(shapes[name] - sent) / (seconds[name] + LEAST), name

    while rest and worth(best := max(rest, key=worth))[0]:
        chosen_.add(best)
        sent |= shapes[best]
        rest.discard(best)
    return chosen_


def main(arguments: list[str]) -> int:
    kept = names() if arguments == ["--more"] else frozenset()
    recorder = Recorder(kept)
    options = ["-q", "-n0", "-p", "no:cacheprovider", "-m", SELECTED, *FOLDERS]
    if pytest.main(options, plugins=[recorder]):
        return 1
    recorder.shapes.pop("", None)
    everything = set(recorder.seconds)
    if not kept and not names() & everything:
        sys.stderr.write("No test of the list ran, so nothing can be said of them.\n")
        return 1
    if arguments == ["--check"]:
        return _check(recorder, everything - names())
    run = chosen(recorder.shapes, recorder.seconds, recorder.kept)
    LIST.write_text("".join(f"{name}\n" for name in sorted(kept | (everything - run))))
    return 0


def _check(recorder: Recorder, run: set[str]) -> int:
    sent = {each for name in run for each in recorder.shapes[name]}
    lost = {each: name for name, some in sorted(recorder.shapes.items()) for each in some if each not in sent}
    for each, name in lost.items():
        sys.stdout.write(f"Only tests of the list send this, as {name}:\n  {each}\n")
    sys.stdout.write(f"{len(sent)} passed, {len(lost)} failed\n")
    return 1 if lost else 0


if __name__ == "__main__":
    # Under its own name: tests/conftest.py would not know the recorder of a module called __main__.
    sys.exit(importlib.import_module("tests.repeated").main(sys.argv[1:]))
