"""Mail as bytes and the ways to send it, chosen by URL: an SMTP server, a folder of .eml files, or memory.

smtp://user:password@host:25?starttls=1    smtps://host:465    mailbox:folder    memory:
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import css_inline

from forum.infra import addresses, clock, private_files, text
from forum.infra.mail_errors import Away, Permanent, Temporary, Uncertain
from forum.infra.mail_headers import address_value, text_value
from forum.infra.mailbox import StoredMail, name_for, read_mailbox, read_one
from forum.infra.smtp import OwnMail, SmtpMailer, nothing

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
# Machine-read headers whose values the standard folding would wrap or encode when they are long, which breaks them.
NEVER_FOLDED = re.compile(r"(list-[a-z-]+|message-id|in-reply-to|references|feedback-id)", re.IGNORECASE)
# Those that many letters have alike.
ALIKE = re.compile(
    r"mime-version|content-[a-z-]+|date|precedence|auto-submitted|x-auto-response-suppress",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Message:
    """A letter before it becomes bytes. `headers` are extra ones, for example List-Unsubscribe.

    `envelope_sender`: the address to which it comes back, where that is not `from_address`.
    """

    to: str
    subject: str
    text: str
    from_address: str
    message_id: str
    html: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    envelope_sender: str = ""


class Mailer(Protocol):
    """What `open_mailer` returns."""

    def send(self, message: EmailMessage, *, before_data: Callable[[], None] = nothing) -> None:
        """Send one letter; raises Away, Temporary, Permanent or Uncertain.

        `before_data` is called when sender and recipient are accepted, and nothing of the letter is sent yet; when it
        raises, the letter is not sent, and its exception comes out unchanged.
        """

    def shut_down(self) -> None:
        """End what `send` does, called by another thread: it raises what is true at that point, and later ones Away."""


class _Machine(str):
    """The value of a header that only machines read: not taken apart."""

    name: str

    @classmethod
    def named(cls, name: str, value: str) -> "_Machine":
        """Return the value of the header of that name."""
        made = cls(value)
        made.name = name
        return made


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
        if NEVER_FOLDED.fullmatch(name):
            whole = f"{name}: {value}"
            if len(whole) < 998 and whole.isascii():
                return whole + self.linesep
            value = self.header_factory(name, str(value))
        return super().fold(name, value)

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """What machines read stands as it is, and what is the same in many letters is taken apart once."""
        if type(value) is not str or not value.isprintable():
            return super().header_store_parse(name, value)
        if NEVER_FOLDED.fullmatch(name) and value.isascii():
            return name, _Machine.named(name, value)
        if ALIKE.fullmatch(name) and "boundary" not in value:
            return name, _taken_apart(name, value)
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


class _Headers(HeaderRegistry):
    """Makes the class of each kind of header once: the registry would make one for every header of every letter."""

    @lru_cache(maxsize=128)  # noqa: B019 - there is one registry, for as long as the process
    def __getitem__(self, name: str) -> type[Any]:
        return super().__getitem__(name)


_POLICY = _Letters(
    header_factory=_Headers(), linesep="\r\n", cte_type="7bit", raise_on_defect=False, max_line_length=78
)


@lru_cache(maxsize=256)
def _taken_apart(name: str, value: str) -> Any:
    """A header as an object that is never changed; letters that are made at the same time share it."""
    return _POLICY.header_factory(name, value)


# Media queries (dark mode) cannot be inlined and stay; nothing is ever fetched.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def build(message: Message) -> EmailMessage:
    """Return the letter as an e-mail: text, and HTML with its styles inlined. No value can add a header or recipient.

    Permanent for an address that is not one; ValueError for a header that is not allowed.
    """
    mail = OwnMail(policy=_POLICY)
    mail.envelope_sender = message.envelope_sender
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
