"""Servers on one core, and the processor time that they and their database used, read from the kernel."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from forum.cli.supervisor import parent_death_signal

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for the first page of a server
LONGEST = 5_400  # seconds for a command: a million posts on a busy machine
GRANIAN = (
    "--interface",
    "wsgi",
    "--blocking-threads",
    "1",
    "--no-ws",
    "--log-level",
    "error",
)


def cores() -> tuple[set[int], set[int]]:
    """One core for the servers and another for who asks; the same one when there is no other."""
    free = sorted(os.sched_getaffinity(0))
    return {free[0]}, {free[-1]}


def run_quietly(command: list[str], environment: Mapping[str, str], *, root: Path = ROOT) -> str:
    """Run a command of a checkout to its end; gives its words, which are shown only when it fails."""
    done = subprocess.run(
        command, cwd=root, env=dict(environment), capture_output=True, text=True, check=False, timeout=LONGEST
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def served(
    target: str,
    environment: Mapping[str, str],
    path: str,
    core: set[int],
    *,
    root: Path = ROOT,
    workers: int = 1,
) -> Iterator[tuple[int, int]]:
    """granian on `core`, for a checkout; gives its port and the id of its first process."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", *GRANIAN]
    server = subprocess.Popen(
        [*command, f"--workers={workers}", "--host", HOST, "--port", str(port), target],
        cwd=root,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=parent_death_signal(os.getpid()),
    )
    try:
        pin(server.pid, core)
        _await(server, port, path)
        pin(server.pid, core)
        yield port, server.pid
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)
            server.wait(15)


def pin(pid: int, core: set[int]) -> None:
    """Keep a process, its children and all their threads on one core; what they start later stays there too."""
    for member in family(pid):
        for thread in Path(f"/proc/{member}/task").glob("*"):
            try:
                os.sched_setaffinity(int(thread.name), core)
            except ProcessLookupError:
                continue


def pin_alone(core: set[int]) -> None:
    """Keep this process on one core, and leave what it started where it is."""
    os.sched_setaffinity(0, core)


def cpu_seconds(*pids: int) -> float:
    """The processor time that these processes and their children used until now."""
    return sum(_cpu(member) for pid in pids for member in family(pid)) / 1e9


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parents.setdefault(_parent(entry), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += parents.get(one, [])
    return found


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _cpu(pid: int) -> int:
    """Nanoseconds on a core, over all threads; exact, where `stat` counts in hundredths of a second."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        try:
            total += int((thread / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _await(server: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        connection = HTTPConnection(HOST, port, timeout=10)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"No answer from {path} on port {port}.")
