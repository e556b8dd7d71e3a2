"""A letter goes to a mail server, and whatever that does, it is known whether the letter was taken.

The server is a real one over loopback; a bare socket plays those that speak no SMTP.
"""

import errno
import random
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult

from forum.infra import smtp, tcp
from forum.infra.mail_bytes import OwnMail
from forum.infra.mail_errors import MailError
from forum.infra.mailer import Away, Permanent, Temporary, Uncertain, build, open_mailer
from tests import servers
from tests.infra.test_mailer import letter, words_of
from tests.sweeps import few_of

pytestmark = pytest.mark.any_database
HOST = "127.0.0.1"
CERTIFICATE = Path(__file__).parent / "localhost.pem"
QUICK = "?timeout=0.5&data_timeout=0.5"
NOT_SENT, PREPARED, THERE = "not sent", "not sent, after before_data", "with the server"

# At which point the server does what; what `send` raises then, and where the letter is.
MISBEHAVIOUR = {
    "greeting 554": ("greeting", {"answer": "554 5.7.1 No service for you"}, Away, NOT_SENT),
    "greeting 421": ("greeting", {"answer": "421 4.3.2 Shutting down"}, Away, NOT_SENT),
    "greeting hang": ("greeting", {"hang": True}, Away, NOT_SENT),
    "greeting drop": ("greeting", {"drop": True}, Away, NOT_SENT),
    "MAIL 450": ("MAIL", {"answer": "450 4.1.8 Later"}, Temporary, NOT_SENT),
    "MAIL 550": ("MAIL", {"answer": "550 5.1.8 Sender refused"}, Away, NOT_SENT),
    "MAIL 501": ("MAIL", {"answer": "501 5.1.7 Bad sender address syntax"}, Away, NOT_SENT),
    "MAIL 552": ("MAIL", {"answer": "552 Message size exceeds fixed limit"}, Permanent, NOT_SENT),
    "MAIL 554 5.3.4": ("MAIL", {"answer": "554 5.3.4 Message too big"}, Permanent, NOT_SENT),
    "MAIL 554 5.2.3": ("MAIL", {"answer": "554 5.2.3 Message length exceeds limit"}, Permanent, NOT_SENT),
    "MAIL 421": ("MAIL", {"answer": "421 4.7.0 Too many letters"}, Away, NOT_SENT),
    "MAIL 530": ("MAIL", {"answer": "530 5.7.0 Authentication required"}, Away, NOT_SENT),
    "MAIL hang": ("MAIL", {"hang": True}, Temporary, NOT_SENT),
    "MAIL drop": ("MAIL", {"drop": True}, Temporary, NOT_SENT),
    "RCPT 450": ("RCPT", {"answer": "450 4.2.0 Greylisted"}, Temporary, NOT_SENT),
    "RCPT 550": ("RCPT", {"answer": "550 5.1.1 No such mailbox"}, Permanent, NOT_SENT),
    "RCPT 421": ("RCPT", {"answer": "421 4.7.0 Too many letters for you"}, Temporary, NOT_SENT),
    "RCPT 530": ("RCPT", {"answer": "530 5.7.0 Authentication required"}, Temporary, NOT_SENT),
    "RCPT 454": ("RCPT", {"answer": "454 4.7.1 Relay access denied"}, Temporary, NOT_SENT),
    "RCPT hang": ("RCPT", {"hang": True}, Temporary, NOT_SENT),
    "RCPT drop": ("RCPT", {"drop": True}, Temporary, NOT_SENT),
    "DATA 451": ("DATA", {"answer": "451 4.3.0 Later"}, Temporary, PREPARED),
    "DATA 554": ("DATA", {"answer": "554 5.5.1 No valid recipients"}, Permanent, PREPARED),
    "DATA 421": ("DATA", {"answer": "421 4.3.2 Shutting down"}, Temporary, PREPARED),
    "DATA 250": ("DATA", {"answer": "250 2.0.0 An answer to something else"}, Temporary, PREPARED),
    "DATA hang": ("DATA", {"hang": True}, Temporary, PREPARED),
    "DATA drop": ("DATA", {"drop": True}, Temporary, PREPARED),
    "end 451": ("end", {"answer": "451 4.3.0 Later"}, Temporary, PREPARED),
    "end 554": ("end", {"answer": "554 5.6.0 Not this one"}, Permanent, PREPARED),
    "end 421": ("end", {"answer": "421 4.3.2 Shutting down"}, Temporary, PREPARED),
    "end 354": ("end", {"answer": "354 Go on"}, Uncertain, PREPARED),
    "end hang": ("end", {"hang": True}, Uncertain, PREPARED),
    "end drop": ("end", {"drop": True}, Uncertain, PREPARED),
    "taken hang": ("taken", {"hang": True}, Uncertain, THERE),
    "taken drop": ("taken", {"drop": True}, Uncertain, THERE),
    "taken too late": ("taken", {"wait": 1}, Uncertain, THERE),
    "taken -250": ("taken", {"answer": "-250 hm"}, Uncertain, THERE),
    "taken babble": ("taken", {"answer": "\x16\x03 sixteen tons"}, Uncertain, THERE),
    "taken two codes": ("taken", {"answer": "250-all is well\r\n554 is it"}, Uncertain, THERE),
    "taken late": ("taken", {"wait": 0.2}, None, THERE),
    "all is well": ("taken", {}, None, THERE),
}


