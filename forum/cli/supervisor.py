"""Processes that belong together: when one ends, or this one is told to end, all of them do."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

START_TIMEOUT = 60.0  # seconds for the first page: a small machine after a cold start
TERM_TIMEOUT = 12.0  # seconds to finish what is under way, then it is ended the hard way
PARENT_DIED = 1  # PR_SET_PDEATHSIG of prctl(2)


class Supervisor:
    """The processes of one forum: they start together and end together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._stop)

    def start(self, name: str, command: list[str]) -> None:
        """Start a process in a session of its own: Ctrl-C reaches only this process, which ends the others."""
        self.children[name] = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=parent_death_signal(os.getpid()),
        )

    def watch(self, ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        """Wait until one ends or this process is told to; return the exit code."""
        announced, until = False, time.monotonic() + START_TIMEOUT
        while not self.stopping:
            ended = self._ended()
            if ended:
                click.echo(
                    f"The {ended} ended by itself (exit code {self.children[ended].returncode}).", err=True
                )
                self.end()
                return 1
            if not announced and ready():
                announce()
                announced = True
            if not announced and time.monotonic() > until:
                click.echo(f"No page after {START_TIMEOUT:.0f} seconds.", err=True)
                self.end()
                return 1
            time.sleep(0.5 if announced else 0.05)
        self.end()
        return 0

    def end(self) -> None:
        """Ask every process to finish, and kill those that do not, with everything they started."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + TERM_TIMEOUT
        for child in self.children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass  # ended below, with its own children
            _kill_session(child.pid)
            child.wait()

    def _ended(self) -> str:
        return next((name for name, child in self.children.items() if child.poll() is not None), "")

    def _stop(self, _sign: int, _frame: FrameType | None) -> None:
        self.stopping = True


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
