"""`flask backup` and `flask restore`: everything comes back, nobody is signed in, no mail goes out; half is nothing."""

import os
import resource
import shutil
import stat
import tarfile
from datetime import timedelta

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from forum import create_app
from forum.domain.mailing import hold
from forum.domain.maintenance import records
from forum.domain.people import mail_links, sessions
from forum.infra import clock
from forum.infra.backups import reading
from forum.infra.backups.postgresql_programs import environment, find
from forum.infra.backups.problems import Problem
from forum.infra.backups.snapshot import place_of
from forum.infra.backups.workspace import PREFIX, workspace
from forum.infra.db import db
from forum.models.accounts import Member, SignIn
from forum.models.maintenance import MaintenanceKind
from tests.cli.backup_runs import PART, another, counts, fill, fitting_programs, inside, run, said
from tests.conftest import POSTGRES, settings_for
from tests.postgres import packaged_binaries
from tests.rules.source import ROOT
from tests.sweeps import on_one_database

__all__ = ["fitting_programs"]
pytestmark = [pytest.mark.live, pytest.mark.usefixtures("fitting_programs")]


@pytest.fixture
def network(live_app):
    """A filled instance, with two files of media."""
    found = fill(live_app)
    media = live_app.config["INSTANCE"] / "media"
    (media / "ab").mkdir(parents=True)
    (media / "ab" / "one").write_bytes(b"\x00one" * 5000)
    (media / "two").write_bytes(b"")
    return found


@pytest.fixture
def backup(live_app, network, tmp_path):
    """A whole backup of it."""
    file = tmp_path / "whole.backup"
    assert "3 members, 1 threads, 1 posts" in said(run(live_app, "backup", file))
    return file


def test_everything_comes_back_signed_out_and_with_its_mail_held(live_app, network, backup, tmp_path):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert "is whole" in said(run(live_app, "backup", "--check", backup))
    assert [part.name for part in reading.check(backup).parts] == [PART, "media/ab/one", "media/two"]
    copy = another(tmp_path / "copy")
    told, url = said(run(copy, "restore", backup)), make_url(copy.config["SQLALCHEMY_DATABASE_URI"])
    assert f" goes into {place_of(url)}." in told
    assert f"Restored into {place_of(url)}: made" in told
    assert "SECRET_KEY is another" not in told
    assert "all mail is held" in told
    assert "flask mail release" in told
    assert counts(copy) == counts(live_app)
    assert (tmp_path / "copy" / "media" / "ab" / "one").read_bytes() == b"\x00one" * 5000
    assert (tmp_path / "copy" / "media" / "two").exists()
    for app, is_copy in ((copy, True), (live_app, False)):
        with inside(app):
            assert hold.is_held() is is_copy
            assert (sessions.look_up(network["secret"]) is None) is is_copy
            assert (db.session.scalars(select(SignIn.ended_at)).one() is not None) is is_copy
            if not is_copy:
                assert mail_links.resetting_member(network["reset"]).id == network["author"]
                continue
            with pytest.raises(mail_links.LinkExpired):
                mail_links.resetting_member(network["reset"])
            made_at = reading.check(backup).made_at
            assert hold.restored_copy().backup_made_at == made_at
            assert made_at < hold.restored_at() < clock.now()
    assert f"There are 3 members in {place_of(url)}" in said(run(copy, "restore", backup), 1)


def test_a_migrated_instance_without_members_is_an_empty_one_and_any_other_is_refused(
    backup, live_app, tmp_path
):
    fresh = another(tmp_path / "fresh", SECRET_KEY="another one" * 4)
    said(run(fresh, "db", "upgrade"))
    with inside(fresh):
        db.session.execute(db.text("CREATE TABLE mine (id INTEGER)"))
        db.session.commit()
    assert "tables that are not of this forum (mine)" in said(run(fresh, "restore", backup), 1)
    with inside(fresh):
        db.session.execute(db.text("DROP TABLE mine"))
        db.session.commit()
    (tmp_path / "fresh" / "media").mkdir()
    (tmp_path / "fresh" / "media" / "two").write_text("other")
    assert "is not of this backup" in said(run(fresh, "restore", backup), 1)
    (tmp_path / "fresh" / "media" / "two").unlink()
    (tmp_path / "fresh" / "media" / "ab").symlink_to(tmp_path)
    assert "leads elsewhere by way of a link" in said(run(fresh, "restore", backup), 1)
    assert not (tmp_path / "one").exists()
    (tmp_path / "fresh" / "media" / "ab").unlink()
    if not POSTGRES:  # somebody serves it at this moment
        with inside(fresh), db.engine.connect() as connection:
            connection.execute(select(Member.id))
            assert "in use: stop the web server" in said(
                run(another(tmp_path / "fresh"), "restore", backup), 1
            )
    with clock.at(clock.now() - timedelta(hours=1)):  # of a machine whose clock is behind
        told = said(run(fresh, "restore", backup))
    assert "SECRET_KEY is another one than when" in told
    assert "lies ahead of the clock" in told
    assert counts(fresh) == counts(live_app)
    with inside(fresh):
        assert hold.restored_at() == reading.check(backup).made_at, (
            "what was due in the backup is not sent again"
        )


