"""A body is read before anything else, whole, in time, and by so many threads at most."""

import threading
import time
from ast import literal_eval
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from forum import create_app
from forum.infra import bodies
from forum.infra.bodies import READERS_OF_ONE, UNREAD, WAITING, BodyReader
from tests.conftest import settings_for

LARGEST = 1000


class Drip:
    """A client that sends a byte at a time, and as a server's stream keeps whoever reads waiting for all of a piece."""

    def __init__(self, body: bytes, pause: float) -> None:
        self.body, self.pause = BytesIO(body), pause

    def read(self, size: int) -> bytes:
        time.sleep(self.pause * size)
        return self.body.read(size)


def application(environ, start_response):
    """Says what it was told."""
    start_response("200 OK", [])
    length = environ["CONTENT_LENGTH"]
    return [repr((environ.get(UNREAD), length, environ["wsgi.input"].read())).encode()]


def told(reader, body=b"", path="/", **changes):
    environ = EnvironBuilder(method="POST", path=path, input_stream=BytesIO(body)).get_environ()
    environ |= {"CONTENT_LENGTH": str(len(body)), **changes}
    answer, _status, _headers = run_wsgi_app(reader, environ)
    return literal_eval(b"".join(answer).decode())


@pytest.fixture
def reader():
    return BodyReader(application, LARGEST, readers=2, seconds=0.2, moment=0.02)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, LARGEST])
def test_a_whole_body_comes_through(reader, length):
    body = b"x" * length
    assert told(reader, body) == (None, str(length), body)


def test_half_a_body_is_refused_whatever_the_server_says_of_its_stream(reader):
    for terminated in ({}, {"wsgi.input_terminated": True}):
        assert told(reader, b"half", CONTENT_LENGTH="8", **terminated) == (400, "0", b"")
        assert told(reader, b"whole", CONTENT_LENGTH="5", **terminated) == (None, "5", b"whole")


def test_a_body_without_a_promised_length_is_refused_since_its_end_may_be_missing(reader):
    changes = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    assert told(reader, b"half", CONTENT_LENGTH="", **changes) == (411, "0", b"")
    assert told(reader, b"half", CONTENT_LENGTH="4", **changes) == (411, "0", b"")


def test_what_is_too_large_is_refused_by_its_size(reader):
    over = b"x" * (LARGEST + 1)
    for changes in ({}, {"CONTENT_LENGTH": "9" * 30}, {"CONTENT_LENGTH": "-1"}):
        assert told(reader, over, **changes) == (None, str(LARGEST + 1), b"")


def test_what_comes_too_slowly_is_let_go_and_what_finds_no_reader_refused_at_once(reader):
    def drip(answers):
        answers.append(told(reader, CONTENT_LENGTH="400", **{"wsgi.input": Drip(b"x" * 400, 0.005)}))

    answers: list = []
    slow = [threading.Thread(target=drip, args=[answers]) for _ in range(2)]
    for thread in slow:
        thread.start()
    time.sleep(0.05)
    began = time.monotonic()
    assert told(reader, b"now") == (503, "0", b"")
    assert told(reader, b"", HTTP_X="no body")[:2] == (None, "0")
    assert told(reader, b"x" * 400, path="/healthz") == (None, "0", b"")
    assert time.monotonic() - began < 0.1
    for thread in slow:
        thread.join()
    assert answers == [(408, "0", b"")] * 2
    assert told(reader, b"later") == (None, "5", b"later")


class Silent:
    """A client that says nothing more until it goes."""

    def __init__(self) -> None:
        self.came, self.goes = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.came.set()
        self.goes.wait(20)
        return b""


@pytest.mark.parametrize(
    ("own", "neighbour", "stranger"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", "2001:db8:1:3::7"),
    ],
)
def test_who_falls_silent_holds_the_readers_of_its_own_address_only(own, neighbour, stranger):
    reader, silent = BodyReader(application, LARGEST, readers=5, of_one=3, seconds=0.2, moment=0.02), []

    def fall_silent(address):
        silent.append(Silent())
        stream = {"wsgi.input": silent[-1], "REMOTE_ADDR": address}
        thread = threading.Thread(target=lambda: told(reader, CONTENT_LENGTH="400", **stream))
        thread.start()
        assert silent[-1].came.wait(20)
        return thread

    threads = [fall_silent(own) for _each in range(3)]
    for _again in range(3):  # being refused takes no reader
        assert told(reader, b"more", REMOTE_ADDR=neighbour) == (503, "0", b"")
    assert told(reader, b"mine", REMOTE_ADDR=stranger) == (None, "4", b"mine")
    threads += [fall_silent(stranger) for _each in range(2)]
    assert told(reader, b"late", REMOTE_ADDR="198.51.100.1") == (503, "0", b"")
    for each in silent:
        each.goes.set()
    for thread in threads:
        thread.join()
    assert told(reader, b"more", REMOTE_ADDR=neighbour) == (None, "4", b"more")


def test_many_who_send_at_once_wait_for_each_other_and_none_is_refused():
    """As an office behind one address does; each body is there, yet its reader may have to wait for its turn."""
    reader = BodyReader(application, LARGEST, readers=5, of_one=2, moment=20)
    with ThreadPoolExecutor(1 + WAITING) as pool:
        silent = Silent()
        pool.submit(told, reader, CONTENT_LENGTH="400", **{"wsgi.input": silent})
        assert silent.came.wait(20)
        sent = [
            pool.submit(
                told, reader, b"x" * 16, **{"wsgi.input": Drip(b"x" * 16, 0.001)}, REMOTE_ADDR=address
            )
            for address in ("192.0.2.7", "192.0.2.8")
            for _each in range(3)
        ]
        assert [each.result() for each in sent] == [(None, "16", b"x" * 16)] * 6
        silent.goes.set()


def test_so_many_wait_at_most(monkeypatch):
    monkeypatch.setattr(bodies, "WAITING", 3)
    reader = BodyReader(application, LARGEST, readers=1, of_one=1, moment=20)
    silent, waiting = Silent(), []
    with ThreadPoolExecutor(9) as pool:
        held = pool.submit(told, reader, CONTENT_LENGTH="400", **{"wsgi.input": silent})
        assert silent.came.wait(20)
        for number in range(3):
            waiting.append(pool.submit(told, reader, b"mine", REMOTE_ADDR=f"192.0.2.{number}"))
        while reader._waiting.total() < 3:
            time.sleep(0.001)
        assert told(reader, b"again", REMOTE_ADDR="192.0.2.1") == (503, "0", b"")
        assert told(reader, b"late", REMOTE_ADDR="192.0.2.9") == (503, "0", b"")
        silent.goes.set()
        assert held.result() == (400, "0", b"")
        assert [each.result() for each in waiting] == [(None, "4", b"mine")] * 3
    assert not reader._waiting
    assert not reader._held


def test_behind_a_proxy_everybody_has_its_address(tmp_path):
    def of_one(proxies):
        made = create_app(
            settings_for(f"sqlite:///{tmp_path}/forum.db", tmp_path) | {"TRUSTED_PROXIES": proxies}
        )
        return made.wsgi_app._of_one

    assert (of_one("0"), of_one("1")) == (READERS_OF_ONE, None)
