"""A database or disk that cannot be used is one sentence of every command: where, why, no password, no trace."""

import errno
import sqlite3

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from forum import create_app
from forum.domain.mailing import mail_status
from forum.infra import failures
from forum.settings import UnsafeSettings

pytestmark = pytest.mark.any_database
COMMANDS = (["mail", "status"], ["worker", "--ready"], ["doctor"], ["thread", "recount"], ["db", "upgrade"])


def made(tmp_path, url):
    return create_app({"SQLALCHEMY_DATABASE_URI": url, "ENV_NAME": "testing", "INSTANCE": tmp_path})


def run(app, words):
    with app.app_context():
        answer = app.test_cli_runner().invoke(args=words)
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.output
    return answer.exit_code, answer.output


@pytest.mark.parametrize(
    ("url", "place", "why"),
    [
        ("postgresql+psycopg://ann:geheim@127.0.0.1:1/x", "127.0.0.1:1, database x", "Connection refused"),
        ("postgresql+psycopg://ann:geheim@nowhere.invalid/x", "nowhere.invalid:5432", "resolve host"),
    ],
)
def test_a_server_that_is_away(tmp_path, url, place, why):
    app = made(tmp_path, url)
    for words in COMMANDS:
        code, said = run(app, words)
        assert (code, place in said, why in said, "geheim" in said) == (1, True, True, False), said


def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path):
    app, folder = made(tmp_path, f"sqlite:///{tmp_path}/none/forum.db"), tmp_path / "none"
    for words in COMMANDS[:-1]:
        code, said = run(app, words)
        assert (code, f"here is no database at {folder}/forum.db" in said) == (1, True), said
        assert not folder.exists()


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "forum.db").write_text("a letter " * 200)
    app = made(tmp_path, f"sqlite:///{tmp_path}/forum.db")
    for words in COMMANDS:
        code, said = run(app, words)
        assert (code, "file is not a database" in said) == (1, True), said


@pytest.mark.parametrize("url", ["postgres://a:geheim@h/x", "mysql://a:geheim@h/x", "/var/lib/forum.db"])
def test_an_address_of_no_database_that_we_know(tmp_path, url):
    with pytest.raises(UnsafeSettings, match=r"DATABASE_URL (must start with|is no address)") as raised:
        made(tmp_path, url)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize("url", ["smtp//bad", "smtp://h?timeout=x", "smtp://h:x", "pigeon://a:geheim@h"])
def test_an_address_of_no_mail_server(tmp_path, url):
    with pytest.raises(UnsafeSettings, match="SMTP_URL ") as raised:
        create_app({"SMTP_URL": url, "ENV_NAME": "testing", "INSTANCE": tmp_path})
    assert "geheim" not in str(raised.value)


def full(words, kind=sqlite3.OperationalError):
    return OperationalError("SELECT words", {"body": "private"}, kind(words))


def test_a_disk_and_a_mistake_of_ours(tmp_path, monkeypatch):
    app = made(tmp_path, f"sqlite:///{tmp_path}/forum.db")
    assert run(app, ["db", "upgrade"])[0] == 0

    def raising(error):
        def fails():
            raise error

        return fails

    for error, said in (
        (full("database or disk is full"), "Error: The database cannot be used (SQLite, "),
        (full("attempt to write a readonly database"), "): attempt to write a readonly database."),
        (OSError(errno.ENOSPC, "No space left on device", "/srv/x"), "/srv/x cannot be used: No space left"),
        (OSError(errno.EROFS, "Read-only file system", "/srv/x"), "/srv/x cannot be used: Read-only"),
        (IntegrityError("INSERT", {}, sqlite3.IntegrityError("private")), None),
        (OSError(errno.EIO, "Input/output error"), None),
    ):
        monkeypatch.setattr(mail_status, "lanes", raising(error))
        answer = app.test_cli_runner().invoke(args=["mail", "status"])
        assert answer.exit_code == 1
        if said is None:
            assert answer.exception is error
        else:
            assert said in answer.output
            assert "private" not in answer.output
            assert "SELECT" not in answer.output


def test_reasons_quote_nothing():
    assert (
        failures.reason(IntegrityError("INSERT", {}, sqlite3.IntegrityError("words of Ann")))
        == "IntegrityError"
    )
    assert failures.reason(DatabaseError("", {}, sqlite3.DatabaseError("file is not a database"))).endswith(
        "database"
    )