@on_one_database
def test_nothing_is_overwritten_and_mistakes_are_sentences(live_app, backup, tmp_path):
    before = backup.read_bytes()
    assert "is there already" in said(run(live_app, "backup", backup), 1)
    assert backup.read_bytes() == before
    assert "There is no folder" in said(run(live_app, "backup", tmp_path / "nowhere" / "a"), 1)
    assert "set BACKUPS" in said(run(live_app, "backup"), 1)
    assert "Name the FILE" in said(run(live_app, "backup", "--check"), 1)
    assert "No such file" in said(run(live_app, "backup", "--check", tmp_path / "none"), 1)
    assert "There is no file" in said(run(live_app, "drill", tmp_path / "none"), 1)
    with inside(live_app):
        assert records.latest(MaintenanceKind.BACKUP).good, "a slip of the hand is no backup that failed"
        assert records.latest(MaintenanceKind.DRILL) is None
    empty = another(tmp_path / "empty")
    sentence = "flask db upgrade" if POSTGRES else f"There is no database at {tmp_path / 'empty'}"
    assert sentence in said(run(empty, "backup", tmp_path / "b"), 1)
    assert not (tmp_path / "b").exists()
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


@on_one_database
def test_another_kind_and_a_newer_schema_are_refused(backup, tmp_path, monkeypatch):
    copy = another(tmp_path / "copy")
    genuine = reading.check(backup)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[genuine.database]
    for field, value, sentence in (
        ("database", other, "give it one of the same kind"),
        ("revision", "9999", "Update the code first"),
        ("format", 2, "newer release"),
    ):
        changed = backup.with_name(field)
        changed.write_bytes(backup.read_bytes())
        rewrite(changed, f'"{field}": {quoted(getattr(genuine, field))}', f'"{field}": {quoted(value)}')
        assert sentence in said(run(copy, "restore", changed), 1)
        with inside(copy):
            assert not db.inspect(db.engine).get_table_names()


def quoted(value) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def rewrite(file, before, after):
    """Another manifest, with checksums that fit, as a newer release would write it."""
    content = file.read_bytes()
    body, line = content[: -reading.TRAILER_SIZE], content[-reading.TRAILER_SIZE :]
    with tarfile.open(file) as tar:
        member = tar.getmember("manifest.json")
        old = tar.extractfile(member).read()
    new = old.replace(before.encode(), after.encode())
    assert new != old
    new = new.rstrip() + b" " * (len(old) - len(new.rstrip()))  # of the same size
    if len(new) > len(old):
        new = new.replace(b"\n ", b"\n", len(new) - len(old))
    body = body.replace(old, new)
    assert len(body) == len(content) - len(line)
    file.write_bytes(body + reading.trailer(reading.hashlib.sha256(body).hexdigest()))


LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0999", "{before}", None, None


def upgrade() -> None:
    {fails}op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("later")
