"""Whole databases as earlier migrations left them: how they are written down, and how they are brought back.

Nothing of today's models is used here, so that a dump keeps its meaning whatever becomes of them.
"""

import gzip
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.postgres import packaged_binaries

FOLDER = Path(__file__).resolve().parent
ENDINGS = {"sqlite": "_sqlite.db.gz", "postgresql": "_postgresql.sql.gz"}


def standing(kind: str) -> dict[str, Path]:
    """The dumps of this kind of database, by the revision that they were made at."""
    ending = ENDINGS[kind]
    return {path.name.removesuffix(ending): path for path in sorted(FOLDER.glob(f"*{ending}"))}


def write(url: str, revision: str) -> Path:
    """Write the whole database at `url` down, in place of an older dump of that revision."""
    kind = make_url(url).get_backend_name()
    path = FOLDER / f"{revision}{ENDINGS[kind]}"
    content = _file_of(url) if kind == "sqlite" else _statements_of(url)
    path.write_bytes(gzip.compress(content, mtime=0))
    return path


def restore(path: Path, url: str) -> None:
    """Bring a dump back into the empty database at `url`."""
    content = gzip.decompress(path.read_bytes())
    if path.name.endswith(ENDINGS["sqlite"]):
        Path(str(make_url(url).database)).write_bytes(content)
    else:
        _postgres("psql", url, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", given=content)


def _file_of(url: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy.db")
        connection = sqlite3.connect(str(make_url(url).database))
        connection.execute("VACUUM INTO ?", (str(copy),))
        connection.close()
        return copy.read_bytes()


def _statements_of(url: str) -> bytes:
    return _postgres("pg_dump", url, "--no-owner", "--no-privileges")


def _postgres(program: str, url: str, *options: str, given: bytes = b"") -> bytes:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    command = [packaged_binaries() / program, f"--dbname={address}", *options]
    done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"{program} failed:\n{done.stderr.decode()}")
    return done.stdout
