"""The file of a backup: a tar with database, media and a manifest, and behind it one line with a checksum of it all.

Any tar opens it, so that whoever has nothing else can still get at what is in it (docs/deployment/backups.md says how).
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import IO, Any, BinaryIO

from forum.infra import clock

FORMAT = 1  # of the file; a newer one is refused by older code
BLOCK, CHUNK = tarfile.BLOCKSIZE, 1024 * 1024
MANIFEST, MEDIA = "manifest.json", "media/"
TRAILER = "\nleerkring-backup sha256={}\n"
TRAILER_SIZE = len(TRAILER.format("0" * 64))


@dataclass(frozen=True, slots=True)
class Part:
    """One file within a backup: how many bytes it has, and their SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `made_at` is before the moment that it shows: what was kept by then is in it."""

    made_at: datetime
    database: str  # sqlite or postgresql
    revision: str  # the newest migration in it
    counts: dict[str, int]  # rows of each table
    made_with: str = ""  # the program that wrote the database part, and its version
    forum: str = (
        ""  # stands for the forum that it is of: the same in each of its backups, nothing without members
    )
    key: str = ""  # stands for the SECRET_KEY of then, and tells nothing about it
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT

    @property
    def members(self) -> int:
        """How many members are in it."""
        return self.counts.get("member", 0)

    def written(self) -> bytes:
        """Return it as JSON."""
        return json.dumps({**asdict(self), "made_at": self.made_at.isoformat()}, indent=1).encode()


class Newer(Exception):
    """A manifest of a format that only newer code knows."""


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest that `written` wrote.

    Newer; ValueError, TypeError, KeyError, OverflowError or RecursionError for anything else.
    """
    found: dict[str, Any] = json.loads(content)
    written = found["format"]
    if type(written) is not int or written < 1:
        raise ValueError("a format is a number")
    if written > FORMAT:  # whose other fields may be anything
        raise Newer
    made_at = datetime.fromisoformat(found.pop("made_at"))
    if made_at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    parts = [Part(**part) for part in found.pop("parts")]
    manifest = Manifest(made_at=made_at.astimezone(UTC), parts=parts, **found)
    texts = (
        manifest.database,
        manifest.revision,
        manifest.made_with,
        manifest.forum,
        manifest.key,
        *manifest.counts,
    )
    numbers = [*manifest.counts.values(), *(part.size for part in parts)]
    # They are shown to who runs the machine, and compared with what is in the database.
    if not all(type(text) is str and text.isprintable() for text in texts):
        raise ValueError("a text is none, or has signs that are none")
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("a number is none")
    return manifest


class Sink:
    """Takes the bytes of one part, and counts and hashes them on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Take these bytes."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the whole file is written through at its end."""

    def sha256(self) -> str:
        """Return the hash of what came so far."""
        return self._hash.hexdigest()


class Writer:
    """Writes a backup into a file that is open for reading too: part after part, then `finish`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.parts: list[Part] = []

    @contextmanager
    def part(self, name: str) -> Iterator[Sink]:
        """Add a part of a size that nobody needs to know before."""
        start = self._file.tell()
        self._file.write(_header(name, 0))
        sink = Sink(self._file)
        yield sink
        self._file.write(bytes(-sink.size % BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(_header(name, sink.size))
        self._file.seek(end)
        self.parts.append(Part(name, sink.size, sink.sha256()))

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest and the line with the checksum, and write everything through to the disk."""
        with self.part(MANIFEST) as sink:
            sink.write(manifest.written())
        self._file.write(bytes(2 * BLOCK))  # the end of a tar
        self._file.seek(0)
        self._file.write(trailer(hashed(self._file)))
        self._file.flush()
        os.fsync(self._file.fileno())


def trailer(sha256: str) -> bytes:
    """Return the last line of a backup whose other bytes have this hash."""
    return TRAILER.format(sha256).encode()


def hashed(file: IO[bytes]) -> str:
    """Return the SHA-256 of what is still to be read in a file."""
    digest = hashlib.sha256()
    while data := file.read(CHUNK):
        digest.update(data)
    return digest.hexdigest()


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(clock.now().timestamp())
    return member.tobuf(tarfile.GNU_FORMAT)
