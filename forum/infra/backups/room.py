"""Room on a disk that the forum may live on too: a backup, a restore or a drill never takes the last of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from forum.infra import disks
from forum.infra.backups.archive import CHUNK
from forum.infra.backups.problems import Problem, known, told

MARGIN = 4 * disks.FULL  # bytes, which the forum writes in meanwhile


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Target(Protocol):
    @property
    def write(self) -> Callable[[bytes], object]: ...


def require(folder: Path, size: int = 0) -> None:
    """Refuse to write `size` bytes into a folder whose disk would not keep room for the forum then; Problem."""
    with told(folder):
        found = disks.room(folder)
    if found.is_known and found.free < size + MARGIN:
        raise Problem(
            f"There is no room on the disk of {known(folder)} ({disks.in_words(found.free)} free, and"
            f" {disks.in_words(size + MARGIN)} are needed, so that the forum goes on): nothing was kept there."
        )


def copy(source: _Source, target: _Target, folder: Path, *, at_most: int | None = None) -> None:
    """Copy what is still to be read, into a file of `folder`, as long as its disk keeps room; Problem.

    Problem too where that is more than `at_most` bytes.
    """
    taken = 0
    while data := source.read(CHUNK):
        taken += len(data)
        if at_most is not None and taken > at_most:
            raise Problem("The database in the backup is longer than it says of itself: who made the file?")
        require(folder)
        target.write(data)
