"""What all workers of a run share: databases that take long to make, made by whoever asks first."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> str:
    """Return what `make` returned for a folder of its own in this run, also when another worker called it."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    said = base / f"{name}.said"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            folder = base / name
            folder.mkdir(exist_ok=True)
            said.write_text(make(folder))
        return said.read_text()
