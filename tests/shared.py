"""What all workers of a run share: databases that take long to make, made by whoever asks first.

Under scripts/suite.py the runs on SQLite share them too; a run on PostgreSQL has a server of its own.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> str:
    """Return what `make` returned for a folder of its own in this run, also when another worker called it."""
    base = _base(factory)
    said = base / f"{name}.said"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            folder = base / name
            folder.mkdir(exist_ok=True)
            said.write_text(make(folder))
        return said.read_text()


def _base(factory: pytest.TempPathFactory) -> Path:
    if "TEST_MADE_ONCE" in os.environ and os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        return Path(os.environ["TEST_MADE_ONCE"])
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
