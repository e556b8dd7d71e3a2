"""A real SMTP server on loopback that does at each point of a letter what a test tells it to.

    with smtp_server() as server:
        server.misbehave("end", answer="451 4.3.0 Later", to="ann@forum.test", times=1)

As a process of its own, which writes down what it took: tests/smtp_process.py.
"""

import asyncio
import os
import re
import socket
import ssl
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from aiosmtpd.smtp import SMTP, Envelope, Session

# `end`: all of the letter is here and not taken yet. `taken`: it is taken and not answered yet.
Point = Literal["greeting", "MAIL", "RCPT", "DATA", "end", "taken"]
PATIENCE = 3600  # seconds that a connection may be silent
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Received:
    """One letter as the server took it: its envelope, the moment (`time.time`), and what was in it if that is kept."""

    sender: str
    recipients: tuple[str, ...]
    message_id: str
    taken_at: float
    content: bytes = b""

    @cached_property
    def message(self) -> EmailMessage:
        """What a mail program reads."""
        return message_from_bytes(self.content.replace(b"\r\n", b"\n"), policy=policy.default)


@dataclass(frozen=True)
class _Told:
    answer: str = ""
    hang: bool = False
    drop: bool = False
    wait: float = 0


class SmtpServer:
    """What arrived, and what the server was told to do. Everything may be called from any thread."""

    def __init__(self, *, keep_content: bool = True, ledger: Path | None = None) -> None:
        self.received: list[Received] = []
        self.met: Counter[str] = Counter()
        self.connections = self.most_at_once = 0
        self.open: set[_Connection] = set()
        self._keep_content = keep_content
        self._ledger = (
            None if ledger is None else os.open(ledger, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
        )
        self._lock = threading.Lock()
        self._told: dict[tuple[str, str], tuple[_Told, int]] = {}
        # Bound and never listening: while the server is away nobody else gets its port.
        self._port = _bound(("127.0.0.1", 0))
        self.host, self.port = self._port.getsockname()
        self._listening: _Listening | None = None

    @property
    def url(self) -> str:
        """The address as the setting SMTP_URL wants it."""
        return f"smtp://{self.host}:{self.port}"

    def misbehave(
        self,
        point: Point,
        *,
        to: str = "",
        answer: str = "",
        hang: bool = False,
        drop: bool = False,
        wait: float = 0,
        times: int = sys.maxsize,
    ) -> None:
        """From now on, at `point` of each letter (`to` somebody): wait so many seconds; then never answer, or drop the
        connection, or give this `answer`, or go on as usual. At `greeting` and `MAIL` no recipient is known yet.
        """
        assert point in get_args(Point), point
        with self._lock:
            self._told[point, to.lower()] = _Told(answer, hang, drop, wait), times

    def behave(self, to: str = "") -> None:
        """Forget what was told about a recipient, or everything."""
        with self._lock:
            self._told = {key: told for key, told in self._told.items() if to and key[1] != to.lower()}

    def refuse(self, recipient: str, answer: str = "550 5.1.1 No such mailbox here") -> None:
        """Answer every message to `recipient` with this 4xx or 5xx line."""
        self.misbehave("RCPT", to=recipient, answer=answer)

    def start(self, *, tls_at_once: ssl.SSLContext | None = None, **options: Any) -> None:
        """Begin to listen; `options` are those of aiosmtpd, and whether it offers `pipelining`."""
        self._listening = _Listening(self, tls_at_once, options)
        self.listen()

    def listen(self) -> None:
        """Listen again, on the same port."""
        assert self._listening is not None
        self._listening.run(self._listening.open(_bound((self.host, self.port))))

    def stop_listening(self) -> None:
        """Refuse connections, and end those that stand, until `listen`."""
        assert self._listening is not None
        self._listening.run(self._listening.close())

    def end(self) -> None:
        """Stop for good."""
        if self._listening is not None:
            self.stop_listening()
            self._listening.end()
        self._port.close()
        if self._ledger is not None:
            os.close(self._ledger)

    def told(self, point: str, recipients: list[str]) -> _Told:
        """What to do at this point, which is counted in `met`."""
        with self._lock:
            self.met[point] += 1
            for to in (*(each.lower() for each in recipients), ""):
                told, times = self._told.get((point, to), (_Told(), 0))
                if times > 0:
                    self._told[point, to] = told, times - 1
                    return told
        return _Told()

    def came(self, connection: "_Connection") -> None:
        """A connection is there."""
        self.open.add(connection)
        self.connections += 1
        self.most_at_once = max(self.most_at_once, len(self.open))

    def take(self, envelope: Envelope) -> None:
        """Keep a letter."""
        content = envelope.original_content or b""
        found = MESSAGE_ID.search(content)
        letter = Received(
            envelope.mail_from or "",
            tuple(envelope.rcpt_tos),
            found[1].decode("ascii", "replace") if found else "",
            time.time(),
            content if self._keep_content else b"",
        )
        self.received.append(letter)
        if self._ledger is not None:
            line = f"{letter.taken_at:.6f} {letter.message_id} {' '.join(letter.recipients)}\n"
            os.write(self._ledger, line.encode())


class _Connection(SMTP):
    """One connection: aiosmtpd's protocol, which asks at each point what it was told."""

    def __init__(
        self, server: SmtpServer, loop: asyncio.AbstractEventLoop, *, pipelining: bool = False, **options: Any
    ) -> None:
        self._offers_pipelining = pipelining
        super().__init__(
            self, hostname="localhost", enable_SMTPUTF8=True, timeout=PATIENCE, loop=loop, **options
        )
        self._server = server
        self._is_greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self not in self._server.open:  # and not encrypted halfway
            self._server.came(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._server.open.discard(self)

    async def push(self, status: Any) -> None:
        if not self._is_greeted:
            self._is_greeted = True
            status = await self._at("greeting", []) or status
        await super().push(status)
        if str(status).startswith("421") and self.transport is not None:
            self.transport.close()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # The first line is the name of the server.
        return [*responses[:1], *(["250-PIPELINING"] if self._offers_pipelining else []), *responses[1:]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._at("MAIL", [])
        if not answer:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._at("RCPT", [address])
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def smtp_DATA(self, arg: str) -> None:
        answer = await self._at("DATA", self.envelope.rcpt_tos if self.envelope else [])
        if answer:
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await self._at("end", envelope.rcpt_tos)
        if answer:
            return answer
        self._server.take(envelope)
        return await self._at("taken", envelope.rcpt_tos) or "250 OK"

    async def handle_exception(self, error: Exception) -> str:
        traceback.print_exception(error)
        return "500 The server of the tests is broken"

    async def _at(self, point: str, recipients: list[str]) -> str:
        told = self._server.told(point, recipients)
        if told.wait:
            await asyncio.sleep(told.wait)
        if told.drop and self.transport is not None:
            self.transport.abort()
        if told.drop or told.hang:
            await asyncio.get_running_loop().create_future()  # until the connection is gone
        return told.answer


class _Listening:
    """The event loop of a server, in a thread of its own."""

    def __init__(self, server: SmtpServer, tls: ssl.SSLContext | None, options: dict[str, Any]) -> None:
        self._server, self._options, self._tls = server, options, tls
        self._loop = asyncio.new_event_loop()
        self._accepting: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def open(self, bound: socket.socket) -> None:
        self._accepting = await self._loop.create_server(
            lambda: _Connection(self._server, self._loop, **self._options),
            sock=bound,
            ssl=self._tls,
        )

    async def close(self) -> None:
        if self._accepting is not None:
            self._accepting.close()
        while self._server.open:
            for connection in list(self._server.open):
                if connection.transport is not None:
                    # One that is closed already has nothing to abort, which early versions of Python 3.11 do not know.
                    with suppress(AttributeError):
                        connection.transport.abort()
            await asyncio.sleep(0)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


def _bound(address: tuple[str, int]) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(address)
    return made


@contextmanager
def smtp_server(
    *, keep_content: bool = True, ledger: Path | None = None, **options: Any
) -> Iterator[SmtpServer]:
    """A server on a free port of this machine. Without `keep_content` 20,000 letters cost next to nothing."""
    server = SmtpServer(keep_content=keep_content, ledger=ledger)
    try:
        server.start(**options)
        yield server
    finally:
        server.end()
