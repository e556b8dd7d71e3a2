"""`flask start` keeps web and worker together: both come, both go, and nobody is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.live,
    pytest.mark.any_database,
    pytest.mark.timeout(180),
]  # it is always SQLite here

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@contextmanager
def started(folder: Path, port: int, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "INSTANCE": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'forum.db'}",
        "JOBS_URL": f"sqlite:///{folder / 'jobs.db'}",
        "PORT": str(port),
        "FORUM_ENV": "development",
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "start"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        if process.stdout:
            process.stdout.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def wait_until(question) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if question():
                return
        except OSError:
            pass  # not open yet
        time.sleep(0.1)
    raise AssertionError("it took too long")


def children(pid: int) -> list[int]:
    done = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    direct = [int(one) for one, parent, stat in rows if int(parent) == pid and not stat.startswith("Z")]
    return [*direct, *(grandchild for child in direct for grandchild in children(child))]


def alive(pid: int) -> bool:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


def test_both_come_with_files_for_nobody_else_and_both_go(open_folder):
    port = free_port()
    with started(open_folder, port) as process:
        wait_until(lambda: get(port, "/healthz")[0] == 200)
        wait_until(lambda: get(port, "/readyz")[0] == 200)  # the worker lives too
        modes = {path.name: path.stat().st_mode & 0o777 for path in (open_folder, *open_folder.rglob("*"))}
        family = children(process.pid)
        assert len(family) >= 2
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        wait_until(lambda: not any(alive(pid) for pid in family))
        assert process.stdout
        assert f"http://127.0.0.1:{port}" in process.stdout.read()
    assert {"secret", "forum.db", "forum.db-wal", "forum.db-shm", "jobs.db"} <= set(modes)
    assert modes.pop("instance") == 0o700
    assert set(modes.values()) == {0o600}


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """An instance that anybody can read and write, with a key in it, as every new file is made meanwhile."""
    before = os.umask(0)
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o777)
    (folder / "secret").write_text("a" * 48)
    yield folder
    os.umask(before)


@pytest.mark.parametrize(
    "which", [pytest.param(0, marks=pytest.mark.proof, id="web"), pytest.param(-1, id="worker")]
)
def test_when_one_dies_the_other_goes_too_and_it_says_so(tmp_path, which):
    port = free_port()
    with started(tmp_path, port) as process:
        wait_until(lambda: get(port, "/readyz")[0] == 200)
        family = children(process.pid)
        direct = sorted(pid for pid in family if parent_of(pid) == process.pid)
        os.kill(direct[which], signal.SIGKILL)
        assert process.wait(40) == 1
        wait_until(lambda: not any(alive(pid) for pid in family))
        assert process.stdout
        assert "ended by itself" in process.stdout.read()


def parent_of(pid: int) -> int:
    done = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return int(done.stdout or 0)


def test_nobody_is_left_when_the_keeper_is_killed(tmp_path):
    port = free_port()
    with started(tmp_path, port) as process:
        wait_until(lambda: get(port, "/readyz")[0] == 200)
        family = children(process.pid)
        process.kill()
        process.wait(10)
        if sys.platform != "linux":  # only its kernel tells a child that its parent was killed
            for pid in family:
                os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not any(alive(pid) for pid in family))


def test_an_instance_that_cannot_be_written_is_said_at_once(tmp_path):
    (tmp_path / "taken").write_text("")
    with started(tmp_path / "taken", free_port()) as process:
        assert process.wait(60) == 1
        assert process.stdout
        said = process.stdout.read()
    assert "cannot be written" in said
    assert "Traceback" not in said


def test_a_taken_port_is_said_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(tmp_path, port) as process:
            assert process.wait(60) == 1
            assert process.stdout
            assert f"Port {port} is taken" in process.stdout.read()


@pytest.mark.proof
def test_the_demo_comes_in_once_and_a_second_start_finds_it(tmp_path):
    port = free_port()
    with started(tmp_path, port, FORUM_DEMO="1") as process:
        wait_until(lambda: get(port, "/healthz")[0] == 200)
        status, page = get(port, "/lessons")
        assert status == 200
        assert "les-2026-001" in page
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout
        said = process.stdout.read()
        assert "yasmina@demo.leerkring.example" in said
        assert f"http://127.0.0.1:{port}/mailbox" in said
        assert "Bringing in the demo" in said
    with started(tmp_path, port, FORUM_DEMO="1") as process:
        wait_until(lambda: get(port, "/lessons")[0] == 200)
        assert "les-2026-001" in get(port, "/lessons")[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout
        assert "Bringing in the demo" not in process.stdout.read()
