"""Mail as bytes and the ways to send it, chosen by URL: an SMTP server, a folder of .eml files, or memory.

smtp://user:password@host:25?starttls=1    smtps://host:465    mailbox:folder    memory:
"""

import logging
import os
import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import css_inline

from forum.infra import addresses, clock, private_files, text
from forum.infra.mail_headers import address_value, text_value
from forum.infra.mailbox import StoredMail, name_for, read_mailbox, read_one

__all__ = [
    "Mailer",
    "Message",
    "Permanent",
    "StoredMail",
    "Temporary",
    "build",
    "open_mailer",
    "read_mailbox",
    "read_one",
    "sent",
]
log = logging.getLogger(__name__)

TIMEOUT = 30  # seconds for any one answer of an SMTP server
QUIET = 10  # seconds of silence after which a connection is tested before it is used
# Codes about our connection, not about this letter: a refused sign-in must not fail a whole queue.
CONNECTION_CODES = frozenset({421, 454, 530, 534, 535, 538})
ONE_ADDRESS = re.compile(
    r"""(?:(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^"<>@]*))\s*(?P<angle><))?"""
    r"""(?P<local>[!#-'*+\--9=?A-Z^-~]+)@(?P<domain>[^\s@,;:<>()\[\]"\\\x00-\x1f]+)(?(angle)>)""",
    re.DOTALL,
)
ENCODED_WORD = re.compile(r"=\?(?=[^?\s]*\?[bq]\?)", re.IGNORECASE)
# Machine-read headers whose values the standard folding would wrap or encode when they are long, which breaks them.
NEVER_FOLDED = re.compile(r"(list-[a-z-]+|message-id|in-reply-to|references|feedback-id)", re.IGNORECASE)


class Temporary(Exception):
    """Not now: try again later. `connection_lost`: the other letters of this batch need not be tried either."""

    def __init__(self, reason: str, *, connection_lost: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.connection_lost = connection_lost


class Permanent(Exception):
    """This letter will never arrive at this address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Message:
    """A letter before it becomes bytes. `headers` are extra ones, for example List-Unsubscribe."""

    to: str
    subject: str
    text: str
    from_address: str
    message_id: str
    html: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    """What `open_mailer` returns."""

    def send(self, message: EmailMessage) -> None:
        """Send one letter; raises Temporary or Permanent."""


class _Letters(policy.EmailPolicy):
    """RFC 5322 with CRLF and seven-bit bodies, in which the addresses of pages and letters are not folded."""

    def fold(self, name: str, value: Any) -> str:
        lower, beside = name.lower(), len(name) + 2
        if lower == "subject":
            return f"{name}: {text_value(str(value), beside=beside)}{self.linesep}"
        if lower in {"from", "to"}:
            (one,) = value.addresses
            written = address_value(one.display_name, one.addr_spec, beside=beside)
            return f"{name}: {written}{self.linesep}"
        whole = f"{name}: {value}"
        if NEVER_FOLDED.fullmatch(name) and len(whole) < 998 and whole.isascii():
            return whole + self.linesep
        return super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


_POLICY = _Letters(linesep="\r\n", cte_type="7bit", raise_on_defect=False, max_line_length=78)
# Media queries (dark mode) cannot be inlined and stay; nothing is ever fetched.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def build(message: Message) -> EmailMessage:
    """Return the letter as an e-mail: text, and HTML with its styles inlined. No value can add a header or recipient.

    Permanent for an address that is not one; ValueError for a header that is not allowed.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _address(message.from_address)
    mail["To"] = _address(message.to)
    mail["Subject"] = _line(message.subject)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = _line(message.message_id)
    for name, value in message.headers.items():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name) or name in mail:
            raise ValueError(f"not a header of its own: {name!r}")
        mail[name] = _line(value)
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(_inliner.inline(message.html), subtype="html")
    return mail


def _line(value: str) -> str:
    """One line; what looks like an encoded word is broken up, or it could hide a line end."""
    return ENCODED_WORD.sub("= ?", text.one_line(value))


