"""Whatever the umask says, and whatever was there before: nobody else reads the files of an instance."""

import errno
import os
import stat
import subprocess
import sys
from email.message import EmailMessage

import pytest
from sqlalchemy import create_engine, text

from forum.infra import private_files
from forum.infra.connections import reading
from forum.infra.mailer import Away, open_mailer

pytestmark = pytest.mark.any_database
WIDE = [0, 0o022, 0o077]


@pytest.fixture(params=WIDE, ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "a@x.example", "b@x.example", "<1@x.example>"
    message.set_content("Dag.")
    return message


def modes_below(folder) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): mode(path) for path in folder.rglob("*")}


def test_what_is_made_is_for_us_alone(tmp_path, umask):
    folder = tmp_path / "instance"
    engine = create_engine(f"sqlite:///{folder / 'forum.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (b)"))
        connection.execute(text("INSERT INTO a VALUES (1)"))
        with open_mailer(f"mailbox:{folder / 'mail'}") as out:
            out.send(letter())
        private_files.write(folder / "secret", b"x")
        found = modes_below(folder)
    engine.dispose()
    assert {"forum.db", "forum.db-wal", "forum.db-shm", "mail", "secret"} <= set(found)
    assert mode(folder) == 0o700
    assert found.pop("mail") == 0o700
    assert set(found.values()) == {0o600}


CLOSES = "import sqlite3, sys; other = sqlite3.connect(sys.argv[1]); other.execute('SELECT * FROM a'); other.close()"


def test_locks_outlive_a_look_at_the_file(tmp_path):
    """A process that closes the database as the last one takes its log away: it must know that we are still there."""
    path = tmp_path / "forum.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (b)"))
    with reading(), engine.connect() as one, engine.connect() as another:
        for connection in (one, another):
            connection.execute(text("SELECT * FROM a"))
        assert private_files.unwritable(path) == ""
        private_files.close_instance(tmp_path)
        subprocess.run([sys.executable, "-c", CLOSES, str(path)], check=True)
        assert path.with_name("forum.db-wal").exists()
    engine.dispose()


def test_what_was_wide_is_closed_and_what_all_share_is_not(tmp_path, caplog):
    folder = tmp_path / "instance"
    (folder / "mail").mkdir(parents=True)
    for name in ("secret", "leerkring.db", "leerkring.db-wal", "mail/1.eml", "notes.txt"):
        (folder / name).write_text("")
        (folder / name).chmod(0o644)
    (folder / "mail").chmod(0o755)
    folder.chmod(0o1777)
    private_files.close_instance(folder)
    assert mode(folder) == 0o1777
    assert "can be read by others" in caplog.text
    folder.chmod(0o755)
    private_files.close_instance(folder)
    found = modes_below(folder)
    assert mode(folder) == found.pop("mail") == 0o700
    assert found.pop("notes.txt") == 0o644  # not ours
    assert set(found.values()) == {0o600}


def test_what_cannot_be_closed_is_warned_of(tmp_path, caplog, monkeypatch):
    """A backup or an instance on a disk that can only be read."""
    (tmp_path / "secret").write_text("")
    (tmp_path / "secret").chmod(0o644)

    def refused(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(type(tmp_path), "chmod", refused)
    private_files.close_instance(tmp_path)
    assert "secret can be read by others, and cannot be closed: Read-only file system" in caplog.text


def test_a_folder_without_anything_of_ours_is_left_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    private_files.close_instance(tmp_path)
    assert mode(tmp_path) == 0o755


def test_what_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "taken").write_text("")
    for path in (tmp_path / "taken" / "forum.db", tmp_path / "taken" / "deep" / "forum.db"):
        with pytest.raises(private_files.Unwritable, match="cannot be written"):
            private_files.make_database(path)
    with open_mailer(f"mailbox:{tmp_path / 'taken' / 'mail'}") as out, pytest.raises(Away):
        out.send(letter())
    assert private_files.unwritable(tmp_path / "forum.db") == ""
    assert "cannot be written" in private_files.unwritable(tmp_path / "taken" / "forum.db")


def test_a_file_that_is_gone_when_it_is_looked_at_is_not_wrong(tmp_path):
    tmp_path.chmod(0o700)
    private_files.write(tmp_path / "a.db", b"")
    (tmp_path / "a.db-wal").symlink_to(tmp_path / "gone")  # listed, and not there
    assert private_files.wrong_rights(tmp_path) == []
    (tmp_path / "a.db").chmod(0o644)
    assert private_files.wrong_rights(tmp_path) == [tmp_path / "a.db"]
