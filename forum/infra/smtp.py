"""Sending letters to an SMTP server, in which before and after the point of no return are two different things.

Until the dot that ends the text is sent, a letter that fails was certainly not taken. Afterwards only the server's
answer says what became of it.
"""

import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from urllib.parse import SplitResult, parse_qs, unquote

from forum.infra import refusals
from forum.infra.mail_bytes import OwnMail
from forum.infra.mail_errors import Away, MailError, Permanent, Temporary, Uncertain
from forum.infra.smtp_client import SmtpClient, failure, own_name, spoken
from forum.infra.tcp import Dialler

OWN_NAME = 5.0  # seconds that this machine's own name may be looked for: mail goes without it too
GOODBYE = 3.0  # seconds that the answer to QUIT may take: nothing depends on it
# Codes about the server or our sign-in, not about this letter: a refused sign-in must not fail a whole queue.
ABOUT_US = frozenset({421, 454, 530, 534, 535, 538})
# What a refusal at MAIL says when it is about the size of this letter; most others are about our sender.
TOO_LARGE = re.compile(rb"5\.(?:3\.4|2\.3)(?![\d.])")
TOO_LARGE_CODES = frozenset({523, 552})
# Seconds from the hand-over until the last words of the text. A process that stood still for longer may count as dead,
# and another one send the letter.
LATEST = 40.0


@dataclass(frozen=True)
class Limits:
    """Seconds: for connecting and for each answer, and for the answer to a whole letter (RFC 5321, 4.5.3.2.6)."""

    answer: float = 30
    taken: float = 600

    @classmethod
    def of(cls, query: dict[str, list[str]]) -> "Limits":
        """What a URL says (`timeout`, `data_timeout`); ValueError for what is no positive number."""
        named = {"answer": "timeout", "taken": "data_timeout"}
        limits = cls(**{field: float(query[name][-1]) for field, name in named.items() if name in query})
        if not (0 < limits.answer < float("inf") and 0 < limits.taken < float("inf")):
            raise ValueError("a time limit is a number of seconds above 0")
        return limits


_interrupted = partial(Temporary, connection_lost=True)


def _at_mail(code: int, said: bytes) -> Callable[..., MailError]:
    """What a refusal at MAIL means, where no recipient is known yet: only a letter that is too large is to blame."""
    if code in TOO_LARGE_CODES or TOO_LARGE.match(said):
        return Permanent
    return partial(Away, is_refusal=True)


class _Watch:
    """The seconds since it was made: a process may stand still, and a clock with it or be set, but seldom both."""

    def __init__(self) -> None:
        self._began = time.monotonic(), time.time()

    def check(self) -> None:
        """TimeoutError when it is too late to send the rest of a text."""
        began, began_at = self._began
        if max(time.monotonic() - began, time.time() - began_at) > LATEST:
            raise TimeoutError("too long after it was handed over")


def envelope_sender(message: EmailMessage) -> str:
    """Return to whom a letter comes back, where that is not whom it is from; empty otherwise."""
    return message.envelope_sender if isinstance(message, OwnMail) else ""


def nothing() -> None:
    """What is done before DATA when nobody asks for anything."""


