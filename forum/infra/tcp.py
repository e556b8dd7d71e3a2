"""TCP connections that another thread can end at any moment, also while a name is looked up or the server dialled."""

import errno
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, TypeVar

Found = TypeVar("Found")
LOOK = 0.1  # seconds after which a look-up that takes long sees that it is no longer wanted


class Dialler:
    """Makes one connection after another, for one thread; `end`, from any thread, ends it and all later ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = False
        # A second handle of the same connection: TLS takes the first one over, and its number may be used again.
        self._handle: socket.socket | None = None

    def connect(self, host: str, port: int, limit: float) -> socket.socket:
        """Connect within `limit` seconds, the look-up included; OSError, or ValueError for what cannot be a name."""
        until = time.monotonic() + limit
        places = self.look_up(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), limit)
        failure: OSError = OSError("the name has no address")
        for number, place in enumerate(places):
            # An address that does not answer leaves time for the next ones.
            seconds = (until - time.monotonic()) / (len(places) - number)
            try:
                return self._dial(place, max(0.0, seconds))
            except OSError as error:
                failure = error
        raise failure

    def look_up(self, question: Callable[[], Found], limit: float) -> Found:
        """Ask the system about a name: that cannot be ended, so it is left to a thread of its own. As `connect`."""
        until = time.monotonic() + limit
        asked: Future[Found] = Future()

        def ask() -> None:
            try:
                asked.set_result(question())
            except (OSError, ValueError) as error:
                asked.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        while not wait([asked], timeout=min(limit, LOOK)).done:
            self._check()
            if time.monotonic() > until:
                raise TimeoutError("the name was not found in time")
        return asked.result()

    def close(self) -> None:
        """Let go of the connection; who asked for it closes the socket itself."""
        with self._lock:
            self._let_go()

    def end(self) -> None:
        """End the connection under whoever uses it; `connect` fails from now on."""
        with self._lock:
            self._ended = True
            if self._handle is not None:
                with suppress(OSError):  # it ended by itself
                    self._handle.shutdown(socket.SHUT_RDWR)

    def _dial(self, place: Any, seconds: float) -> socket.socket:
        family, kind, protocol, _name, address = place
        made = socket.socket(family, kind, protocol)
        try:
            made.setblocking(False)
            with self._lock:
                # Begun under the lock, so that `end` meets either none or one that it can shut down.
                self._check()
                begun = made.connect_ex(address)
                self._let_go()
                self._handle = made.dup()
            if begun not in {0, errno.EINPROGRESS}:
                raise OSError(begun, os.strerror(begun))
            self._wait(made, seconds)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            made.close()
            self.close()
            raise
        return made

    def _wait(self, made: socket.socket, seconds: float) -> None:
        waiting = select.poll()
        waiting.register(made, select.POLLOUT)
        if not waiting.poll(seconds * 1000):
            raise TimeoutError("no connection in time")
        self._check()
        failed = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            raise OSError(failed, os.strerror(failed))

    def _check(self) -> None:
        if self._ended:
            raise ConnectionAbortedError("shut down")

    def _let_go(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()
