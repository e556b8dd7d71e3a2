"""What the doctor says of the files of the machine: those with secrets, wherever they are, and nobody else's."""

import os

import pytest
from sqlalchemy import create_engine

from forum.domain.doctor import machine
from forum.infra import private_files


@pytest.fixture
def places(app, tmp_path, monkeypatch):
    """Folders for the checkout, the instance, the backups and a database beside them."""
    for name in ("ROOT", "INSTANCE", "BACKUPS"):
        folder = tmp_path / name.lower()
        folder.mkdir(mode=0o700)
        monkeypatch.setitem(app.config, name, folder)
    monkeypatch.setattr(machine, "sqlite_file", lambda _url: tmp_path / "elsewhere.sqlite")
    with app.app_context():
        yield tmp_path


def found():
    return [finding.ids for finding in machine.files()]


@pytest.mark.any_database
def test_the_settings_and_a_database_elsewhere_are_looked_at(places):
    private_files.write(places / "elsewhere.sqlite", b"")
    private_files.write(places / "elsewhere.sqlite-wal", b"")
    private_files.write(places / "root" / ".env", b"SECRET_KEY=x")
    (places / "root").chmod(0o755)
    assert found() == []
    for name, wrong, right in (
        ("root/.env", (0o644, 0o604, 0o660), (0o640, 0o400, 0o440)),
        ("elsewhere.sqlite", (0o640, 0o604), (0o600,)),
        ("elsewhere.sqlite-wal", (0o644,), (0o600,)),
    ):
        path = places / name
        for mode in wrong:
            path.chmod(mode)
            assert found() == [(path.name,)], oct(mode)
        for mode in right:
            path.chmod(mode)
            assert found() == [], oct(mode)


@pytest.mark.any_database
def test_of_the_folder_of_backups_only_what_is_ours_counts(places, monkeypatch):
    kept = places / "backups"
    for name in ("lost+found", "leerkring-20260102T030405Z.backup", "before-2026-01-02.backup"):
        (kept / name).write_text("")
        (kept / name).chmod(0o600)
    (kept / "lost+found").chmod(0o755)  # as a new disk has it, of root
    assert found() == []
    for mode, name in (
        (0o755, None),
        (0o1777, None),
        (0o777, "backups"),
    ):  # as mkdir makes it; shared by all; shared so that all may remove everything
        kept.chmod(mode)
        assert found() == ([(name,)] if name else []), oct(mode)
    kept.chmod(0o1777)
    for path in kept.glob("*.backup"):
        path.chmod(0o644)
        assert found() == [(path.name,)]
        path.chmod(0o400)
    (kept / "before-2026-01-02.backup").chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert found() == []  # of another user


@pytest.mark.any_database
def test_settings_that_others_can_read_are_wrong_in_production_only(places, app, monkeypatch):
    (places / "root" / ".env").write_text("SECRET_KEY=x")
    (places / "root" / ".env").chmod(0o644)
    for name, warns in (("development", True), ("production", False)):
        monkeypatch.setitem(app.config, "ENV_NAME", name)
        assert [(finding.ids, finding.warns) for finding in machine.files()] == [((".env",), warns)]


@pytest.mark.any_database
def test_a_database_in_the_instance_is_told_once(places, monkeypatch):
    path = places / "instance" / "leerkring.db"
    engine = create_engine(f"sqlite:///{path}")
    engine.connect().close()
    engine.dispose()
    monkeypatch.setattr(machine, "sqlite_file", lambda _url: path)
    path.chmod(0o644)
    assert found() == [("leerkring.db",)]
