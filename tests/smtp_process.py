"""The SMTP server of the tests as a process of its own, which writes each letter that it took to a file.

with smtp_process(tmp_path / "letters") as server:
    server.tell("misbehave", point="taken", drop=True, times=3)
    ... run workers against server.url, kill them ...
    server.letters()

python -m tests.smtp_process FILE        the same from a shell; commands as JSON on its input
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.smtp_server import Received, smtp_server

ROOT = Path(__file__).resolve().parent.parent


class SmtpProcess:
    """The process from outside."""

    def __init__(self, process: "subprocess.Popen[str]", ledger: Path) -> None:
        self._process, self._ledger = process, ledger
        self.url = self._answer()

    def tell(self, method: str, **options: Any) -> None:
        """Call a method of `SmtpServer` in the process, and wait until it was done."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, options]) + "\n")
        self._process.stdin.flush()
        assert self._answer() == "done"

    def letters(self) -> list[Received]:
        """What it took until now, oldest first, without content; also after its end."""
        return read_ledger(self._ledger)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def read_ledger(path: Path) -> list[Received]:
    """The letters written down in a file."""
    letters = []
    for line in path.read_text().splitlines():
        taken_at, message_id, *recipients = line.split(" ")
        letters.append(Received("", tuple(recipients), message_id, float(taken_at)))
    return letters


@contextmanager
def smtp_process(ledger: Path) -> Iterator[SmtpProcess]:
    """A server in a process of its own, which ends with this one, however that happens."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.smtp_process", str(ledger)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:  # leaving closes its input, which ends it
        yield SmtpProcess(process, ledger)


def main(ledger: Path) -> None:
    """Serve until the input ends; each line of it is a method of the server and its options."""
    with smtp_server(keep_content=False, ledger=ledger) as server:
        _say(server.url)
        for line in sys.stdin:
            method, options = json.loads(line)
            getattr(server, method)(**options)
            _say("done")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
