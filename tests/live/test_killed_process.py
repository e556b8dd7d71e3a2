"""The server command as it is shipped survives the death of one of its processes."""

import os
import shlex
import signal
import sys
import time

import pytest

from tests.cli.test_start import alive, children, free_port, get, wait_until
from tests.live.served import APPLICATION, served, tell
from tests.rules.source import ROOT
from tests.rules.test_units import FOLDER, values

pytestmark = [pytest.mark.live, pytest.mark.proof, pytest.mark.any_database]
KILLS = 3


def shipped(port: int) -> list[str]:
    """The command of the unit file, on another port, with the application of the tests."""
    _program, *words = shlex.split(values(ROOT / FOLDER / "leerkring-web.service")["ExecStart"])
    words[words.index("--port") + 1] = str(port)
    return [sys.executable, "-m", "granian", *words[:-1], APPLICATION]


def test_a_killed_process_of_the_server_comes_again_while_the_other_serves(tmp_path, live_app, capsys):
    port, away = free_port(), []
    with served(port, live_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, shipped(port)) as server:
        for _kill in range(KILLS):
            wait_until(lambda: len(children(server.pid)) == 2)
            killed = children(server.pid)[0]
            os.kill(killed, signal.SIGKILL)
            began, failed = time.monotonic(), 0
            wait_until(lambda killed=killed: not alive(killed))
            while time.monotonic() - began < 6:  # one that dies twice within 5.5 seconds is given up
                try:
                    failed += get(port, "/healthz")[0] != 200
                except OSError:
                    failed += 1
                time.sleep(0.05)
            away.append(failed)
            assert server.poll() is None
            assert killed not in children(server.pid)
            assert get(port, "/healthz")[0] == 200
    tell(capsys, f"{KILLS} kills of one of two processes: {away} of some hundred requests failed after each")
    assert max(away) <= 10  # those that waited in its queue
