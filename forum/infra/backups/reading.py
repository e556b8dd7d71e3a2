"""Reads backups: the whole file against its checksums, and one part of it."""

import hashlib
import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from forum.infra.backups.archive import (
    CHUNK,
    MANIFEST,
    MEDIA,
    TRAILER_SIZE,
    Manifest,
    Newer,
    Part,
    hashed,
    read_manifest,
    trailer,
)
from forum.infra.backups.problems import Damaged, Problem, told

DATABASE = "database."  # how the name of the first part begins
MANIFEST_MAX = 16 * CHUNK
PARTS_MAX = 150_000  # more than a manifest of that size can name
NAME_MAX = 64 * 1024  # bytes of a name that has a header of its own
UNREADABLE = (
    *(tarfile.TarError, ValueError, TypeError, KeyError, AttributeError, EOFError),
    *(OverflowError, RecursionError),
)
REGULAR = {tarfile.REGTYPE, tarfile.AREGTYPE}
LONG_NAMES = {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
# What no backup has, and a tar reads into memory, as long as it is.
NEVER = {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_SPARSE}


def check(path: Path) -> Manifest:
    """Read the whole backup and return its manifest; Damaged when a byte is not as it was written, Problem."""
    with told(path), _file(path) as file:
        body = _Body(file, os.fstat(file.fileno()).st_size - TRAILER_SIZE)
        found = _Contents(body)
        body.read_on()
        last = file.read()
    is_whole = last == trailer(body.hash.hexdigest())
    if found.is_newer and is_whole:
        raise Problem(f"{path} was made by a newer release of the forum: update the code first.")
    if not found.begins_as_ours and not last.startswith(trailer("")[:-1]):
        raise Damaged(f"{path} is no backup of Leerkring.")
    if found.manifest is None or not is_whole or found.damage:
        where = found.damage or "its last line, which holds the checksum, or what fills up between its parts"
        raise Damaged(f"{path} is damaged: {where} is not as it was written.")
    return found.manifest


def told_by(path: Path) -> Manifest | None:
    """Return what a backup says of itself, without a look at the rest of it; None where that cannot be read."""
    try:
        with _tar(path) as tar:
            part = _named(tar, MANIFEST)
            return read_manifest(part.read(MANIFEST_MAX)) if part else None
    except (OSError, Problem, Newer, *UNREADABLE):
        return None


@contextmanager
def opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Open one part of a backup that was checked; Problem where there is none of that name."""
    with told(path), _tar(path) as tar:
        part = _named(tar, name)
        if part is None:
            raise Problem(f"{path} holds no {name}.")
        yield part


def media(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name (below the media folder) and content of each media file in a backup that was checked; Problem."""
    with told(path), _tar(path) as tar:
        for member in _members(tar):
            content = tar.extractfile(member) if member.name.startswith(MEDIA) else None
            if content is not None:
                if not _is_ours(member):
                    raise Problem(f"{path} has a part {member.name!a}, which no backup has.")
                yield member.name.removeprefix(MEDIA), content


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file, and wait for nobody who would write into a pipe; OSError, Problem."""
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise Problem(f"{path} is no file with a backup.")
    with os.fdopen(number, "rb") as file:
        yield file


class _Header(tarfile.TarInfo):
    """A header that leads to no more in memory than a name."""

    # The library's place for it, called for each header. Which of its constructors is, depends on Python's version.
    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in NEVER or (self.type in LONG_NAMES and self.size > NAME_MAX):
            raise tarfile.ReadError("a header that no backup has")
        found: tarfile.TarInfo = super()._proc_member(tar)  # type: ignore[misc]
        return found


@contextmanager
def _tar(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a backup to get at its parts; OSError, Problem, tarfile.TarError."""
    with _file(path) as file, tarfile.open(fileobj=file, mode="r:", tarinfo=_Header) as tar:
        yield tar


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield what is in it, one after another; tarfile.TarError where that has no end."""
    for number, member in enumerate(tar):
        if number >= PARTS_MAX:
            raise tarfile.ReadError("more parts than a backup has")
        yield member


def _named(tar: tarfile.TarFile, name: str) -> IO[bytes] | None:
    for member in _members(tar):
        if member.name == name:
            return tar.extractfile(member)
    return None


class _Body:
    """The file without its last line, which hashes all that is read."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left, self.hash = file, max(0, size), hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        self.hash.update(data)
        return data

    def read_on(self) -> None:
        """Read to the end."""
        while self.read(CHUNK):
            pass


class _Contents:
    """What a tar holds, read once from its beginning: the manifest, and where something does not fit it."""

    def __init__(self, body: _Body) -> None:
        self.manifest: Manifest | None = None
        self.is_newer, self.damage = False, ""
        self.begins_as_ours = False
        self._parts: list[Part] = []
        self._names: set[str] = set()
        self._strange = ""
        try:
            # One pass, also over a file that is larger than the memory.
            with tarfile.open(fileobj=body, mode="r|", tarinfo=_Header) as tar:  # type: ignore[call-overload]
                for member in _members(tar):
                    self._read(member, tar.extractfile(member))
        except Newer:
            self.is_newer = True
        except UNREADABLE:
            pass  # what is missing then is said below
        self.damage = self._damage()

    def _read(self, member: tarfile.TarInfo, file: IO[bytes] | None) -> None:
        self.begins_as_ours = self.begins_as_ours or member.name.startswith(DATABASE)
        if file is None or not _is_ours(member) or member.name in self._names:
            # A newer format may have it: the manifest comes last.
            self._strange = self._strange or member.name
            return
        self._names.add(member.name)
        if member.name == MANIFEST and member.size <= MANIFEST_MAX:
            self.manifest = read_manifest(file.read())
            return
        self._parts.append(Part(member.name, member.size, hashed(file)))

    def _damage(self) -> str:
        if self.manifest is None:
            return "its manifest" if self._parts else "its beginning, if it is a backup at all,"
        if self._strange:
            return f"the part {self._strange!a}, which no backup has,"
        for promised, found in zip(self.manifest.parts, self._parts, strict=False):
            if promised != found:
                return f"the part {promised.name}"
        return "" if len(self.manifest.parts) == len(self._parts) else "the list of its parts"


def _is_ours(member: tarfile.TarInfo) -> bool:
    """Whether a part may be such: a whole regular file, under a name that leads nowhere else however it is joined."""
    if member.type not in REGULAR:
        return False
    place = PurePosixPath(member.name)
    if str(place) != member.name or place.is_absolute() or not place.parts or ".." in place.parts:
        return False
    return place.parts[0] == MEDIA.rstrip("/") if len(place.parts) > 1 else member.name != MEDIA.rstrip("/")
