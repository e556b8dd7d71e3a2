"""The commands of SMTP over a connected socket, with answers that end: in time, in length, and in what they may be."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

BLOCK = 64 * 1024  # bytes of text that are handed over at once, each within the limit of an answer
LONGEST_ANSWER = 64 * 1024  # bytes, all lines together
ANSWER_LINE = re.compile(rb"([2-5][0-9]{2})(?![0-9])(-?)(.*)", re.DOTALL)


class SmtpClient(smtplib.SMTP):
    """The commands of smtplib, with answers that end: in time, in length, and in what they may be."""

    def __init__(self, line: socket.socket, own_name: str, limit: float) -> None:
        super().__init__(local_hostname=own_name or _literal(line.getsockname()[0]))
        self.sock = line
        self.limit = limit
        self._unread = b""
        self._is_rcpt_said = False  # behind MAIL, and its answer is not read yet
        line.settimeout(limit)

    def greet(self) -> None:
        """Wait for the server's first word."""
        code, said = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)

    def start_encryption(self, tls: ssl.SSLContext, host: str) -> None:
        """Encrypt the connection, or fail: what was asked for is not left out."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("the server has no STARTTLS")
        code, said = self.docmd("STARTTLS")
        if code != 220:
            raise smtplib.SMTPResponseException(code, said)
        self.encrypt(tls, host)
        # What was said before encryption may be anybody's words.
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features, self.does_esmtp = {}, False

    def encrypt(self, tls: ssl.SSLContext, host: str) -> None:
        """Shake hands within the limit."""
        if self._unread:
            raise ConnectionError("words before encryption")
        self.sock = tls.wrap_socket(self._line(), server_hostname=host, do_handshake_on_connect=False)
        self.sock.settimeout(self.limit)
        self.sock.do_handshake()

    def send(self, s: Any) -> None:
        """Hand over a command or a block of text."""
        if self._unread:
            raise ConnectionError("an answer that nobody asked for")
        line = self._line()
        line.settimeout(self.limit)
        line.sendall(s.encode(self.command_encoding) if isinstance(s, str) else s)

    def mail_to(self, sender: str, options: list[str], recipient: str) -> tuple[int, bytes]:
        """MAIL, with the answer to it, and RCPT right behind it where the server lets us say several (RFC 2920): `rcpt`
        only reads the answer then.
        """
        if not self.has_extn("pipelining") or not recipient.isascii():
            return self.mail(sender, options)
        begun = " ".join([f"MAIL FROM:{smtplib.quoteaddr(sender)}", *options])
        self.send(f"{begun}\r\nRCPT TO:{smtplib.quoteaddr(recipient)}\r\n")
        self._is_rcpt_said = True
        return self.getreply()

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """RCPT, or the answer to it where it is said already."""
        if not self._is_rcpt_said:
            return super().rcpt(recip, options)
        self._is_rcpt_said = False
        return self.getreply()

    def rset(self) -> tuple[int, bytes]:
        """RSET, behind all other answers."""
        if self._is_rcpt_said:
            self._is_rcpt_said = False
            self.getreply()
        return super().rset()

    def send_text(self, written: bytes, *, before_end: Callable[[], None]) -> tuple[int, bytes]:
        """Hand over a letter and the dot after it, with `before_end` before the last block, which it may keep back.

        When this fails, not all of it was handed over: no server can take it.
        """
        lines = re.sub(rb"(?m)^\.", b"..", written)
        whole = lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")
        for start in range(0, len(whole), BLOCK):
            if start + BLOCK >= len(whole):
                before_end()
            self.send(whole[start : start + BLOCK])
        return 200, b""

    def getreply(self, limit: float | None = None) -> tuple[int, bytes]:
        """One whole answer within `limit` seconds: its code and its words. OSError for anything else."""
        until = time.monotonic() + (limit or self.limit)
        code, words, length = b"", [], 0
        while True:
            line = self._read_line(until, LONGEST_ANSWER - length)
            length += len(line)
            match = ANSWER_LINE.fullmatch(line.rstrip(b"\r\n"))
            if match is None or (code and match[1] != code):
                raise ConnectionError("an answer that is no SMTP")
            code = match[1]
            words.append((match[3] or b"").strip())
            if match[2] != b"-":
                return int(code), b"\n".join(words)

    def _read_line(self, until: float, longest: int) -> bytes:
        line = self._line()
        while b"\n" not in self._unread:
            seconds = until - time.monotonic()
            if seconds <= 0 or len(self._unread) > longest:
                raise ConnectionError("no answer in time" if seconds <= 0 else "an endless answer")
            line.settimeout(seconds)
            try:
                more = line.recv(8192)
            except TimeoutError:
                continue
            if not more:
                raise ConnectionError("the connection was closed")
            self._unread += more
        found, _end, self._unread = self._unread.partition(b"\n")
        return found

    def _line(self) -> socket.socket:
        if self.sock is None:
            raise ConnectionError("no connection")
        return self.sock


@cache
def own_name() -> str:
    """The name this machine has for others, which a mail server wants to hear; nothing when it has none."""
    name = socket.getfqdn()
    return name if "." in name else ""


def failure(error: Exception) -> str:
    """Return what went wrong, in the words of the server or the system."""
    if isinstance(error, smtplib.SMTPResponseException):
        return spoken(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return "it does not begin with TLS on this port (smtps://): smtp://…?starttls=1 may be meant"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return type(error).__name__  # the message of a ValueError may quote a password


def spoken(code: int, words: bytes | str) -> str:
    """Return an answer of the server as text."""
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


def _literal(address: str) -> str:
    """An address of the network where a name is expected (RFC 5321, 4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