class SmtpMailer:
    """One connection for many letters, opened for the first one and again when it was lost.

    `send` and `disconnect` belong to one thread, `shut_down` to any.
    """

    def __init__(self, url: SplitResult) -> None:
        """Take the address apart; ValueError when it cannot be one. Nothing is connected yet."""
        query = parse_qs(url.query)
        self._tls_at_once = url.scheme == "smtps"
        self._starttls = query.get("starttls", ["0"])[-1] not in {"0", "no", "false"}
        self._host, self._port = url.hostname or "localhost", url.port or (465 if self._tls_at_once else 25)
        self._user, self._password = unquote(url.username or ""), unquote(url.password or "")
        self._limits = Limits.of(query)
        self._dialler = Dialler()
        self._client: SmtpClient | None = None

    def send(self, message: EmailMessage, *, before_data: Callable[[], None] = nothing) -> None:
        """Send one letter; `before_data` is called when sender and recipient are accepted. Away, Temporary, Permanent
        or Uncertain; what `before_data` raises comes out as it is, and the letter is taken back.
        """
        sender = envelope_sender(message) or message["From"].addresses[0].addr_spec
        recipient = message["To"].addresses[0].addr_spec
        written = message.as_bytes()
        client = self._begin(sender, len(written), recipient)
        self._step("RCPT", lambda: client.rcpt(recipient), about=recipient)
        watch = _Watch()
        try:
            before_data()
        except BaseException:
            self._take_back()
            raise
        self._step("DATA", lambda: client.docmd("data"), wanted=3, about=recipient)
        self._step("the text", lambda: client.send_text(written, before_end=watch.check))
        self._step(
            "end of data", lambda: client.getreply(self._limits.taken), lost=Uncertain, about=recipient
        )

    def shut_down(self) -> None:
        """End the connection under `send`, which then raises what is true at that point; later ones raise Away."""
        self._dialler.end()

    def disconnect(self) -> None:
        """Say goodbye and close the connection, if there is one."""
        if self._client is not None:
            try:
                self._client.putcmd("quit")
                self._client.getreply(min(GOODBYE, self._limits.answer))
            except OSError:
                pass
            self._drop()

    def _begin(self, sender: str, size: int, recipient: str) -> SmtpClient:
        """A connection on which MAIL was accepted.

        One that served before may have ended while it was idle, or have had letters enough, which some servers say with
        a 4xx: another one is tried.
        """
        if self._client is not None:
            try:
                return self._mail(self._client, sender, size, recipient, lost=Away)
            except (Away, Temporary):
                self._drop()
        return self._mail(self._connect(), sender, size, recipient, lost=_interrupted)

    def _mail(
        self, client: SmtpClient, sender: str, size: int, recipient: str, *, lost: Callable[..., MailError]
    ) -> SmtpClient:
        options = [f"size={size}"] if client.has_extn("size") else []
        begin = partial(client.mail_to, sender, options, recipient)
        self._step("MAIL", begin, lost=lost, about_us=Away, refused=_at_mail)
        return client

    def _connect(self) -> SmtpClient:
        limit, where = self._limits.answer, f"{self._host}:{self._port}"
        found = f"no connection to {where}"
        try:
            name = self._own_name()
            client = SmtpClient(self._dialler.connect(self._host, self._port, limit), name, limit)
            self._client = client
            found = f"{where} cannot be used"
            if self._tls_at_once:
                client.encrypt(ssl.create_default_context(), self._host)
            client.greet()
            if self._starttls:
                client.start_encryption(ssl.create_default_context(), self._host)
            client.ehlo_or_helo_if_needed()
            if self._user:
                client.login(self._user, self._password)
        except (OSError, ValueError) as error:
            self._drop()
            raise Away(f"{found}: {failure(error)}") from error
        return client

    def _own_name(self) -> str:
        try:
            return self._dialler.look_up(own_name, min(OWN_NAME, self._limits.answer))
        except TimeoutError:
            return ""

    def _step(
        self,
        name: str,
        command: Callable[[], tuple[int, bytes]],
        *,
        wanted: int = 2,
        lost: Callable[..., MailError] = _interrupted,
        about_us: Callable[..., MailError] = _interrupted,
        refused: Callable[[int, bytes], Callable[..., MailError]] = lambda _code, _said: Permanent,
        about: str = "",
    ) -> None:
        """One command and its answer, which begins with the digit `wanted`, or else means something for the letter:
        `lost` without an answer, `about_us` when it is about the connection: behind RCPT that may well be about
        this recipient (a server that relays for some only), and must not hold up the others. `refused` tells what
        any other 5xx means.
        """
        try:
            code, said = command()
        except (OSError, ValueError) as error:
            self._drop()
            raise lost(f"{name}: {failure(error)}", recipient=about) from error
        if code // 100 == wanted:
            return
        if code < 400:
            self._drop()
            raise lost(f"{name}: an answer to something else, {code}")
        if code in ABOUT_US:
            self._drop()
            raise about_us(spoken(code, said), recipient=about)
        self._take_back()
        verdict: Callable[..., MailError] = refused(code, said) if code >= 500 else Temporary
        failed = verdict(spoken(code, said), recipient=about)
        failed.of_address = refusals.of_address(code, said.decode("utf-8", "replace")) if about else None
        raise failed

    def _take_back(self) -> None:
        """Make the connection ready for another letter, or drop it."""
        try:
            is_ready = self._client is not None and self._client.rset()[0] == 250
        except OSError:
            is_ready = False
        if not is_ready:
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        self._dialler.close()