# MAIL and RCPT are said together where that is offered.
PIPELINED = [case for case in MISBEHAVIOUR if case.startswith(("MAIL", "RCPT", "all"))]


@pytest.mark.parametrize(
    ("case", "pipelining"), [*((c, False) for c in MISBEHAVIOUR), *((c, True) for c in PIPELINED)]
)
def test_whatever_a_server_does_it_is_known_where_the_letter_is(case, pipelining):
    point, does, raised, where = MISBEHAVIOUR[case]
    prepared = []
    with servers.smtp_server(pipelining=pipelining) as post, open_mailer(post.url + QUICK) as out:
        post.misbehave(point, **does)
        try:
            out.send(build(letter()), before_data=lambda: prepared.append(len(post.received)))
            became = None
        except MailError as error:
            became = error
        assert type(became) is (raised or type(None)), became
        assert prepared == ([] if where == NOT_SENT else [0]), "it is called once, before the letter is there"
        assert len(post.received) == (1 if where == THERE else 0)
        if isinstance(became, Temporary):
            assert became.connection_lost == case.endswith(("hang", "drop", "421", "250", "530", "454"))
        assert became is None or ("zoe" not in became.reason and "\n" not in became.reason)
        post.behave()
        out.send(build(letter(message_id="<next@x.example>")))
        assert post.received[-1].message_id == "<next@x.example>"
        assert len(post.received) == (2 if where == THERE else 1)
        is_kept = point != "greeting" and (
            became is None or became.reason[:3] in {"450", "451", "501", "550", "552", "554"}
        )
        assert post.connections == (1 if is_kept else 2)


def test_what_is_told_about_one_recipient_concerns_nobody_else():
    with servers.smtp_server() as post, open_mailer(post.url + QUICK) as out:
        post.misbehave("end", to="busy@x.example", answer="452 4.2.2 Mailbox full")
        with pytest.raises(Temporary, match=r"^452 4\.2\.2 Mailbox full$"):
            out.send(build(letter(to="busy@x.example")))
        out.send(build(letter()))
        assert [each.recipients for each in post.received] == [("zoe@x.example",)]


@pytest.mark.parametrize("pipelining", [False, True])
def test_a_letter_that_may_not_go_after_all_is_taken_back(pipelining):
    def no() -> None:
        raise KeyError("not mine any more")

    with servers.smtp_server(pipelining=pipelining) as post, open_mailer(post.url) as out:
        with pytest.raises(KeyError, match="not mine"):
            out.send(build(letter()), before_data=no)
        assert post.received == []
        out.send(build(letter()))
        assert len(post.received) == post.connections == 1


@pytest.mark.parametrize(("pipelining", "words"), [(False, 4), (True, 3)])
def test_a_batch_goes_over_one_connection_in_as_few_words_as_the_server_lets_us(
    pipelining, words, monkeypatch
):
    said, send = [], smtp.SmtpClient.send
    monkeypatch.setattr(smtp.SmtpClient, "send", lambda client, each: (said.append(each), send(client, each)))
    with servers.smtp_server(pipelining=pipelining) as post, open_mailer(post.url) as out:
        for number in range(5):
            out.send(build(letter(to=f"m{number}@x.example")))
        assert (post.connections, len(said)) == (1, 1 + 5 * words)
        assert [arrived.recipients for arrived in post.received] == [(f"m{n}@x.example",) for n in range(5)]
        first = post.received[0]
        assert first.message["Subject"] == "Eén nieuwe les"
        assert words_of(first.message) == letter().text


