"""Writes the database of today's migrations with the demo in it to tests/upgrade, for SQLite and for PostgreSQL.

    python -m scripts.dump_upgrade

Run it when a migration is finished, and commit what it wrote: later migrations are tried on it.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from tests.postgres import create_database, postgres_server
from tests.upgrade import dumps

ROOT = Path(__file__).resolve().parent.parent


def _in_days(number: int) -> str:
    return (datetime.now(UTC) + timedelta(days=number)).isoformat()


COMMANDS = (
    ("db", "upgrade"),
    ("demo", "load"),
    # Letters of two weeks in which nobody reads yet, which the demo has not: some went out, others wait.
    ("digests", "send", "--at", _in_days(7)),
    ("worker", "--until-idle"),
    ("digests", "send", "--at", _in_days(14)),
)


def main() -> int:
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    for name in dumps.ENDINGS:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/forum.db"
            if name == "postgresql":
                url = create_database(postgres_server(), "dump")
            for command in COMMANDS:
                _flask(command, url, folder)
            _shorten(url)
            path = dumps.write(url, str(head))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")
    return 0


def _shorten(url: str) -> None:
    """Leave some rows of the list of words, of a hundred thousand that nobody wrote; what is written is compact."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM word_key WHERE form NOT LIKE 'aan%'"))
    engine.dispose()


def _flask(command: tuple[str, ...], url: str, folder: str) -> None:
    settings = {"DATABASE_URL": url, "INSTANCE": folder, "FORUM_DEMO": "1"}
    settings |= {"FORUM_ENV": "development", "BASE_URL": "http://forum.test"}
    subprocess.run(
        [
            sys.executable,
            "-m",
            "flask",
            "--app",
            "app",
            *(word.replace("{folder}", folder) for word in command),
        ],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )


if __name__ == "__main__":
    sys.exit(main())
