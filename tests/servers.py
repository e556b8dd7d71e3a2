"""The real things beside the forum that tests talk to: PostgreSQL, an SMTP server, Chromium.

Nothing here is a stand-in. Each one is private to the run that started it and ends with that run, also when
the run is interrupted or killed; several runs on one machine do not meet. PostgreSQL has a file of its own.
"""

import os
import shutil
import socket
from asyncio import AbstractServer, WriteTransport
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, sync_playwright

from tests.postgres import create_database, postgres_server

__all__ = ["Received", "SmtpServer", "browser", "create_database", "postgres_server", "smtp_server"]

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SEALED = (
    # A page under test may name any host: the browser reaches this machine and nothing else.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
)


@dataclass(frozen=True)
class Received:
    """One message as the server took it: who it came from and went to on the envelope, and what was in it."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class SmtpServer:
    """What arrived, and what the server was told to answer to whom."""

    host: str
    port: int
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    _answers: dict[str, str] = field(default_factory=dict)
    _hang_up: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address as the setting SMTP_URL wants it."""
        return f"smtp://{self.host}:{self.port}"

    def refuse(self, recipient: str, answer: str = "550 5.1.1 No such mailbox here") -> None:
        """Answer every message to `recipient` with this 4xx or 5xx line."""
        self._answers[recipient.lower()] = answer

    def hang_up(self, recipient: str) -> None:
        """Cut the connection as soon as someone writes to `recipient`."""
        self._hang_up.add(recipient.lower())

    def relent(self, recipient: str) -> None:
        """Take mail for `recipient` again."""
        self._answers.pop(recipient.lower(), None)
        self._hang_up.discard(recipient.lower())

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.lower() in self._hang_up:
            cast(WriteTransport, server.transport).abort()
        answer = self._answers.get(address.lower(), "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = (envelope.original_content or b"").replace(b"\r\n", b"\n")
        message = message_from_bytes(content, policy=policy.default)
        self.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return "250 OK"


class _Listening(Controller):
    """Listens on a socket that is already bound: the port is known and cannot be taken in between."""

    def __init__(self, handler: SmtpServer, listener: socket.socket) -> None:
        super().__init__(handler, hostname=handler.host, port=handler.port, ready_timeout=30)
        self._listener = listener

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """A real SMTP server on a free port of this machine that keeps what it is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        server = SmtpServer(host, port)
        controller = _Listening(server, listener)
        controller.start()
        try:
            yield server
        finally:
            controller.stop()


@contextmanager
def browser() -> Iterator[Browser]:
    """The machine's Chromium without a window, reaching this machine only. CHROMIUM names another one."""
    named = os.environ.get("CHROMIUM")
    found = next((path for name in (named, *CHROMIUM) if name and (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError(
            f"No Chromium found ({', '.join(CHROMIUM)}): run `make test`, which says how to get one."
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(SEALED))
        try:
            yield launched
        finally:
            launched.close()