def test_a_letter_comes_back_to_whom_its_envelope_names():
    with servers.smtp_server() as server, open_mailer(server.url) as mailer:
        for way_back in ("", "returned+1-abc@forum.test"):
            mailer.send(build(letter(envelope_sender=way_back)))
        senders = [each.sender for each in server.received]
        assert senders == [
            server.received[0].message["From"].addresses[0].addr_spec,
            "returned+1-abc@forum.test",
        ]
        assert b"returned+1" not in server.received[1].content


def test_a_long_letter_arrives_as_it_was():
    lines = "".join(f"{'.' * (n % 4)}{n}\n" for n in range(60_000))
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        out.send(build(letter(text=lines, html=None)))
        assert post.received[0].message.get_content() == lines


@pytest.mark.parametrize(
    "ended", ["by the server", "421 at the next", "452 at the next", "dropped at the next"]
)
def test_a_connection_that_ended_between_two_letters_is_replaced(ended):
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        out.send(build(letter()))
        if ended == "by the server":
            post.stop_listening()
            post.listen()
        elif ended[0] == "4":
            post.misbehave("MAIL", answer=f"{ended[:3]} 4.7.0 Enough letters", times=1)
        else:
            post.misbehave("MAIL", drop=True, times=1)
        out.send(build(letter()))
        assert len(post.received) == post.connections == 2


@pytest.mark.parametrize("stopped", ["monotonic", "time"])
def test_a_text_does_not_end_long_after_it_was_handed_over(stopped, monkeypatch):
    """A process that stood still (or its machine, and one of its clocks) may have been taken for dead."""
    late = [0.0]
    real = getattr(time, stopped)
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        monkeypatch.setattr(f"forum.infra.smtp.time.{stopped}", lambda: real() + late[0])
        with pytest.raises(Temporary, match="too long after"):
            out.send(build(letter()), before_data=lambda: late.append(late.pop() + smtp.LATEST + 1))
        out.send(build(letter()), before_data=lambda: late.append(late.pop() + smtp.LATEST - 10))
        assert len(post.received) == 1


def test_a_server_that_is_away_comes_back_on_its_port():
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        out.send(build(letter()))
        post.stop_listening()
        for _try in range(2):
            with pytest.raises(Away, match="refused"):
                out.send(build(letter()))
        post.listen()
        out.send(build(letter()))
        assert len(post.received) == 2


@contextmanager
def talker(*said: bytes, forever: bytes = b"", pause: float = 0):
    """A server that says `said`, one thing after each word it hears, and then `forever` again and again."""
    with socket.create_server((HOST, 0)) as listener:

        def talk() -> None:
            line, _peer = listener.accept()
            with line:
                try:
                    for number, words in enumerate(said):
                        if number:
                            line.recv(4096)
                        line.sendall(words)
                    while forever:
                        line.sendall(forever)
                        time.sleep(pause)
                    line.recv(4096)
                except OSError:
                    pass

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield f"smtp://{HOST}:{listener.getsockname()[1]}"
    thread.join(5)


