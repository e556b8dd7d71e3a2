"""Backups under load and under kills: a consistent moment, and at every moment either all of it or nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text

from forum.domain.mailing import hold
from forum.infra.backups import reading
from forum.infra.backups.workspace import PREFIX
from forum.infra.db import db
from tests.cli.backup_runs import another, counts, fill, fitting_programs, inside, run, said
from tests.cli.test_start import free_port
from tests.conftest import POSTGRES, copied_database
from tests.live.served import app_on, ground, served, tell

__all__ = ["fitting_programs"]
pytestmark = [
    pytest.mark.live,
    pytest.mark.proof,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("fitting_programs"),
]
ROOT = Path(__file__).resolve().parents[2]
WRITERS, KILLS = 8, 20
SIZE = ("--members", 60, "--threads", 100, "--posts", 6000, "--lessons", 0)
COMMAND = """
import sys, time
from pathlib import Path
from forum import create_app
url, folder, *words = sys.argv[1:]
app = create_app({"ENV_NAME": "testing", "SQLALCHEMY_DATABASE_URI": url, "INSTANCE": Path(folder)})
print("begins", flush=True)
began = time.monotonic()
answer = app.test_cli_runner().invoke(args=words)
print(time.monotonic() - began, answer.exit_code, answer.output, flush=True)
"""
# What a consistent moment shows: every count fits what is counted, and no row leads to one that is not there.
MISFITS = {
    "threads whose count is not that of their posts": """SELECT count(*) FROM thread WHERE post_count <>
        (SELECT count(*) FROM post WHERE post.thread_id = thread.id)""",
    "threads whose last number is not that of their last post": """SELECT count(*) FROM thread WHERE last_number <>
        (SELECT max(number) FROM post WHERE post.thread_id = thread.id)""",
    "posts without their text": """SELECT count(*) FROM post WHERE NOT EXISTS
        (SELECT 1 FROM post_revision WHERE post_id = post.id AND post_revision.number = post.revision)""",
    "texts without their post": "SELECT count(*) FROM post_revision WHERE post_id NOT IN (SELECT id FROM post)",
}


class Writers:
    """People who post one reply after another; `acknowledged` are the words that the forum took."""

    def __init__(self, readers) -> None:
        self.acknowledged: list[str] = []
        self.going = True
        self.threads = [threading.Thread(target=self._write, args=[each]) for each in readers]
        for thread in self.threads:
            thread.start()

    def _write(self, reader) -> None:
        while self.going:
            words = f"Wat {uuid.uuid4()} en meer."
            if reader.reply(words).status == 303:
                self.acknowledged.append(words)

    def end(self) -> None:
        self.going = False
        for thread in self.threads:
            thread.join(60)


def test_a_backup_under_load_shows_one_moment(migrated, tmp_path, capsys):
    url, port = copied_database(migrated, tmp_path), free_port()
    app = app_on(url, tmp_path)
    readers = ground(app, port, WRITERS)
    taken = []
    with served(port, url, tmp_path):
        writers = Writers(readers)
        for turn in range(5):
            time.sleep(1)
            before = len(writers.acknowledged)
            said(run(app, "backup", tmp_path / f"{turn}.backup"))
            taken.append((tmp_path / f"{turn}.backup", before, len(writers.acknowledged)))
        time.sleep(1)
        writers.end()
    assert len(writers.acknowledged) > taken[-1][2] > taken[0][1] > WRITERS, "nobody wrote meanwhile"
    for file, before, after in taken:
        copy = another(tmp_path / file.stem)
        said(run(copy, "restore", file))
        with inside(copy):
            kept = set(db.session.scalars(text("SELECT body FROM post_revision")))
            found = {what: db.session.scalar(text(query)) for what, query in MISFITS.items()}
        lost = [words for words in writers.acknowledged[:before] if words not in kept]
        tell(
            capsys,
            f"{file.name}: {before} acknowledged before, {after} after, {len(kept)} in it, {len(lost)} lost",
        )
        assert not lost
        assert set(found.values()) == {0}, found


@pytest.fixture
def large(live_app, tmp_path):
    """An instance that takes a while to back up."""
    said(run(live_app, "bench", "seed", *SIZE))
    fill(live_app)
    (live_app.config["INSTANCE"] / "media").mkdir()
    for number in range(20):
        (live_app.config["INSTANCE"] / "media" / f"{number}").write_bytes(os.urandom(1_000_000))
    return live_app


class Run:
    """A command in a process of its own, at work since `begins`."""

    def __init__(self, app, *words) -> None:
        settings = app.config["SQLALCHEMY_DATABASE_URI"], app.config["INSTANCE"]
        command = [sys.executable, "-c", COMMAND, *map(str, (*settings, *words))]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        assert self.process.stdout.readline() == "begins\n"

    def seconds(self) -> float:
        """How long it takes when nobody kills it."""
        out, _none = self.process.communicate(timeout=120)
        taken, code, *words = out.split()
        assert code == "0", words
        return float(taken)

    def kill_after(self, seconds: float, how: int = signal.SIGKILL) -> str:
        """End it so much later, and return what it said until then."""
        time.sleep(seconds)
        self.process.send_signal(how)
        return self.process.communicate(timeout=60)[0]


def test_twenty_kills_leave_a_whole_backup_or_none(large, tmp_path, chance, capsys):
    folder = tmp_path / "backups"
    folder.mkdir()
    whole_time = Run(large, "backup", folder / "first").seconds()
    outcomes = {"whole": 0, "none": 0, "left over": 0}
    for number in range(KILLS):
        file = folder / f"{number}.backup"
        Run(large, "backup", file).kill_after(chance.uniform(0, whole_time * 1.1))
        left = list(folder.glob(f"{PREFIX}*"))
        assert len(left) <= 1, "the next run removes what was left"
        outcomes["left over"] += len(left)
        if file.exists():
            reading.check(file)
        outcomes["whole" if file.exists() else "none"] += 1
    said(run(large, "backup", folder / "last"))
    assert list(folder.glob(f"{PREFIX}*")) == []
    tell(capsys, f"a backup takes {whole_time:.2f} s; killed {KILLS} times: {outcomes}")
    assert outcomes["left over"], "no kill came while it was at work"


def test_twenty_kills_leave_a_whole_instance_or_an_empty_one(large, tmp_path, chance, capsys):
    file = tmp_path / "whole.backup"
    said(run(large, "backup", file))
    expected = counts(large)
    whole_time = Run(another(tmp_path / "first"), "restore", file).seconds()
    outcomes = {"whole": 0, "empty": 0}
    copy = another(tmp_path / "copy0")
    for number in range(KILLS):
        Run(copy, "restore", file).kill_after(chance.uniform(0, whole_time * 1.1))
        if is_empty(copy):
            outcomes["empty"] += 1
            continue  # the next one tries again on what is left
        assert_whole(copy, expected)
        outcomes["whole"] += 1
        copy = another(tmp_path / f"copy{number + 1}")
    if is_empty(copy):
        said(run(copy, "restore", file))
    assert_whole(copy, expected)
    assert list(copy.config["INSTANCE"].glob(f"{PREFIX}*")) == []
    tell(capsys, f"a restore takes {whole_time:.2f} s; killed {KILLS} times: {outcomes}")
    assert outcomes["empty"], "no kill came while it was at work"


def is_empty(app) -> bool:
    with inside(app):
        until = time.monotonic() + 30  # psql of a killed run may still be at its end
        while POSTGRES and time.monotonic() < until and others(app):
            db.session.rollback()  # what it sees stays the same within a transaction
            time.sleep(0.1)
        return not db.inspect(db.engine).has_table("member")


def others(app) -> int:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return db.session.scalar(text(query))


def assert_whole(app, expected) -> None:
    assert counts(app) == expected
    assert len(list((app.config["INSTANCE"] / "media").iterdir())) == 20
    with inside(app):
        assert hold.is_held()
        assert not db.session.scalar(text("SELECT count(*) FROM sign_in WHERE ended_at IS NULL"))
        assert db.session.scalar(text("SELECT version_num FROM alembic_version"))


def test_a_drill_that_is_stopped_or_killed_leaves_nothing_for_long(large, tmp_path, chance, capsys):
    file = tmp_path / "whole.backup"
    said(run(large, "backup", file))
    before = counts(large)
    whole_time = Run(large, "drill", file).seconds()
    stopped, killed = 0, 0
    moments = [chance.uniform(part, part + 1) * whole_time / 6 for part in range(6)]  # one in each sixth
    for moment in moments:
        words = Run(large, "drill", file).kill_after(moment, signal.SIGTERM).split()
        stopped += words[1:2] == ["143"]
        assert left_by_drills(large) == []
    for moment in moments:
        Run(large, "drill", file).kill_after(moment)
        killed += bool(left_by_drills(large))
    tell(capsys, f"a drill takes {whole_time:.2f} s; at work: {stopped} of 6 stopped, {killed} of 6 killed")
    assert stopped, "no drill was at work when it was told to stop"
    assert killed, "no drill was at work when it was killed"
    said(run(large, "drill", file))
    assert left_by_drills(large) == []
    assert counts(large) == before


def left_by_drills(app) -> list:
    folders = list(app.config["INSTANCE"].glob(f"{PREFIX}*"))
    if not POSTGRES:
        return folders
    with inside(app):
        query = "SELECT datname FROM pg_database WHERE datname LIKE 'leerkring_drill_%'"
        return folders + list(db.session.scalars(text(query)))


def test_a_backup_of_a_full_disk(live_app, tmp_path):
    """A real one: a small file system."""
    fill(live_app)
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        assert "There is no room on the disk" in said(run(live_app, "backup", small / "a"), 1)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
