"""`flask drill`: a backup is tried out beside the instance and the result written down; the instance stays as it is."""

import errno
import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from forum import create_app
from forum.cli import drills
from forum.cli.operating import sentences
from forum.domain.doctor import machine
from forum.domain.maintenance import records, rotation
from forum.infra import clock
from forum.infra.backups import beside, room
from forum.infra.backups.beside import temporary_database
from forum.infra.backups.workspace import PREFIX
from forum.infra.db import db
from forum.infra.disks import Room
from forum.models.maintenance import MaintenanceKind
from tests.cli.backup_runs import counts, fill, fitting_programs, inside, run, said
from tests.conftest import POSTGRES, settings_for

__all__ = ["fitting_programs"]
pytestmark = [pytest.mark.live, pytest.mark.usefixtures("fitting_programs")]


def last(app):
    with inside(app):
        found = records.latest(MaintenanceKind.DRILL)
        return found.name, found.good, found.found


def left(app):
    """Databases and folders of drills that did not clean up."""
    folders = list(app.config["INSTANCE"].glob(f"{PREFIX}*"))
    if not POSTGRES:
        return folders
    with inside(app):
        query = "SELECT datname FROM pg_database WHERE datname LIKE 'leerkring_drill_%'"
        return folders + db.session.scalars(text(query)).all()


def test_the_newest_backup_is_tried_out_and_the_result_is_written_down(live_app, tmp_path):
    folder = tmp_path / "kept"
    live_app.config["BACKUPS"] = str(folder)
    sentence = f"There is no backup of this forum in {folder} yet."
    assert sentence in said(run(live_app, "drill"), 1)
    assert last(live_app) == ("", False, sentence)
    fill(live_app)
    said(run(live_app, "backup"))
    (made,) = folder.iterdir()
    before = counts(live_app)
    (folder / "leerkring-29990101T000000Z.backup").write_text("of a wrong clock")
    told = said(run(live_app, "drill"))
    assert "leerkring-29990101T000000Z.backup is dated in the future and does not count" in told
    assert "can be relied on" in told
    with inside(live_app):
        (finding,) = machine.backups()
        assert finding.ids == ("leerkring-29990101T000000Z.backup",)
    name, good, found = last(live_app)
    assert (name, good) == (made.name, True)
    assert "3 members" in found
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    newer = folder / rotation.name_at(clock.now() + timedelta(minutes=1))
    newer.write_bytes(bytes(content))
    assert "is damaged" in said(run(live_app, "drill"), 1)
    assert last(live_app)[:2] == (newer.name, False)
    assert counts(live_app) == before
    with inside(live_app):
        db.session.execute(text("UPDATE thread SET last_number = 5, post_count = 4"))
        db.session.commit()
    said(run(live_app, "backup", tmp_path / "wrong"))
    assert "thread counts: 1" in said(run(live_app, "drill", tmp_path / "wrong"), 1)
    assert last(live_app)[:2] == ("wrong", False)
    assert left(live_app) == []


def test_a_drill_that_fails_as_nobody_foresaw_is_written_down_too(live_app, tmp_path, monkeypatch):
    def unforeseen(**_):
        raise ZeroDivisionError

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    fill(live_app)
    said(run(live_app, "backup", tmp_path / "a"))
    with monkeypatch.context() as patched:
        patched.setattr(drills.examination, "examine", unforeseen)
        assert isinstance(run(live_app, "drill", tmp_path / "a").exception, ZeroDivisionError)
    assert last(live_app) == ("a", False, "The drill could not be done (ZeroDivisionError).")
    monkeypatch.setattr(drills, "workspace", full)
    assert "There is no room on the disk" in said(run(live_app, "drill", tmp_path / "a"), 1)
    assert "There is no room on the disk" in last(live_app)[2]
    assert left(live_app) == []


def test_neither_backup_nor_drill_fills_the_disk_of_the_forum(live_app, tmp_path, monkeypatch):
    fill(live_app)
    said(run(live_app, "backup", tmp_path / "a"))
    # With room for what PostgreSQL dumps, and not for the copy that SQLite makes.
    for free in [room.MARGIN - 1, *([] if POSTGRES else [room.MARGIN + 100_000])]:
        monkeypatch.setattr(
            room.disks, "room", lambda _folder, free=free: Room(free, 10**9, is_read_only=False)
        )
        for command, file in (("backup", "b"), ("drill", "a")):
            told = said(run(live_app, command, tmp_path / file), 1)
            assert "There is no room on the disk" in told
            assert "are needed, so that the forum goes on" in told
    assert last(live_app)[1] is False
    assert not (tmp_path / "b").exists()
    assert left(live_app) == []


def test_a_server_that_knows_no_limit_for_idle_sessions_gets_none(live_app, monkeypatch):
    """As PostgreSQL 13."""
    if not POSTGRES:
        return  # it has no server
    monkeypatch.setattr(beside, "PATIENT", "limit_of_a_later_version")
    with temporary_database(make_url(live_app.config["SQLALCHEMY_DATABASE_URI"])) as url:
        assert str(url.database).startswith(beside.PREFIX)
    assert left(live_app) == []


@pytest.mark.any_database
def test_a_hang_up_ends_only_a_command_that_heeds_it():
    """`nohup` lets it be ignored."""
    before = signal.getsignal(signal.SIGHUP)
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with sentences():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        with pytest.raises(SystemExit), sentences():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_drill_that_may_make_no_database_says_which_right_it_needs(live_app, tmp_path):
    if not POSTGRES:
        return  # it needs no right but that to its folder
    fill(live_app)
    said(run(live_app, "backup", tmp_path / "a"))
    with inside(live_app):
        db.session.execute(text("DROP ROLE IF EXISTS plain_role"))
        db.session.execute(text("CREATE ROLE plain_role LOGIN"))
        db.session.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain_role"))
        db.session.execute(text("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain_role"))
        db.session.commit()
    url = live_app.config["SQLALCHEMY_DATABASE_URI"].replace("postgres@", "plain_role@")
    plain = create_app(settings_for(url, tmp_path))
    try:
        assert 'ALTER ROLE "plain_role" CREATEDB' in said(run(plain, "drill", tmp_path / "a"), 1)
    finally:
        with inside(live_app):
            db.session.execute(text("DROP OWNED BY plain_role"))
            db.session.execute(text("DROP ROLE plain_role"))
            db.session.commit()