@pytest.mark.parametrize(
    "said",
    [
        [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
        [b"-220 hello\r\n"],
        [b"2_0 hello\r\n"],
        [b"220 hello\r\n", b"250-\xff\xfe\r\n250 \x00\r\n", b"\r\n"],
        [b"220 hello\r\n", b"250 a\r\n250 b\r\n"],
    ],
)
def test_an_answer_that_is_no_smtp_ends_the_connection(said):
    with talker(*said) as url, open_mailer(url) as out, pytest.raises((Away, Temporary)):
        out.send(build(letter()))


@pytest.mark.parametrize(
    ("said", "forever", "pause"),
    [
        ([b""], b"220-and more\r\n", 0),
        ([b"220 hello\r\n", b"250-x\r\n"], b"250-MORE\r\n", 0),
        ([b"220 "], b"x" * 5000, 0),
        ([b"220"], b"-\r\n220", 0.1),
        ([b"220 "], b"x", 0.1),
    ],
)
def test_an_answer_that_never_ends_holds_nobody(said, forever, pause):
    began = time.monotonic()
    limit, why = ("?timeout=0.5", "in time") if pause else ("", "endless")
    with (
        talker(*said, forever=forever, pause=pause) as url,
        open_mailer(url + limit) as out,
        pytest.raises(Away, match=why),
    ):
        out.send(build(letter()))
    assert time.monotonic() - began < 8


def test_a_letter_of_which_the_end_never_left_was_certainly_not_taken(monkeypatch):
    """The server stops reading in the middle of a text that no buffer holds."""
    written = bytes(build(letter())) + b"more\r\n" * 2_000_000
    monkeypatch.setattr(OwnMail, "as_bytes", lambda _mail: written)
    prepared = []
    with talker(b"220 x\r\n", b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 x\r\n") as url:
        with open_mailer(url + QUICK) as out, pytest.raises(Temporary, match="the text") as became:
            out.send(build(letter()), before_data=lambda: prepared.append(True))
        assert type(became.value) is Temporary
        assert prepared == [True]


def test_no_server_and_a_name_that_is_none_are_away():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    for host in (f"{HOST}:{port}", "a..b", "x" * 64 + ".example"):
        with open_mailer(f"smtp://{host}") as out, pytest.raises(Away, match="no connection"):
            out.send(build(letter()))


@pytest.mark.parametrize(
    "url",
    ["smtp://x:99999", "smtp://x?timeout=0", "smtp://x?timeout=soon", "smtp://x?data_timeout=nan"]
    + [f"smtp://me:secret{mark}rest@x.example" for mark in "/?#"]
    + ["smtp://me:secret[rest@x.example", "smtp://me:secret\u2100rest@x.example"],
)
def test_an_address_that_cannot_be_one_is_refused_at_once(url):
    with pytest.raises(ValueError) as refused, open_mailer(url):
        pass
    assert not re.search("secret|rest|soon|99999", str(refused.value))
    assert refused.value.__suppress_context__, "or the log would quote it"


# Encryption and sign-in.


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def _may_enter(server, session, envelope, mechanism, sign_in):
    return AuthResult(success=(sign_in.login, sign_in.password) == (b"me", b"se/cret"), handled=False)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_letter_goes_encrypted_to_who_can_prove_its_name(scheme, monkeypatch):
    options = {"tls_at_once": _tls(), "auth_require_tls": False}
    if scheme == "smtp":
        options = {"tls_context": _tls(), "require_starttls": True, "auth_required": True}
    with servers.smtp_server(authenticator=_may_enter, **options) as post:
        url = f"{scheme}://me:se%2Fcret@localhost:{post.port}?starttls={int(scheme == 'smtp')}"
        with open_mailer(url) as out, pytest.raises(Away, match="certificate"):
            out.send(build(letter()))
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with open_mailer(url.replace("se%2Fcret", "wrong")) as out, pytest.raises(Away, match="535"):
            out.send(build(letter()))
        assert post.received == []
        with open_mailer(url) as out:
            out.send(build(letter()))
            out.send(build(letter()))
        assert len(post.received) == 2


def test_encryption_that_was_asked_for_is_not_left_out():
    """A server without STARTTLS gets no letter and no password."""
    with servers.smtp_server() as post:
        url = post.url.replace("smtp://", "smtp://me:secret@") + "?starttls=1"
        with open_mailer(url) as out, pytest.raises(Away, match="STARTTLS"):
            out.send(build(letter()))
        assert post.received == []


def test_words_slipped_in_before_the_encryption_end_the_connection():
    slipped = b"220 go\r\n250 slipped in\r\n"
    with (
        talker(b"220 hello\r\n", b"250-x\r\n250 STARTTLS\r\n", slipped) as url,
        open_mailer(f"{url}?starttls=1&timeout=2") as out,
        pytest.raises(Away, match="before encryption"),
    ):
        out.send(build(letter()))


# Reasons.


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("550 5.1.1 <Zoe@x.example>: Recipient address rejected", "550 5.1.1 <(address)>: Recipient address rejected"),
        ("550 5.1.1 ZOE: no such user here", "550 5.1.1 (address): no such user here"),
        ("550 zoe%40x.example is unknown, see https://help.example/?to=zoe%40x.example",
         "550 (address) is unknown, see https:(address)"),
        ("550 no zoeken here", "550 no zoeken here"),
        ("550 No such user zoe.", "550 No such user (address)."),
        ("550 x.zoe...unknown", "550 x.zoe...unknown"),
        ("550 zoe...unknown, zoe.x", "550 (address)...unknown, zoe.x"),
        ("550-5.1.1 first\r\n550 5.1.1 \x1b[2J second", "550 5.1.1 first 5.1.1 [2J second"),
        ("550 " + "very " * 200, ("550 " + "very " * 200)[:200]),
    ],
)  # fmt: skip
def test_a_reason_is_the_servers_word_without_the_address(said, reason):
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        post.refuse("zoe@x.example", said)
        with pytest.raises(Permanent) as became:
            out.send(build(letter()))
        assert became.value.reason == str(became.value)
        assert became.value.reason.strip() == reason.strip()


