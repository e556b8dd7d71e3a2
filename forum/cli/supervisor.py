"""Processes that belong together: one that dies is started again, and all of them end with this one."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

START_TIMEOUT = 60.0  # seconds for the first page: a small machine after a cold start
TERM_TIMEOUT = 12.0  # seconds to finish what is under way, then it is ended the hard way
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds until one that died is started again
LONG = 60.0  # seconds: one that lived as long is as new
PARENT_DIED = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass
class Child:
    """One process: its command, since when it runs, and when it is started again after it died."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    began: float
    wait: float = 0.0  # before it was started the last time
    again_at: float | None = None


class Supervisor:
    """The processes of one forum: they start together, stay, and end together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: list[Child] = []
        self.stopping = False
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(signal.SIGHUP, self._stop)

    def start(self, name: str, command: list[str]) -> None:
        """Start a process in a session of its own: Ctrl-C reaches only this process, which ends the others."""
        self.children.append(Child(name, command, self._run(command), time.monotonic()))

    def watch(self, ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        """Wait until this process is told to end, and start again what dies meanwhile; return the exit code.

        Until `ready` says so for the first time, nothing is tried twice: what dies then ends everything.
        """
        until = time.monotonic() + START_TIMEOUT
        while not self.stopping and not ready():
            ended = next((child for child in self.children if child.process.poll() is not None), None)
            if ended is not None:
                return self._give_up(
                    f"The {ended.name} ended by itself (exit code {ended.process.returncode})."
                )
            if time.monotonic() > until:
                return self._give_up(f"No page after {START_TIMEOUT:.0f} seconds.")
            time.sleep(0.05)
        if not self.stopping:
            announce()
        while not self.stopping:
            for child in self.children:
                self._keep(child)
            time.sleep(SHORTEST_WAIT / 2)
        self.end()
        return 0

    def end(self) -> None:
        """Ask every process to finish, and kill those that do not, with everything they started."""
        processes = [child.process for child in self.children]
        for process in processes:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + TERM_TIMEOUT
        for process in processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass  # ended below, with its own children
            _kill_session(process.pid)
            process.wait()

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=parent_death_signal(os.getpid()),
        )

    def _keep(self, child: Child) -> None:
        """Note that it died, or start it again when it waited long enough."""
        now = time.monotonic()
        if child.again_at is None and child.process.poll() is not None:
            child.wait = next_wait(child.wait, lived=now - child.began)
            child.again_at = now + child.wait
            _kill_session(child.process.pid)  # its own children would hold the port
            code = child.process.returncode
            click.echo(
                f"The {child.name} ended by itself (exit code {code}). It is started again in {child.wait:g} s.",
                err=True,
            )
        elif child.again_at is not None and now >= child.again_at:
            child.process, child.began, child.again_at = self._run(child.command), now, None

    def _give_up(self, sentence: str) -> int:
        click.echo(sentence, err=True)
        self.end()
        return 1

    def _stop(self, _sign: int, _frame: FrameType | None) -> None:
        self.stopping = True


def next_wait(before: float, *, lived: float) -> float:
    """Return how many seconds one that lived so long waits until it is started again; `before`: the last time."""
    if lived >= LONG:
        return SHORTEST_WAIT
    return min(max(2 * before, SHORTEST_WAIT), LONGEST_WAIT)


def _kill_session(leader: int) -> None:
    """Kill whatever a process left in its session, also when its leader is gone."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass  # all of it ended, as it should


def parent_death_signal(parent: int) -> Callable[[], None] | None:
    """Return what makes Linux end a child whose parent was killed, so that no forum runs on without its supervisor."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def end_with_parent() -> None:
        libc.prctl(PARENT_DIED, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return end_with_parent
