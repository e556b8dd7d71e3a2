"""Files that only the user who runs the forum may read: 0600 in folders of 0700, whatever the umask says.

What was made with wider modes before is closed too, where it is our own; a folder that others use as well is not.
"""

import errno
import logging
import os
import stat
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)
FILE, FOLDER, OTHERS = 0o600, 0o700, 0o077
OWN_FILES = ("secret", "*.db", "*.db-*", "mail/*.eml")  # in an instance folder
# In the folder of backups, in which others may have what is theirs: a disk of its own has `lost+found`.
BACKUPS = ("leerkring-*.backup", "before-*.backup")
# A group may read it: it is often root's, with the group of the user who runs the forum.
SETTINGS, NOT_FOR_SETTINGS = ".env", 0o037
BESIDE_DATABASE = ("", "-wal", "-shm", "-journal")


class Unwritable(RuntimeError):
    """Something cannot be written; the message is a sentence for who runs the machine."""


def make_folder(path: Path) -> None:
    """Make a folder for us alone, where there is none; Unwritable."""
    try:
        if not path.is_dir():
            path.mkdir(parents=True)
            path.chmod(FOLDER)
    except OSError as error:
        raise _unwritable(path, error) from error


def make_file(path: Path) -> None:
    """Make an empty file for us alone, where there is none, in a folder that is made too; Unwritable.

    One that is there is not opened: closing it would end every lock that this process has on it, and two processes with
    an SQLite database would no longer know of each other.
    """
    make_folder(path.parent)
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE))
    except FileExistsError:
        pass  # another process was faster
    except OSError as error:
        raise _unwritable(path, error) from error
    _close(path)


def make_database(path: Path) -> None:
    """Make the file of an SQLite database for us alone; SQLite gives the files beside it the same mode. Unwritable."""
    make_file(path)
    for ending in BESIDE_DATABASE:
        _close(path.with_name(path.name + ending))


def write(path: Path, content: bytes) -> None:
    """Write a new file for us alone; OSError, also where there is one."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE), "wb") as file:
        file.write(content)
    path.chmod(FILE)


def close_instance(folder: Path) -> None:
    """Close an instance folder and our files in it to others; it says so where the folder is not ours alone."""
    files = [path for pattern in OWN_FILES for path in folder.glob(pattern)]
    for path in (*files, folder / "mail"):
        _close(path)
    if not files:
        return  # not used yet, or not an instance: a folder that is only named is left as it is
    _close(folder)
    if stat.S_IMODE(folder.stat().st_mode) & OTHERS:
        log.warning("The folder %s can be read by others: give the forum one of its own (INSTANCE).", folder)


def wrong_rights(folder: Path) -> list[Path]:
    """Return which of our files in an instance folder, itself included, others may use or we may not write."""
    paths = [path for pattern in OWN_FILES for path in folder.glob(pattern)]
    if not paths:
        return []
    return [path for path in (folder, *paths) if _is_wrong(path)]


def wrong_backups(folder: Path) -> list[Path]:
    """Return which of our backups others may use; and their folder, where we may not write or all may remove them.

    A folder for backups may be shared: files of other users are theirs, and with the sticky bit nobody removes ours.
    """
    ours = [path for pattern in BACKUPS for path in folder.glob(pattern) if _is_ours(path)]
    if not ours:
        return []
    bits = 0 if folder.stat().st_mode & stat.S_ISVTX else stat.S_IWOTH
    wrong = [path for path in ours if _is_wrong(path, is_written=False)]
    return [folder, *wrong] if _is_wrong(folder, bits) else wrong


def wrong_database(database: Path | None) -> list[Path]:
    """Return which files of an SQLite database, wherever it is, others may use or we may not write."""
    if database is None:
        return []
    database = database.absolute()
    paths = [database.with_name(database.name + ending) for ending in BESIDE_DATABASE]
    return [path for path in paths if _is_wrong(path)]


def wrong_settings(root: Path) -> list[Path]:
    """Return the file with the settings and all secrets where others may read it, or more than its owner change it."""
    path = root / SETTINGS
    return [path] if _is_wrong(path, NOT_FOR_SETTINGS, is_written=False) else []


def _is_ours(path: Path) -> bool:
    try:
        return path.stat().st_uid == os.geteuid()
    except OSError:
        return False


def _is_wrong(path: Path, bits: int = OTHERS, *, is_written: bool = True) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & bits) or (is_written and not os.access(path, os.W_OK))
    except FileNotFoundError:
        # Gone since it was listed: of a backup that is being made, or a log of the database.
        return False
    except PermissionError:  # in a folder that we may not search
        return True


def unwritable(database: Path) -> str:
    """Return what keeps an SQLite database from being written, as a sentence; nothing where it can be."""
    try:
        # Asked, and not tried: see `make_file`.
        if database.exists() and not os.access(database, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if database.parent.exists():  # SQLite writes beside the database first
            tempfile.TemporaryFile(dir=database.parent).close()
    except OSError as error:
        return str(_unwritable(database, error))
    return ""


def _close(path: Path) -> None:
    """Take every right of others away, where the file or folder is our own and not one that all users share."""
    try:
        now = path.lstat()
    except OSError:
        return
    is_plain = stat.S_ISREG(now.st_mode) or (stat.S_ISDIR(now.st_mode) and not now.st_mode & stat.S_ISVTX)
    if is_plain and now.st_mode & OTHERS and now.st_uid == os.geteuid():
        try:
            path.chmod(stat.S_IMODE(now.st_mode) & ~OTHERS)
        except OSError as error:  # of a disk that only reads
            log.warning("%s can be read by others, and cannot be closed: %s", path, error.strerror)


def _unwritable(path: Path, error: OSError) -> Unwritable:
    return Unwritable(
        f"{path} cannot be written ({error.strerror}): the user who runs the forum needs the right to write there"
        " and in the folder around it. Until then nothing new can be kept."
    )
