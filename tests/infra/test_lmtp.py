"""The door for incoming mail: each letter has its own answer, and no client can stay, fill it or stop it."""

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from forum.infra import lmtp

pytestmark = pytest.mark.any_database
HARSH = lmtp.Limits(size=20_000, silence=0.5, stay=1.5, connections=3, recipients=2)


@contextmanager
def door(take, limits=HARSH, **where) -> Iterator[int]:
    """A door in a thread of its own; gives its port."""
    found, ready = [], threading.Event()
    loop = asyncio.new_event_loop()

    def hear(place):
        found.append(place)
        ready.set()

    opened = lmtp.Door(knows=lambda address: address.endswith("@forum.test"), take=take, limits=limits)
    where = where or {"host": "127.0.0.1", "port": 0}
    task = loop.create_task(lmtp.listen(opened, ready=hear, **{"host": "", "port": 0, **where}))

    def run():
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield int(found[0].rpartition(":")[2]) if ":" in found[0] else 0
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        assert not thread.is_alive()


def ended_after(line: socket.socket, feed: bytes = b"", every: float = 0.1) -> float:
    """Feed a connection bit by bit until it ends; return after how many seconds that was."""
    began = time.monotonic()
    line.settimeout(every)
    while time.monotonic() - began < 10:
        try:
            if feed:
                line.sendall(feed)
            if not line.recv(8192):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


def test_each_letter_is_handed_over_and_has_one_answer_for_each_recipient():
    taken = []

    def take(letter):
        taken.append(letter)
        if letter.content == b"wrong\r\n":
            raise ValueError("of a parser")
        return "451 4.3.0 Later" if letter.recipient.startswith("b") else "250 2.0.0 OK"

    with door(take) as port, smtplib.LMTP("127.0.0.1", port) as client:
        assert client.sendmail("", ["a@forum.test"], b"one\r\n..two\r\n") == {}
        assert taken == [lmtp.Letter("", "a@forum.test", b"one\r\n..two\r\n")]
        for letter in (b"x", b"wrong\r\n", b""):
            to = ["b@forum.test"] if letter == b"x" else ["a@forum.test"]
            answered = (451, 250)[not letter]
            client.mail("<>")
            client.rcpt(to[0])
            assert client.data(letter)[0] == answered
        client.mail("ann@people.test")
        said = [client.rcpt(f"{name}@forum.test")[0] for name in ("a", "c", "d")]
        assert said == [250, 250, 452]
        assert client.rcpt("a@elsewhere.test")[0] == 550
        assert client.data(b"two answers\r\n")[0] == 250
        assert client.getreply()[0] == 250
        assert [each.sender for each in taken[-2:]] == ["ann@people.test"] * 2
        client.mail("<>")
        client.rcpt("a@forum.test")
        assert client.data(b"y" * 70 + b"\r\n" + b"z" * 18_000 + b"\r\n" + b"z" * 9_000)[0] == 552
        assert client.noop()[0] == 250


def test_it_listens_at_a_socket_too_and_replaces_one_that_was_left(tmp_path):
    place = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place))
    with door(lambda _letter: "250 OK", socket=place), smtplib.LMTP(str(place)) as client:
        assert client.sendmail("", ["a@forum.test"], b"x") == {}
        assert place.stat().st_mode & 0o777 == 0o660


def test_nobody_stays_for_long_or_keeps_others_out():
    with door(lambda _letter: "250 OK") as port:
        at = ("127.0.0.1", port)
        with socket.create_connection(at) as silent, socket.create_connection(at) as slow:
            slow.sendall(b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@forum.test>\r\nDATA\r\n")
            with socket.create_connection(at) as third, socket.create_connection(at) as fourth:
                time.sleep(0.1)
                third.recv(100)
                assert fourth.recv(100).startswith(b"421")
            assert ended_after(slow, b"x") < 3  # a letter that drips
            assert ended_after(silent) < 3
        with socket.create_connection(at) as busy:
            assert ended_after(busy, b"NOOP\r\n") < 5  # always a word in time, and no letter
        with socket.create_connection(at) as endless:
            endless.sendall(b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@forum.test>\r\nDATA\r\n")
            assert ended_after(endless, b"x" * 10_000, every=0.01) < 3  # a line without end
        with smtplib.LMTP("127.0.0.1", port) as client:
            assert client.sendmail("", ["a@forum.test"], b"x") == {}
