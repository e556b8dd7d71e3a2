"""`flask start` keeps web and worker together: both come, stay and go, and nobody is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from forum.cli.supervisor import Supervisor, next_wait
from tests.jobs.forked import FORKS

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


def test_both_come_with_files_for_nobody_else_one_that_dies_comes_again_and_both_go(open_folder):
    port = free_port()
    with started(open_folder, port) as process:
        wait_until(lambda: get(port, "/healthz")[0] == 200)
        web, worker = direct_children(process.pid)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: not alive(worker))
        wait_until(lambda: len(direct_children(process.pid)) == 2)
        assert direct_children(process.pid)[0] == web
        made = {"secret", "forum.db", "forum.db-wal", "forum.db-shm"}
        wait_until(
            lambda: made <= {path.name for path in open_folder.iterdir()}
        )  # when the new worker is at work
        modes = {path.name: path.stat().st_mode & 0o777 for path in (open_folder, *open_folder.rglob("*"))}
        family = children(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        wait_until(lambda: not any(alive(pid) for pid in family))
        assert process.stdout
        said = process.stdout.read()
    assert f"http://127.0.0.1:{port}" in said
    assert "The worker ended by itself (exit code -9). It is started again in 0.5 s." in said
    assert made <= set(modes)
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


def direct_children(pid: int) -> list[int]:
    """The web server and the worker, in this order."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
    own = [(row[3], int(row[0])) for row in rows if int(row[1]) == pid and not row[2].startswith("Z")]
    return [number for words, number in sorted(own, key=lambda each: "granian" not in each[0])]


@pytest.mark.proof
def test_the_web_server_that_dies_comes_again_whole_or_in_part(tmp_path):
    port = free_port()
    with started(tmp_path, port) as process:
        wait_until(lambda: get(port, "/healthz")[0] == 200)
        web = direct_children(process.pid)[0]
        for killed in (*direct_children(web), web):
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: not alive(killed))  # noqa: B023 - asked at once
            wait_until(lambda: get(port, "/healthz")[0] == 200)
        wait_until(lambda: len(direct_children(process.pid)) == 2)
        assert web not in direct_children(process.pid)
        wait_until(lambda: get(port, "/healthz")[0] == 200)


def test_one_that_keeps_dying_waits_longer_each_time_and_one_that_lived_does_not():
    waits = [0.0]
    for _death in range(9):
        waits.append(next_wait(waits[-1], lived=3))
    assert waits[1:] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert next_wait(30, lived=61) == 0.5


@pytest.fixture
def signals() -> Iterator[None]:
    """What signals do in this process is as before, after the test."""
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for sign, handler in before.items():
        signal.signal(sign, handler)


@pytest.mark.usefixtures("signals")
def test_what_never_came_up_ends_everything(tmp_path):
    never = Supervisor(tmp_path)
    never.start("worker", [sys.executable, "-c", "import time; time.sleep(60)"])
    never.start("web", [sys.executable, "-c", "raise SystemExit(3)"])
    assert never.watch(lambda: False, lambda: None) == 1
    assert all(child.process.returncode is not None for child in never.children)


@pytest.mark.usefixtures("signals")
def test_a_hang_up_that_is_ignored_ends_nothing(tmp_path):
    for ignored in (True, False):
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
        keeper = Supervisor(tmp_path)
        os.kill(os.getpid(), signal.SIGHUP)
        assert keeper.stopping is not ignored


def keep_one(folder: Path, told: Connection) -> None:
    """A supervisor as a process of its own, with one process to keep."""
    keeper = Supervisor(folder)
    keeper.start("worker", [sys.executable, "-c", "import time; time.sleep(300)"])
    told.send(keeper.children[0].process.pid)
    time.sleep(60)


def test_whom_a_killed_keeper_started_ends_too(tmp_path):
    said, told = FORKS.Pipe()
    keeper = FORKS.Process(target=keep_one, args=(tmp_path, told), daemon=True)
    keeper.start()
    child = said.recv()
    assert alive(child)
    keeper.kill()
    keeper.join(10)
    if sys.platform != "linux":  # only its kernel tells a child that its parent was killed
        os.kill(child, signal.SIGTERM)
    wait_until(lambda: not alive(child))


@pytest.mark.proof
def test_nobody_is_left_when_the_keeper_is_killed(tmp_path):
    """The whole family: what the web server starts besides, too."""
    port = free_port()
    with started(tmp_path, port) as process:
        wait_until(lambda: get(port, "/healthz")[0] == 200)
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
