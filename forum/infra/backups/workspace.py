"""A private folder for what is being made, beside where it will stand; and how it comes to stand there, whole."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.infra import private_files
from forum.infra.backups.problems import PREFIX, Problem


@contextmanager
def workspace(beside: Path) -> Iterator[Path]:
    """Make a folder for us alone in the folder `beside`, and remove it after the block.

    What killed runs left there goes first. Who still runs holds a lock, which ends with its process.
    """
    for left in beside.glob(f"{PREFIX}*"):
        _remove_abandoned(left)
    folder, lock = _locked_folder(beside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def place(made: Path, target: Path) -> None:
    """Give a finished file its name; Problem where that name is taken. A power cut leaves it there or not at all."""
    try:
        os.link(made, target)
    except FileExistsError as error:
        raise taken(target) from error
    except OSError:  # a file system without a second name for one file
        if target.exists():
            raise taken(target) from None
        made.rename(target)
    write_through(target.parent)


def taken(target: Path) -> Problem:
    """Return the refusal to write where there is something."""
    return Problem(f"{target} is there already, and nothing is ever overwritten: choose another name.")


def write_through(path: Path) -> None:
    """Have a file or folder written through to the disk, as it is now."""
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _locked_folder(beside: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=beside))
        folder.chmod(private_files.FOLDER)
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)  # taken for abandoned between its making and its lock


def _remove_abandoned(folder: Path) -> None:
    try:
        # Nothing but a folder, and none that a link leads to: opening a pipe would wait for who writes into it.
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return  # gone meanwhile, or not ours
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # whoever made it still works there
    finally:
        os.close(lock)