# Shutting down from another thread.


def _send(out, **options) -> list:
    """What became of a letter, in a thread: (exception, seconds)."""
    became = []

    def send() -> None:
        began = time.monotonic()
        try:
            out.send(build(letter()), **options)
            became.append((None, time.monotonic() - began))
        except MailError as error:
            became.append((error, time.monotonic() - began))

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return [thread, became]


HUNG = {
    "greeting": Away,
    "MAIL": Temporary,
    "RCPT": Temporary,
    "DATA": Temporary,
    "end": Uncertain,
    "taken": Uncertain,
}


@pytest.mark.parametrize("point", HUNG)
def test_shutting_down_ends_the_letter_in_hand_with_what_is_true(point):
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        post.misbehave(point, hang=True)
        thread, became = _send(out)
        _until(lambda: post.met[point])
        out.shut_down()
        thread.join(2)
        assert type(became[0][0]) is HUNG[point]
        with pytest.raises(Away):
            out.send(build(letter()))
        assert len(post.received) == (1 if point == "taken" else 0)


def test_shutting_down_while_a_letter_is_prepared_leaves_it_unsent():
    with servers.smtp_server() as post, open_mailer(post.url) as out:
        with pytest.raises(Temporary) as became:
            out.send(build(letter()), before_data=out.shut_down)
        assert type(became.value) is Temporary
        assert post.received == []


@contextmanager
def deaf():
    """An address where nobody picks up: the queue of its listener is full."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind((HOST, 0))
        listener.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            assert waiting.connect_ex(listener.getsockname()) in {0, errno.EINPROGRESS}
        yield f"{HOST}:{listener.getsockname()[1]}"


def test_connecting_ends_in_time_and_when_it_is_shut_down():
    with deaf() as address:
        with (
            open_mailer(f"smtp://{address}?timeout=0.3") as out,
            pytest.raises(Away, match="no connection in time"),
        ):
            out.send(build(letter()))
        with open_mailer(f"smtp://{address}") as out:
            thread, became = _send(out)
            time.sleep(0.2)
            out.shut_down()
            thread.join(2)
            assert type(became[0][0]) is Away


def test_a_handshake_ends_in_time_and_when_it_is_shut_down():
    with socket.create_server((HOST, 0)) as silent:
        url = f"smtps://{HOST}:{silent.getsockname()[1]}"
        with open_mailer(f"{url}?timeout=0.3") as out, pytest.raises(Away):
            out.send(build(letter()))
        with open_mailer(url) as out:
            thread, became = _send(out)
            time.sleep(0.2)
            out.shut_down()
            thread.join(2)
            assert type(became[0][0]) is Away


def test_looking_up_a_name_ends_in_time_and_when_it_is_shut_down(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(tcp.socket, "getaddrinfo", lambda *_args, **_options: never.wait(20))
    with open_mailer("smtp://mail.example?timeout=0.3") as out, pytest.raises(Away, match="in time"):
        out.send(build(letter()))
    with open_mailer("smtp://mail.example") as out:
        thread, became = _send(out)
        time.sleep(0.1)
        out.shut_down()
        thread.join(2)
        assert type(became[0][0]) is Away
    never.set()


def test_a_machine_that_cannot_find_its_own_name_sends_all_the_same(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(smtp, "own_name", lambda: never.wait(20) and "late.example")
    with servers.smtp_server() as post, open_mailer(post.url + "?timeout=0.3") as out:
        out.send(build(letter()))
        assert len(post.received) == 1
    never.set()


@pytest.mark.parametrize("rounds", few_of([20, 2000], 20))
def test_shutting_down_at_any_moment_leaves_nothing_hanging_and_tells_the_truth(rounds):
    chance = random.Random(8)
    with servers.smtp_server(keep_content=False) as post:
        for _round in range(rounds):
            before = len(post.received)
            with open_mailer(post.url) as out:
                thread, became = _send(out)
                time.sleep(chance.random() * 0.006)
                out.shut_down()
                thread.join(3)
                assert not thread.is_alive()
            ((error, _seconds),) = became
            if error is None:
                assert len(post.received) == before + 1
            elif not isinstance(error, Uncertain):
                time.sleep(0.001)
                assert len(post.received) == before, error
            else:
                time.sleep(0.02)  # it may be on its way


def _until(condition, patience=5.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
