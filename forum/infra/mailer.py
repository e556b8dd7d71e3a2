"""Mail as bytes and the ways to send it, chosen by URL: an SMTP server, a folder of .eml files, or memory.

smtp://user:password@host:25?starttls=1    smtps://host:465    mailbox:folder    memory:
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import css_inline

from forum.infra import addresses, clock, mail_bytes, private_files, text
from forum.infra.mail_bytes import OwnMail
from forum.infra.mail_errors import Away, Permanent, Temporary, Uncertain
from forum.infra.mail_lines import LONGEST, PARTED, POLICY
from forum.infra.mailbox import StoredMail, name_for, read_mailbox, read_one
from forum.infra.smtp import SmtpMailer, nothing

__all__ = [
    "Away",
    "Mailer",
    "Message",
    "Permanent",
    "StoredMail",
    "Temporary",
    "Uncertain",
    "build",
    "open_mailer",
    "read_mailbox",
    "read_one",
    "sent",
    "styled",
]
ONE_ADDRESS = re.compile(
    r"""(?:(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^"<>@]*))\s*(?P<angle><))?"""
    r"""(?P<local>[!#-'*+\--9=?A-Z^-~]+)@(?P<domain>[^\s@,;:<>()\[\]"\\\x00-\x1f]+)(?(angle)>)""",
    re.DOTALL,
)
NO_ADDRESS = (
    "it is no address of a mail server; in a password, write / as %2F, ? as %3F, # as %23 and @ as %40"
)
ENCODED_WORD = re.compile(r"=\?(?=[^?\s]*\?[bq]\?)", re.IGNORECASE)
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
MIME_VERSION = "1.0"


@dataclass(frozen=True)
class Message:
    """A letter before it becomes bytes. `headers` are extra ones, for example List-Unsubscribe.

    `envelope_sender`: the address to which it comes back, where that is not `from_address`. `is_styled`: the styles of
    its HTML are inlined already, see `styled`.
    """

    to: str
    subject: str
    text: str
    from_address: str
    message_id: str
    html: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    envelope_sender: str = ""
    is_styled: bool = False


class Mailer(Protocol):
    """What `open_mailer` returns."""

    def send(self, message: EmailMessage, *, before_data: Callable[[], None] = nothing) -> None:
        """Send one letter; raises Away, Temporary, Permanent or Uncertain.

        `before_data` is called when sender and recipient are accepted, and nothing of the letter is sent yet; when it
        raises, the letter is not sent, and its exception comes out unchanged.
        """

    def shut_down(self) -> None:
        """End what `send` does, called by another thread: it raises what is true at that point, and later ones Away."""


# Media queries (dark mode) cannot be inlined and stay; nothing is ever fetched.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def styled(html: str) -> str:
    """Return a page with its styles at each element: mail programs leave out the others."""
    return str(_inliner.inline(html))


def build(message: Message) -> EmailMessage:
    """Return the letter as an e-mail: text, and HTML with its styles inlined. No value can add a header or recipient.

    Permanent for an address that is not one; ValueError for a header that is not allowed.
    """
    mail = OwnMail(policy=POLICY)
    mail.envelope_sender = message.envelope_sender
    mail["From"] = _address(message.from_address)
    mail["To"] = _address(message.to)
    mail["Subject"] = _line(message.subject)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = _line(message.message_id)
    names = {name.lower() for name in mail}
    for name, value in message.headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in names:
            raise ValueError(f"not a header of its own: {name!r}")
        names.add(name.lower())
        mail[name] = _line(value)
    if not message.html:
        return _with_content(mail, "plain", message.text)
    mail["MIME-Version"] = MIME_VERSION
    mail.between = mail_bytes.boundary()
    mail["Content-Type"] = f'{PARTED}"{mail.between}"'
    mail.attach(_with_content(OwnMail(policy=POLICY), "plain", message.text, version=""))
    html = message.html if message.is_styled else styled(message.html)
    mail.attach(_with_content(OwnMail(policy=POLICY), "html", html))
    return mail


def _with_content(mail: OwnMail, kind: str, content: str, *, version: str = MIME_VERSION) -> OwnMail:
    """A text as the one content of a letter, or of a part of it."""
    encoding, payload = mail_bytes.encoded(content, LONGEST)
    mail["Content-Type"] = f'text/{kind}; charset="utf-8"'
    mail["Content-Transfer-Encoding"] = encoding
    if version:
        mail["MIME-Version"] = version
    mail.set_payload(payload)
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
    """Open a way to send letters; an SMTP server is connected at the first one.

    ValueError for another URL, which says nothing of it: what cannot be read may be a password.
    """
    try:
        parts = urlsplit(url)
        server = SmtpMailer(parts) if parts.scheme in {"smtp", "smtps"} else None
    except ValueError:
        raise ValueError(NO_ADDRESS) from None
    if parts.scheme == "memory":
        yield _Memory()
    elif parts.scheme == "mailbox":
        yield _Folder(Path(url.removeprefix("mailbox:")))
    elif server is not None:
        try:
            yield server
        finally:
            server.disconnect()
    else:
        raise ValueError("it must start with smtp:// or smtps://, or mailbox:")


_memory: list[EmailMessage] = []


def sent() -> list[EmailMessage]:
    """Return the letters that went to `memory:`, oldest first; tests read and clear it."""
    return _memory


class _Memory:
    is_shut_down = False

    def send(self, message: EmailMessage, *, before_data: Callable[[], None] = nothing) -> None:
        if self.is_shut_down:
            raise Away("shut down")
        before_data()
        _memory.append(message)

    def shut_down(self) -> None:
        self.is_shut_down = True


class _Folder:
    is_shut_down = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, *, before_data: Callable[[], None] = nothing) -> None:
        """Write to a temporary file, then rename: a reader never sees half a letter."""
        if self.is_shut_down:
            raise Away("shut down")
        path = self.folder / name_for(str(message["Message-ID"]))
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            with _writing():
                private_files.make_folder(self.folder)
                private_files.write(temporary, message.as_bytes())
            before_data()
            with _writing():
                temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink()

    def shut_down(self) -> None:
        self.is_shut_down = True


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except private_files.Unwritable as error:
        raise Away(f"mailbox: {error}") from error
    except OSError as error:
        raise Away(f"mailbox: {error.strerror}") from error