"""


def later_release(folder, name, fails=""):
    """An application whose code has one migration more."""
    shutil.copytree(ROOT / "migrations", folder / f"{name} migrations")
    before = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    written = LATER.format(before=before, fails=fails)
    (folder / f"{name} migrations" / "versions" / "0999_later.py").write_text(written)
    return another(folder / name, MIGRATIONS=str(folder / f"{name} migrations"))


def test_an_older_backup_is_migrated_and_a_newer_one_is_refused(live_app, backup, tmp_path):
    later = later_release(tmp_path, "later")
    said(run(later, "restore", backup))
    with inside(later):
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "0999"
        assert db.session.scalar(text("SELECT count(*) FROM later")) == 0
        assert hold.is_held()
    found = counts(later)
    assert found == {**counts(live_app), "schema_fit": found["schema_fit"]}
    said(run(later, "backup", tmp_path / "newer"))
    copy = another(tmp_path / "copy")
    assert "Update the code first" in said(run(copy, "restore", tmp_path / "newer"), 1)
    # Flask-Migrate makes an exit of the first.
    fails = 'raise RuntimeError("x")' if POSTGRES else 'op.execute("SELECT nothing")'
    failing = later_release(tmp_path, "failing", fails=f"{fails}\n    ")
    told = said(run(failing, "restore", backup), 1)
    assert "a migration failed" in told
    with inside(failing):
        tables = db.inspect(db.engine).get_table_names()
        assert ("member" in tables) is POSTGRES
        assert not POSTGRES or hold.is_held()
        assert ("`flask db upgrade` goes on" in told) is POSTGRES


@on_one_database
def test_every_kind_of_damage_is_found(live_app, backup, chance, tmp_path):
    content = backup.read_bytes()
    spoilt = tmp_path / "spoilt"
    places = [0, 100, 300, len(content) - 1, len(content) - 80, *chance.sample(range(len(content)), 20)]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        assert_damaged(spoilt, bytes(changed))
    for length in (0, 1, 600, len(content) // 2, len(content) - 1):
        assert_damaged(spoilt, content[:length])
    assert_damaged(spoilt, content + b"\n")
    changed = bytearray(content)
    changed[2000] ^= 1
    spoilt.write_bytes(bytes(changed))
    assert f"spoilt is damaged: the part {PART} is not as it was written." in said(
        run(live_app, "backup", "--check", spoilt), 1
    )
    assert "is damaged" in said(run(another(tmp_path / "copy"), "restore", spoilt), 1)


def assert_damaged(file, content):
    file.write_bytes(content)
    with pytest.raises(reading.Damaged):
        reading.check(file)


@on_one_database
def test_what_a_killed_run_left_goes_and_what_a_running_one_makes_stays(live_app, network, tmp_path):
    left = tmp_path / f"{PREFIX}killed"
    left.mkdir()
    (left / "backup").write_text("half")
    with workspace(tmp_path) as running:
        (running / "backup").write_text("half")
        left.mkdir()
        said(run(live_app, "backup", tmp_path / "a"))
        assert (running / "backup").exists()
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


@on_one_database
def test_a_full_disk_is_said_and_leaves_nothing(live_app, network, tmp_path):
    """The kernel itself ends the file at this size, as on a disk without room."""
    (live_app.config["INSTANCE"] / "media" / "large").write_bytes(os.urandom(4_000_000))
    file, before = tmp_path / "a.backup", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, before[1]))
    try:
        assert f"There is no room on the disk of {tmp_path} " in said(run(live_app, "backup", file), 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not file.exists()
    assert list(tmp_path.glob(f"{PREFIX}*")) == []
    with inside(live_app):
        assert "no room" in records.latest(MaintenanceKind.BACKUP, good=False).found


def test_the_password_stands_on_no_command_line_and_a_missing_program_is_named(
    live_app, network, tmp_path, monkeypatch
):
    if not POSTGRES:
        return  # it has no programs
    seen = tmp_path / "seen"
    for name in ("pg_dump", "pg_restore", "psql"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        script = tmp_path / "bin" / name
        script.write_text(f'#!/bin/sh\necho "$0 $*" >> {seen}\nexec {packaged_binaries() / name} "$@"\n')
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}")
    copy = another(tmp_path / "copy")
    with_password = copy.config["SQLALCHEMY_DATABASE_URI"].replace("postgres@", "postgres:geheim@")
    copy = create_app(settings_for(with_password, tmp_path / "copy"))
    said(run(live_app, "backup", tmp_path / "a"))
    said(run(copy, "restore", tmp_path / "a"))
    said(run(copy, "backup", tmp_path / "b"))
    words = seen.read_text()
    assert words.count("pg_dump") > 1
    assert "psql --no-psqlrc" in words
    assert "geheim" not in words
    assert environment(make_url(with_password))["PGPASSWORD"] == "geheim"
    (tmp_path / "bin" / "pg_dump").unlink()
    with pytest.raises(Problem, match="install the client programs of PostgreSQL 99"):
        find("pg_dump", 99)


@on_one_database
def test_backups_are_kept_by_the_setting_and_written_down(live_app, network, tmp_path):
    folder = tmp_path / "kept"
    live_app.config["BACKUPS"] = str(folder)
    said(run(live_app, "backup"))
    (made,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    years_ago = [f"leerkring-20{year}0101T020000Z.backup" for year in range(10, 24)]
    strange = [
        "leerkring-notes.txt",
        "leerkring-20200101T020000Z.backup.old",
        "other-20200101T020000Z.backup",
    ]
    for name in years_ago:
        shutil.copy(made, folder / name)
    strange.append("leerkring-20090101T020000Z.backup")  # damaged: whose it is, nobody knows
    for name in strange:
        (folder / name).write_text("")
    with inside(live_app):
        record = records.latest(MaintenanceKind.BACKUP)
        assert (record.name, record.good, record.size) == (made.name, True, made.stat().st_size)
    made.rename(folder / "leerkring-20240101T020000Z.backup")
    told = said(run(live_app, "backup"))
    assert "leerkring-20100101T020000Z.backup was removed" in told
    assert "which are kept: 1." in told
    names = {path.name for path in folder.iterdir()}
    assert set(strange) <= names
    assert len(names & set(years_ago)) == 10  # twelve months, of which two are those of 2024 and of today
