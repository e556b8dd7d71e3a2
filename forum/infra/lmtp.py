"""A door for incoming mail (LMTP, RFC 2033) at which nobody can stay for long or bring much. Wraps aiosmtpd.

A mail server stands before it, which knows the world outside; what it brings is handed to one function, letter by
letter, and its answer is the answer to that letter.
"""

import asyncio
import logging
import signal
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

log = logging.getLogger(__name__)
AGAIN = "451 4.3.0 Not now: try it again later"
FULL = "421 4.3.2 Too many connections: try it again later"
NOBODY = "550 5.1.1 No such mailbox here"
CROWD = "452 4.5.3 Too many recipients at once"
# It writes who mails whom, and every line of it.
logging.getLogger("mail").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Limits:
    """What one client may bring, and for how long (in seconds) it may take to."""

    size: int = 2 * 1024 * 1024  # bytes of a letter; of a larger one, nothing is kept
    line: int = 64 * 1024  # bytes; those who fold no lines write longer ones than the 1,000 that are allowed
    silence: float = 60  # until the next command, and for a whole letter
    stay: float = 600  # for a connection: mail servers simply connect again
    connections: int = 30
    recipients: int = 50


@dataclass(frozen=True)
class Letter:
    """What was brought: its envelope, and the letter as it came."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Door:
    """Where letters are brought, who is here, and what takes them.

    `take` is called in a thread of its own, one letter at a time, and returns the answer (such as "250 2.0.0 OK").
    """

    knows: Callable[[str], bool]
    take: Callable[[Letter], str]
    limits: Limits = Limits()


class _Connection(LMTP):
    """One client: aiosmtpd's protocol, with one answer to a letter for each of its recipients."""

    def __init__(self, house: "_House") -> None:
        limits = house.door.limits
        self.line_length_limit = limits.line
        super().__init__(
            self,
            data_size_limit=limits.size,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="reports only",
            timeout=limits.silence,
            loop=house.loop,
        )
        self._house = house
        self._answers = 1
        self._brought = 0
        self._leave: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._house.open.add(self)
        super().connection_made(transport)
        self._leave = self._house.loop.call_later(self._house.door.limits.stay, self.close)

    def connection_lost(self, error: Exception | None) -> None:
        self._house.open.discard(self)
        if self._leave is not None:
            self._leave.cancel()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        # An endless line is kept in memory by aiosmtpd, also where it is too long.
        self._brought += len(data)
        if self._brought > 2 * self._house.door.limits.size:
            self.close()
        else:
            super().data_received(data)

    def close(self) -> None:
        """End the connection at once."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def push(self, status: Any) -> None:
        said = str(status)
        is_greeting = said.startswith("220 ")
        if is_greeting and len(self._house.open) > self._house.door.limits.connections:
            await super().push(FULL)
            if self.transport is not None:
                self.transport.close()
            return
        for _recipient in range(1 if said.startswith("354") else self._answers):
            await super().push(status)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - its name at aiosmtpd
        self._brought = 0
        await super().smtp_MAIL(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        recipients = self.envelope.rcpt_tos if self.envelope is not None else []
        self._answers = 1 if arg else max(1, len(recipients))
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answers = 1

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._house.door.knows(address):
            return NOBODY
        if len(envelope.rcpt_tos) >= self._house.door.limits.recipients:
            return CROWD
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        sender = (envelope.mail_from or "").strip("<>")
        letters = [Letter(sender, each, bytes(content)) for each in envelope.rcpt_tos]
        answers = [await self._house.take(letter) for letter in letters]
        # One answer for all: what was taken already is known again when it comes again.
        return next((answer for answer in answers if not answer.startswith("2")), answers[0])

    async def handle_exception(self, error: Exception) -> str:
        log.error("the door for incoming mail met an error", exc_info=error)
        return AGAIN


class _House:
    """What all connections share."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.open: set[_Connection] = set()
        self.loop = asyncio.get_running_loop()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="reports")

    async def take(self, letter: Letter) -> str:
        try:
            return await self.loop.run_in_executor(self._worker, self.door.take, letter)
        except Exception as error:
            log.error("a report could not be taken", exc_info=error)
            return AGAIN

    async def close(self) -> None:
        for connection in list(self.open):
            connection.close()
        await asyncio.to_thread(partial(self._worker.shutdown, wait=True))


def serve(
    door: Door,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    socket: Path | None = None,
    ready: Callable[[str], None] = lambda _where: None,
) -> None:
    """Serve at a port or at a socket until this process is told to end; `ready` hears where.

    OSError when nobody may listen there.
    """
    asyncio.run(listen(door, host=host, port=port, socket=socket, ready=ready))


async def listen(
    door: Door, *, host: str, port: int, socket: Path | None = None, ready: Callable[[str], None]
) -> None:
    """As `serve`, in a loop that runs already; cancel it to end it."""
    house = _House(door)
    ended = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with suppress(ValueError, RuntimeError):  # in a thread: there, whoever started it ends it
            house.loop.add_signal_handler(sign, ended.set)

    def connection() -> _Connection:
        return _Connection(house)

    if socket is not None:
        _remove_old(socket)
        server = await house.loop.create_unix_server(connection, str(socket))
        socket.chmod(0o660)
        ready(str(socket))
    else:
        server = await house.loop.create_server(connection, host, port)
        ready("{}:{}".format(*server.sockets[0].getsockname()[:2]))
    try:
        await ended.wait()
    finally:
        server.close()
        await house.close()


def _remove_old(socket: Path) -> None:
    """Remove the socket of a process that did not clean up; another file is left where it is."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(socket.stat().st_mode):
            socket.unlink()
