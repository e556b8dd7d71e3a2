"""The servers of the suite are real, private, and gone when the run is."""

import os
import shutil
import signal
import smtplib
import subprocess
import sys
import time
from email import policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from scripts import need
from tests.postgres import SHARED, copy_binaries, create_database, packaged_binaries, postgres_server
from tests.servers import smtp_server
from tests.smtp_process import smtp_process

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def server():
    return postgres_server()


def test_postgresql_answers_and_is_started_once(server):
    assert postgres_server() == server
    engine = create_engine(server)
    with engine.connect() as connection:
        assert connection.scalar(text("select version()")).startswith("PostgreSQL")
        assert connection.scalar(text("select lower('ÉÉN')")) == "één"
        assert connection.scalar(text("select to_tsvector('dutch', 'gemeenten')::text")) == "'gemeent':1"
    engine.dispose()


def test_a_database_made_again_is_empty_and_neighbours_are_not_touched(server):
    mine, other = (f"made_{os.getpid()}", f"other_{os.getpid()}")
    kept = create_engine(create_database(server, other))
    for round_ in range(2):
        engine = create_engine(create_database(server, mine))
        with engine.begin() as connection, kept.begin() as neighbour:
            connection.execute(text("create table story (id int)"))
            neighbour.execute(text(f"create table kept_{round_} (id int)"))
        engine.dispose()
    kept.dispose()


def test_postgresql_copied_for_another_user_finds_its_libraries_in_the_copy(tmp_path):
    binaries = copy_binaries(packaged_binaries(), tmp_path / "copy")
    for program in ("initdb", "postgres", "pg_dump"):
        said = subprocess.run([binaries / program, "--version"], capture_output=True, text=True, check=True)
        assert said.stdout.startswith(program)
    alone = shutil.copy(binaries / "initdb", tmp_path)
    assert [name.partition("-")[0] for name in need.lacking(alone)] == ["libpq"], (
        "the program alone cannot run"
    )


def test_postgresql_ends_with_a_run_that_was_killed():
    child = subprocess.Popen(
        [sys.executable, "-c", "import tests.postgres as p; print(p.postgres_server(), flush=True); input()"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != SHARED},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        url = child.stdout.readline().strip()
        socket_ = Path(url.partition("host=")[2]) / ".s.PGSQL.5432"
        assert socket_.exists()
        child.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while socket_.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not socket_.exists()


def test_mail_is_taken_refused_or_cut_off_as_told():
    with smtp_server() as server, smtplib.SMTP(server.host, server.port, timeout=10) as client:
        server.refuse("gone@forum.test")
        server.refuse("full@forum.test", "452 4.2.2 Mailbox full")
        client.sendmail("forum@forum.test", ["ann@forum.test"], _letter())
        for address, code in (("gone@forum.test", 550), ("full@forum.test", 452)):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                client.sendmail("forum@forum.test", [address], _letter())
            assert refused.value.recipients[address][0] == code
        server.behave("full@forum.test")
        client.sendmail("forum@forum.test", ["full@forum.test"], _letter())
        assert server.connections == 1
        server.misbehave("RCPT", to="full@forum.test", drop=True)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.sendmail("forum@forum.test", ["full@forum.test"], _letter())
    assert [each.recipients for each in server.received] == [("ann@forum.test",), ("full@forum.test",)]
    assert server.received[0].sender == "forum@forum.test"
    assert server.received[0].message["Subject"] == "Eén verhaal"
    assert server.received[0].message.get_content() == "Beste Ann\n"


def test_the_mail_server_as_a_process_writes_down_what_it_took(tmp_path):
    with smtp_process(tmp_path / "letters") as server:
        place = urlsplit(server.url)
        server.tell("misbehave", point="taken", drop=True, to="bob@forum.test")
        with smtplib.SMTP(place.hostname, place.port, timeout=10) as client:
            client.sendmail("forum@forum.test", ["ann@forum.test"], b"Message-ID: <1@x>\r\n\r\nBeste Ann\r\n")
            with pytest.raises(smtplib.SMTPServerDisconnected):
                client.sendmail("forum@forum.test", ["bob@forum.test"], b"Message-ID:\r\n <2@x>\r\n\r\nB\r\n")
        server.tell("stop_listening")
        with pytest.raises(ConnectionRefusedError):
            smtplib.SMTP(place.hostname, place.port, timeout=10)
        server.tell("listen")
        with smtplib.SMTP(place.hostname, place.port, timeout=10):
            pass
    taken = [(each.message_id, each.recipients) for each in server.letters()]
    assert taken == [("<1@x>", ("ann@forum.test",)), ("<2@x>", ("bob@forum.test",))]


def test_connections_are_counted():
    with smtp_server(keep_content=False) as server:
        for _round in range(2):
            with smtplib.SMTP(server.host, server.port), smtplib.SMTP(server.host, server.port):
                pass
        assert (server.connections, server.most_at_once) == (4, 2)


def _letter():
    letter = EmailMessage()
    letter["Subject"] = "Eén verhaal"
    letter.set_content("Beste Ann\n")
    return letter.as_bytes(policy=policy.SMTP)
