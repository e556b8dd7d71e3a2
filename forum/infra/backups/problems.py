"""What can go wrong with a backup, each as a sentence for who runs the machine."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
        raise Problem(_sentence(path, error.errno, error.strerror or type(error).__name__)) from error
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
        raise Problem(_sentence(path, errno.ENOSPC if full else None, str(error))) from error


def _sentence(path: Path, number: int | None, reason: str) -> str:
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return f"There is no room on the disk of {path.parent} ({reason}): nothing was kept there."
    return f"{path}: {reason}."
