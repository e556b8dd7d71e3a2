"""Workers that hand digests to a mail server on this machine, and what that costs a letter.

The mail server takes everything and keeps nothing, with as little work for it as a relay has that is written in C, and
lets MAIL and RCPT come together, as such relays do. It, the workers and the database are processes of their own.
"""

import asyncio
import multiprocessing
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text

from bench.processes import HOST, ROOT, cpu_seconds

EVERY = 0.2  # seconds between two looks
SILENT = 3.0  # seconds without a letter, after which somebody asks whether any is left
PATIENCE = 120.0  # seconds without a letter, after which it failed
WARM = 0.1  # of the letters: workers start, and learn what they keep
ANSWERS = {
    b"EHLO": b"250-bench\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
LEFT = text(
    "SELECT count(*) FROM outgoing_mail WHERE state = 'sending' OR (state = 'queued' AND next_try_at <= now())"
)
WAITS = text(
    "SELECT wait_event_type || ':' || wait_event FROM pg_stat_activity"
    " WHERE state = 'active' AND wait_event IS NOT NULL AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


@dataclass(frozen=True)
class Look:
    """What was used until a moment, in seconds, how many letters had come, and the memory of the largest worker."""

    at: float
    letters: int
    workers: float
    database: float
    server: float
    memory: float


def release(count: int) -> str:
    """SQL that lets the next `count` parked letters go."""
    parked = "SELECT id FROM outgoing_mail WHERE state = 'queued' AND next_try_at > now() ORDER BY id"
    return f"UPDATE outgoing_mail SET next_try_at = now() WHERE id IN ({parked} LIMIT {int(count)})"


def handed_over(
    environment: Mapping[str, str], database: int, *, workers: int, letters: int
) -> dict[str, Any]:
    """Let so many workers send so many letters; the costs of a letter once they are warm."""
    engine = create_engine(environment["DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection, _mail_server() as (port, server, came):
        connection.execute(text("VACUUM ANALYZE outgoing_mail"))
        connection.execute(text(release(letters)))
        # Else what filling the database left to be written would be written now, between the letters.
        connection.execute(text("CHECKPOINT"))
        with _workers({**environment, "SMTP_URL": f"smtp://{HOST}:{port}"}, workers) as pids:
            looks, waits = _watched(connection, pids, (database, server), came)
            peak = max(_memory(pid, "VmHWM") for pid in pids)
    engine.dispose()
    return {"workers": workers, "memory_mb": peak, "waits": dict(waits.most_common(5)), **_costs(looks)}


def _costs(looks: list[Look]) -> dict[str, Any]:
    """From the first look at warm workers to the last."""
    last = looks[-1]
    # Of very few, which came at once: from the beginning.
    first = next((look for look in looks[1:-1] if look.letters >= last.letters * WARM), looks[0])
    letters, wall = last.letters - first.letters, last.at - first.at
    used = {name: getattr(last, name) - getattr(first, name) for name in ("workers", "database", "server")}
    return {
        "letters": last.letters,
        "measured": letters,
        "wall_ms": wall / letters * 1000,
        "worker_ms": used["workers"] / letters * 1000,
        "database_ms": used["database"] / letters * 1000,
        "server_ms": used["server"] / letters * 1000,
        "cores_busy": sum(used.values()) / wall,
        "memory_warm_mb": first.memory,
        "memory_halfway_mb": looks[(looks.index(first) + len(looks)) // 2].memory,
        "memory_ended_mb": last.memory,
    }


def _watched(
    connection: Connection, pids: list[int], others: tuple[int, int], came: "Synchronized[int]"
) -> tuple[list[Look], Counter[str]]:
    """A look before, others whenever letters had come, until none is left; and what sessions waited for."""
    changed = time.monotonic()
    looks, waits = [_look(changed, 0, pids, others)], Counter[str]()
    while True:
        time.sleep(EVERY)
        now, letters = time.monotonic(), came.value
        if letters > looks[-1].letters:
            changed = now
            looks.append(_look(now, letters, pids, others))
            waits.update(connection.scalars(WAITS).all())
        elif now - changed > PATIENCE:
            raise RuntimeError(f"No letter came for {PATIENCE:.0f} seconds.")
        elif len(looks) > 1 and now - changed > SILENT and connection.scalar(LEFT) == 0:
            return looks, waits


def _look(at: float, letters: int, pids: list[int], others: tuple[int, int]) -> Look:
    database, server = others
    used = (cpu_seconds(*pids), cpu_seconds(database), cpu_seconds(server))
    return Look(at, letters, *used, max(_memory(pid, "VmRSS") for pid in pids))


@contextmanager
def _workers(environment: Mapping[str, str], count: int) -> Iterator[list[int]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "worker", "--lanes", "bulk"],
            cwd=ROOT,
            env=dict(environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _number in range(count)
    ]
    try:
        yield [worker.pid for worker in started]
    finally:
        for worker in started:
            worker.terminate()
        for worker in started:
            worker.wait(20)


@contextmanager
def _mail_server() -> Iterator[tuple[int, int, "Synchronized[int]"]]:
    """Gives its port, the id of its process, and how many letters it took."""
    fresh = multiprocessing.get_context("spawn")
    came, port = fresh.Value("i", 0), fresh.Value("i", 0)
    server = fresh.Process(target=_serve, args=(came, port), daemon=True)
    server.start()
    try:
        until = time.monotonic() + PATIENCE
        while not port.value and server.is_alive() and time.monotonic() < until:
            time.sleep(0.05)
        if server.pid is None or not port.value:
            raise RuntimeError("The mail server did not start.")
        yield port.value, server.pid, came
    finally:
        server.terminate()
        server.join(10)


class _TakesAll(asyncio.Protocol):
    """One connection: yes to every command, and to every letter."""

    def __init__(self, came: "Synchronized[int]") -> None:
        self._came = came
        self._unread = bytearray()
        self._in_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (end := self._unread.find(b"\r\n.\r\n" if self._in_text else b"\r\n")) >= 0:
            if self._in_text:
                with self._came.get_lock():
                    self._came.value += 1
                del self._unread[: end + 5]
                self._in_text = False
                self._transport.write(b"250 taken\r\n")
            else:
                command = bytes(self._unread[:4]).upper()
                del self._unread[: end + 2]
                self._in_text = command == b"DATA"
                self._transport.write(ANSWERS.get(command, b"250 yes\r\n"))


def _serve(came: "Synchronized[int]", port: "Synchronized[int]") -> None:
    asyncio.run(_listen(came, port))


async def _listen(came: "Synchronized[int]", port: "Synchronized[int]") -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _TakesAll(came), HOST, 0)
    port.value = server.sockets[0].getsockname()[1]
    await server.serve_forever()


def _memory(pid: int, kind: str) -> float:
    """What a process holds (VmRSS), or the most that it held until now (VmHWM), in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(kind)) / 1024
