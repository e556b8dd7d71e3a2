"""What can go wrong with a backup, each as a sentence for who runs the machine."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.infra import disks

ONE_PAGE = 64 * 1024  # bytes, of the index that SQLite keeps beside a database
PREFIX = ".leerkring-unfinished-"  # of the folders for what is being made


class Problem(RuntimeError):
    """It cannot be done; the message is a sentence."""


class Damaged(Problem):
    """The file of a backup is not as it was written; the message says where."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Let what the disk or SQLite says in this block come out as a sentence about `path`; Problem."""
    try:
        yield
    except OSError as error:
        place = Path(error.filename) if isinstance(error.filename, str) else path
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        raise Problem(_sentence(place, full, error.strerror or type(error).__name__)) from error
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or _is_full(path)
        raise Problem(_sentence(path, full, str(error))) from error


def _is_full(path: Path) -> bool:
    """Whether nothing fits on its disk: SQLite calls that by several names."""
    try:
        found = disks.room(path.parent)
        return found.is_known and found.free < ONE_PAGE
    except OSError:
        return False


def _sentence(path: Path, is_full: bool, reason: str) -> str:
    place = known(path)
    if is_full:
        folder = place if place.is_dir() else place.parent
        return f"There is no room on the disk of {folder} ({reason}): nothing was kept there."
    return f"{place}: {reason}."


def known(path: Path) -> Path:
    """Return what people know of a path: not the folder that is made for a moment, but the one around it."""
    return next((each.parent for each in (path, *path.parents) if each.name.startswith(PREFIX)), path)