def _address(written: str) -> Address:
    """Exactly one address, with or without a name before it; Permanent for anything else."""
    match = ONE_ADDRESS.fullmatch(written.strip())
    if match is None:
        raise Permanent("not an e-mail address")
    quoted, bare = match["quoted"], match["bare"]
    name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare or ""
    try:
        domain = addresses.ascii_domain(match["domain"])
        return Address(display_name=_line(name), username=match["local"], domain=domain)
    except (ValueError, MessageError) as error:
        raise Permanent("not an e-mail address") from error


@contextmanager
def open_mailer(url: str) -> Iterator[Mailer]:
    """Open a way to send one batch of letters; an SMTP server is connected at the first. ValueError for another URL."""
    parts = urlsplit(url)
    if parts.scheme == "memory":
        yield _Memory()
    elif parts.scheme == "mailbox":
        yield _Folder(Path(url.removeprefix("mailbox:")))
    elif parts.scheme in {"smtp", "smtps"}:
        server = _Smtp(parts)
        try:
            yield server
        finally:
            server.disconnect()
    else:
        raise ValueError(f"no way to send mail is called {parts.scheme!r}")


_memory: list[EmailMessage] = []


def sent() -> list[EmailMessage]:
    """Return the letters that went to `memory:`, oldest first; tests read and clear it."""
    return _memory


class _Memory:
    def send(self, message: EmailMessage) -> None:
        _memory.append(message)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write to a temporary file, then rename: a reader never sees half a letter."""
        path = self.folder / name_for(str(message["Message-ID"]))
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            private_files.make_folder(self.folder)
            private_files.write(temporary, message.as_bytes())
            temporary.replace(path)
        except (OSError, private_files.Unwritable) as error:
            raise Temporary(f"mailbox: {error}", connection_lost=True) from error


class _Smtp:
    """One connection for a whole batch, opened for the first letter and again when it was lost."""

    def __init__(self, url: SplitResult) -> None:
        self.url = url
        self.connection: smtplib.SMTP | None = None
        self.used_at = 0.0

    def send(self, message: EmailMessage) -> None:
        connection = self._connected()
        sender = message["From"].addresses[0].addr_spec
        recipient = message["To"].addresses[0].addr_spec
        try:
            connection.sendmail(sender, [recipient], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise self._verdict(code, answer) from error
        except smtplib.SMTPResponseException as error:
            raise self._verdict(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(error) from error
        self.used_at = time.monotonic()

    def disconnect(self) -> None:
        """Close the connection, if there is one."""
        connection, self.connection = self.connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        is_quiet = time.monotonic() - self.used_at > QUIET
        if self.connection is not None and is_quiet and not self._answers(self.connection):
            self.disconnect()
        if self.connection is None:
            self.connection = self._connect()
        return self.connection

    def _answers(self, connection: smtplib.SMTP) -> bool:
        try:
            return connection.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _connect(self) -> smtplib.SMTP:
        host, tls = self.url.hostname or "localhost", ssl.create_default_context()
        connection: smtplib.SMTP | None = None
        try:
            if self.url.scheme == "smtps":
                connection = smtplib.SMTP_SSL(host, self.url.port or 465, timeout=TIMEOUT, context=tls)
            else:
                connection = smtplib.SMTP(host, self.url.port or 25, timeout=TIMEOUT)
            if parse_qs(self.url.query).get("starttls", ["0"])[-1] not in {"0", "no", "false"}:
                connection.starttls(context=tls)
            if self.url.username:
                connection.login(unquote(self.url.username), unquote(self.url.password or ""))
        except (smtplib.SMTPException, OSError) as error:
            if connection is not None:
                connection.close()
            raise self._lost(error) from error
        self.used_at = time.monotonic()
        return connection

    def _verdict(self, code: int, answer: bytes | str) -> Temporary | Permanent:
        message = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
        reason = text.one_line(f"{code} {message}")[:200]
        if code in CONNECTION_CODES:
            self.disconnect()
            return Temporary(reason, connection_lost=True)
        return Permanent(reason) if code >= 500 else Temporary(reason)

    def _lost(self, error: Exception) -> Temporary:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        log.warning("the mail server is out of reach: %s", type(error).__name__)
        return Temporary(f"no connection: {type(error).__name__}", connection_lost=True)
