"""Bodies of requests are read before anything else: before session, database and lock, by a bounded number of threads.

A client that sends a byte a second holds the thread that reads it, and nothing else. While every reader is taken,
pages that send no body are served as always. One address holds some of the readers at most, so that the rest are left
for everybody else. Who finds none free waits a moment: of many bodies that come at once each takes an instant. The
application is told what was not read, and answers with a page.
"""

from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from threading import Condition
from time import monotonic
from typing import Any

from forum.infra import rates

Environ = dict[str, Any]
UNREAD = "leerkring.unread"  # in the environ: the status to answer, where the body was not read
READERS = 128  # half of the threads of a server
READERS_OF_ONE = 48  # of one address of IPv4, or network of IPv6; a proxy has one address for everybody
WAITING = 48  # for a reader, in all; a thread of the server each
MOMENT = 1.0  # seconds that somebody waits for a reader
# For a whole body, looked at between two reads. A read itself waits as long as its client does: one that falls silent
# holds its reader until it goes.
SECONDS = 20.0
# A server's `read` waits for all the bytes that it is asked for, so the time is looked at after each piece of this
# many: 20 kB take a third of a millisecond.
PIECE = 16
WITHOUT_BODY = frozenset({"/healthz"})  # whatever is sent there, it is answered at once


class BodyReader:
    """A WSGI application around another one, which gets whole bodies only.

    `of_one`: how many readers one address may hold; None where all have the address of a proxy.
    `seconds`: for a whole body. `moment`: seconds that somebody waits for a reader.
    """

    def __init__(
        self,
        app: Any,
        largest: int,
        *,
        readers: int = READERS,
        of_one: int | None = READERS_OF_ONE,
        seconds: float = SECONDS,
        moment: float = MOMENT,
    ) -> None:
        self.app = app
        self.largest = largest
        self.seconds = seconds
        self.moment = moment
        self._readers = readers
        self._of_one = of_one
        self._held: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._changed = Condition()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Read the body, where there is one, and go on."""
        length = _length(environ)
        if environ.get("PATH_INFO") in WITHOUT_BODY:
            _replace(environ, b"", "0")
        elif length is None or length > self.largest:
            # Refused by its size alone, as one that was read would be.
            _replace(environ, b"", str(self.largest + 1))
        elif "HTTP_TRANSFER_ENCODING" in environ:
            # Without a promised length nobody can tell half a form from a whole one; browsers always promise it.
            _refuse(environ, 411)
        elif length:
            self._read(environ, length)
        return self.app(environ, start_response)

    def _read(self, environ: Environ, length: int) -> None:
        place = rates.place(environ.get("REMOTE_ADDR", ""))
        if not self._take(place):
            _refuse(environ, 503)
            return
        try:
            body = self._body(environ["wsgi.input"], length)
        finally:
            self._give_back(place)
        if body is None:
            _refuse(environ, 408)
        elif len(body) < length:  # the connection broke: half a form must not be taken for a whole one
            _refuse(environ, 400)
        else:
            _replace(environ, body, str(length))

    def _take(self, place: str) -> bool:
        with self._changed:
            if not self._is_free(place):
                if self._waiting.total() >= WAITING or self._is_share(self._waiting, place):
                    return False
                self._waiting[place] += 1
                is_free = self._changed.wait_for(lambda: self._is_free(place), self.moment)
                _one_less(self._waiting, place)
                if not is_free:
                    return False
            self._held[place] += 1
            return True

    def _is_free(self, place: str) -> bool:
        return self._held.total() < self._readers and not self._is_share(self._held, place)

    def _is_share(self, counted: Counter[str], place: str) -> bool:
        return self._of_one is not None and counted.get(place, 0) >= self._of_one

    def _give_back(self, place: str) -> None:
        with self._changed:
            _one_less(self._held, place)
            self._changed.notify_all()

    def _body(self, stream: Any, length: int) -> bytes | None:
        """The body, shorter than promised where the connection broke; None when it takes too long."""
        until, body = monotonic() + self.seconds, bytearray()
        while len(body) < length and (piece := stream.read(min(PIECE, length - len(body)))):
            body += piece
            if monotonic() > until:
                return None
        return bytes(body)


def _one_less(counted: Counter[str], place: str) -> None:
    counted[place] -= 1
    if not counted[place]:  # nobody who was here once is remembered
        del counted[place]


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
