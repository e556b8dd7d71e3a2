"""How much room there is on a disk where the forum keeps something."""

import os
from dataclasses import dataclass
from pathlib import Path

FULL = 8 * 1024 * 1024  # bytes, below which writing is about to fail
NEARLY, SHARE = 1024**3, 0.1  # bytes and part of the disk: below both, somebody should make room


@dataclass(frozen=True, slots=True)
class Room:
    """What is left for us: `free` and `total` in bytes; `total` is 0 where the disk does not say."""

    free: int
    total: int
    is_read_only: bool

    @property
    def is_known(self) -> bool:
        """Some disks over a network say of everything that it is 0."""
        return self.total > 0

    @property
    def is_full(self) -> bool:
        """Nothing more can be kept, or soon."""
        return self.is_known and self.free < FULL

    @property
    def is_nearly_full(self) -> bool:
        """Somebody should make room."""
        return self.free < min(NEARLY, self.total * SHARE)


def room(folder: Path) -> Room:
    """Return the room on the disk of `folder`, or of where it would be made; OSError where nothing can be asked."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize
    if found.f_files and not found.f_favail:  # there is room, and no place for one more file
        free = 0
    return Room(free, found.f_blocks * found.f_frsize, bool(found.f_flag & os.ST_RDONLY))


def in_words(size: int) -> str:
    """Return a number of bytes as people read it: `27 kB`, `3.4 MB`, `512 MB`, `3.4 GB`."""
    for unit, length in (("GB", 1e9), ("MB", 1e6)):
        if size >= length:
            return f"{size / length:.{0 if unit == 'MB' and size >= 1e7 else 1}f} {unit}"
    return f"{size / 1e3:.0f} kB"
