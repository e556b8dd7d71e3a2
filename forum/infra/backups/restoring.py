"""Brings a backup into an empty instance: whole, or not at all."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL

from forum.infra import private_files
from forum.infra.backups import postgresql, reading, room, sqlite
from forum.infra.backups.archive import MEDIA, Manifest, hashed
from forum.infra.backups.problems import Problem, told
from forum.infra.backups.snapshot import KINDS, Snapshot
from forum.infra.backups.strange import Triggers
from forum.infra.backups.workspace import place, workspace, write_through
from forum.infra.connections import sqlite_file


def require_fit(manifest: Manifest, url: URL, known: frozenset[str]) -> None:
    """Refuse a backup of another kind of database, or of a schema that is not among the `known` ones; Problem."""
    kind = url.get_backend_name()
    if manifest.database != kind:
        raise Problem(
            f"This is a backup of {KINDS.get(manifest.database, manifest.database)}, and DATABASE_URL names a database"
            f" of {KINDS[kind]}: give it one of the same kind."
        )
    if manifest.revision not in known:
        raise Problem(
            f"This backup is of a newer release: its schema is {manifest.revision}, and this code knows up to"
            f" {max(known)}. Update the code first."
        )


def restore(
    backup: Path,
    manifest: Manifest,
    url: URL,
    *,
    media: Path,
    statements: list[str],
    holds: str,
    triggers: Triggers,
    migrate: Callable[[URL], None],
) -> None:
    """Bring a checked backup into the empty database at `url` and into `media`, with `statements` on top; Problem.

    `holds`, a query, must answer 1 before the transaction of the statements ends; otherwise nothing is brought in.
    No trigger or rule comes in but those of `triggers`. `migrate` brings the database at an address to today's schema.
    Media come first: without the database they show nothing, and a second try finds them as they should be.
    """
    path, instance = sqlite_file(url), media.parent
    if path is None and manifest.database == "sqlite":
        raise Problem("DATABASE_URL names no database that is kept in a file.")
    _require_empty(url)
    _require_fitting(backup, manifest, media)
    beside = path.absolute().parent if path else instance
    for folder in {beside, instance}:
        private_files.make_folder(folder)
    with told(beside), workspace(beside) as folder:
        if path is not None:
            copy = unpacked(backup, manifest, folder, triggers)
            sqlite.execute(copy, statements, holds)
            migrate(url.set(database=str(copy)))
            _bring_media(backup, media)
            sqlite.take_place(copy, path)
            return
        dump = postgresql.unpack(backup, folder)
        _bring_media(backup, media)
        postgresql.bring_in(dump, url, statements, made=_snapshot(manifest), triggers=triggers, holds=holds)
    try:
        migrate(url)
    except Problem as error:
        raise Problem(
            f"{error} The data are there, whole, with their mail held: `flask db upgrade` goes on."
        ) from error


def unpacked(backup: Path, manifest: Manifest, folder: Path, triggers: Triggers) -> Path:
    """Return an SQLite database with what a backup holds, and no other triggers, in `folder`.

    Problem when it does not fit the manifest.
    """
    copy = sqlite.unpack(backup, folder)
    found = sqlite.snapshot(copy)
    if (found.counts, found.revision) != (manifest.counts, manifest.revision):
        other = [name for name, rows in manifest.counts.items() if found.counts.get(name) != rows]
        raise Problem(f"The database in the backup is not what its manifest says ({', '.join(other)}).")
    sqlite.leave_out(copy, triggers)
    return copy


def bring_beside(backup: Path, manifest: Manifest, url: URL, folder: Path, triggers: Triggers) -> None:
    """Bring the dump in a backup into an empty database, by way of `folder`; Problem, as for `unpacked`."""
    dump = postgresql.unpack(backup, folder)
    postgresql.bring_in(dump, url, [], made=_snapshot(manifest), triggers=triggers)


def _snapshot(manifest: Manifest) -> Snapshot:
    return Snapshot(manifest.revision, manifest.counts, manifest.made_with)


def _require_empty(url: URL) -> None:
    path = sqlite_file(url)
    if path is None:
        postgresql.require_empty(url)
    else:
        sqlite.require_empty(path)


def _require_fitting(backup: Path, manifest: Manifest, media: Path) -> None:
    """Refuse media that are there and are not those of the backup; a try that was killed left some of them.

    Refuses links too that lead out of the folder, before anything is written.
    """
    for name, _content in reading.media(backup):
        if not (media / name).resolve().is_relative_to(media.resolve()):
            raise Problem(f"{media / name} leads elsewhere by way of a link: take it away first.")
    promised = {
        part.name.removeprefix(MEDIA): part.sha256 for part in manifest.parts if part.name.startswith(MEDIA)
    }
    for path in media.rglob("*"):
        name = path.relative_to(media).as_posix()
        if path.is_file() and promised.get(name) != _sha256(path):
            raise Problem(
                f"{path} is there and is not of this backup: a backup is only brought into an empty instance."
            )


def _bring_media(backup: Path, media: Path) -> None:
    with told(media):
        for name, content in reading.media(backup):
            target = media / name
            if target.exists():
                continue
            if not target.resolve().is_relative_to(media.resolve()):
                raise Problem(f"{target} leads elsewhere.")
            private_files.make_folder(target.parent)
            with workspace(media.parent) as folder:
                made = folder / "file"
                private_files.write(made, b"")
                with made.open("wb") as file:
                    room.copy(content, file, folder)
                write_through(made)
                place(made, target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashed(file)
