"""Makes the file of a backup while people go on: complete and checked before it gets its name, or not at all."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.engine import URL

from forum.infra import clock, private_files
from forum.infra.backups import postgresql, room, sqlite
from forum.infra.backups.archive import MEDIA, Manifest, Sink, Writer
from forum.infra.backups.problems import Problem, told
from forum.infra.backups.reading import check
from forum.infra.backups.snapshot import Snapshot
from forum.infra.backups.workspace import place, taken, workspace
from forum.infra.connections import sqlite_file

PARTS = {"sqlite": sqlite.PART, "postgresql": postgresql.PART}
HOLDS = "restored_copy"  # the table without which no copy could hold its mail


def require_place(target: Path) -> None:
    """Refuse a file that is there, and a folder that is not; Problem."""
    if os.path.lexists(target):
        raise taken(target)
    if not target.absolute().parent.is_dir():
        raise Problem(f"There is no folder {target.absolute().parent}.")


def make(
    url: URL, target: Path, *, media: Path, key: str = "", accept: Callable[[Manifest], None] | None = None
) -> Manifest:
    """Back up the database at `url` and the files of `media` into a new file `target`; Problem, Unwritable.

    `key` stands for the SECRET_KEY. `accept` sees the manifest of the finished file before it gets its name, and raises
    Problem where it shall not.
    """
    target = target.absolute()
    require_place(target)
    kind = url.get_backend_name()
    with told(target), workspace(target.parent) as folder:
        unfinished = folder / "backup"
        private_files.write(unfinished, b"")
        with unfinished.open("r+b") as file:
            writer, made_at = Writer(file), clock.now()
            with writer.part(PARTS[kind]) as sink:
                found = _dump(url, folder, sink)
            for path in _files(media):
                with (
                    writer.part(MEDIA + path.relative_to(media).as_posix()) as sink,
                    path.open("rb") as content,
                ):
                    room.copy(content, sink, folder)
            writer.finish(
                Manifest(
                    made_at,
                    kind,
                    found.revision,
                    found.counts,
                    made_with=found.made_with,
                    forum=found.forum,
                    key=key,
                    parts=list(writer.parts),
                )
            )
        manifest = check(unfinished)
        if accept is not None:
            accept(manifest)
        place(unfinished, target)
    return manifest


def forum_of(url: URL) -> str:
    """Return what stands for the forum in the database at `url`, as its backups have it, or nothing; Problem."""
    path = sqlite_file(url)
    if url.get_backend_name() == "postgresql":
        return postgresql.forum(url)
    return sqlite.forum(path) if path is not None and path.exists() else ""


def _dump(url: URL, folder: Path, sink: Sink) -> Snapshot:
    path = sqlite_file(url)
    if url.get_backend_name() == "postgresql":
        found = postgresql.dump(url, folder, sink)
    elif path is not None:
        found = sqlite.dump(path, folder, sink)
    else:
        raise Problem("There is no database: DATABASE_URL names none that is kept in a file.")
    if HOLDS not in found.counts:
        raise Problem(
            "The database has no tables yet, or those of a release that knew no backups: migrate it first"
            " (flask db upgrade), and keep a copy made with its own tools until then."
        )
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path
