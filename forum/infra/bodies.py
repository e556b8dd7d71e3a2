"""Bodies of requests are read before anything else: before session, database and lock, by a bounded number of threads.

A client that sends a byte a second holds the thread that reads it, and nothing else. While every reader is taken,
pages that send no body are served as always. The application is told what was not read, and answers with a page.
"""

from collections.abc import Iterable
from io import BytesIO
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

Environ = dict[str, Any]
UNREAD = "leerkring.unread"  # in the environ: the status to answer, where the body was not read
READERS = 128  # half of the threads of a server
SECONDS = 20.0  # for a whole body
# A server's `read` waits for all the bytes that it is asked for, so the time is looked at after each piece of this
# many: 20 kB take a third of a millisecond.
PIECE = 16
WITHOUT_BODY = frozenset({"/healthz"})  # whatever is sent there, it is answered at once


class BodyReader:
    """A WSGI application around another one, which gets whole bodies only."""

    def __init__(self, app: Any, largest: int, *, readers: int = READERS, seconds: float = SECONDS) -> None:
        self.app = app
        self.largest = largest
        self.seconds = seconds
        self._readers = BoundedSemaphore(readers)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Read the body, where there is one, and go on."""
        length = _length(environ)
        if environ.get("PATH_INFO") in WITHOUT_BODY:
            _replace(environ, b"", "0")
        elif (
            length is None or length > self.largest
        ):  # refused by its size alone, as one that was read would be
            _replace(environ, b"", str(self.largest + 1))
        elif "HTTP_TRANSFER_ENCODING" in environ:
            # Without a promised length nobody can tell half a form from a whole one; browsers always promise it.
            _refuse(environ, 411)
        elif length:
            self._read(environ, length)
        return self.app(environ, start_response)

    def _read(self, environ: Environ, length: int) -> None:
        if not self._readers.acquire(blocking=False):
            _refuse(environ, 503)
            return
        try:
            body = self._body(environ["wsgi.input"], length)
        finally:
            self._readers.release()
        if body is None:
            _refuse(environ, 408)
        elif len(body) < length:  # the connection broke: half a form must not be taken for a whole one
            _refuse(environ, 400)
        else:
            _replace(environ, body, str(length))

    def _body(self, stream: Any, length: int) -> bytes | None:
        """The body, shorter than promised where the connection broke; None when it takes too long."""
        until, body = monotonic() + self.seconds, bytearray()
        while len(body) < length and (piece := stream.read(min(PIECE, length - len(body)))):
            body += piece
            if monotonic() > until:
                return None
        return bytes(body)


def _length(environ: Environ) -> int | None:
    """The length that is promised; 0 without one, None for one that is no number."""
    promised = environ.get("CONTENT_LENGTH") or "0"
    return int(promised) if promised.isascii() and promised.isdigit() else None


def _refuse(environ: Environ, status: int) -> None:
    environ[UNREAD] = status
    _replace(environ, b"", "0")


def _replace(environ: Environ, body: bytes, length: str) -> None:
    # A server that sets the flag says that its stream ends by itself; then Werkzeug would not compare with the length.
    for former in ("HTTP_TRANSFER_ENCODING", "wsgi.input_terminated"):
        environ.pop(former, None)
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = length
