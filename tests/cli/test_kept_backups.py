"""The folder of backups: none without members, and none of another forum, takes the place of a good one."""

from datetime import UTC, datetime, timedelta

import pytest

from forum import create_app
from forum.cli import operating
from forum.cli.operating import KEY, newest_backup, tell_of_another_key
from forum.domain.maintenance import records, rotation
from forum.infra import clock, tokens
from forum.infra.backups.archive import Manifest
from forum.infra.db import db
from forum.models.maintenance import MaintenanceKind
from tests.cli.backup_runs import another, fill, fitting_programs, inside, run, said
from tests.conftest import copied_database, settings_for
from tests.factories import make_member

__all__ = ["fitting_programs"]
NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)


@pytest.mark.live
@pytest.mark.usefixtures("fitting_programs")
def test_no_backup_without_members_or_of_another_forum_takes_the_place_of_a_good_one(
    live_app, migrated, tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "kept"
    live_app.config["BACKUPS"] = str(folder)
    fill(live_app)

    def names_after(app, minute, code=0):
        with clock.at(NOON + timedelta(minutes=minute)):
            told = said(run(app, "backup"), code)
        return told, {path.name.split("T")[1][:4] for path in folder.iterdir()}

    assert names_after(live_app, 0)[1] == {"1200"}
    (tmp_path / "other").mkdir()
    settings = settings_for(copied_database(migrated, tmp_path / "other"), tmp_path / "other")
    other = create_app({**settings, "BACKUPS": str(folder)})
    told, names = names_after(other, 1, 1)
    assert "has no members" in told
    assert "with some has 3: is DATABASE_URL right?" in told
    assert names == {"1200"}
    with inside(other):
        record = records.latest(MaintenanceKind.BACKUP)
        assert (record.good, "has no members" in record.found) == (False, True)
    said(run(other, "backup", tmp_path / "empty"))  # where it takes no place
    assert "No members are in the backup, and 3 are in the forum" in said(
        run(live_app, "drill", tmp_path / "empty"), 1
    )
    with inside(live_app):
        assert not records.latest(MaintenanceKind.DRILL).good
    with inside(other):
        make_member("Somebody else").created_at = NOON
        db.session.commit()
    told, names = names_after(other, 2)
    assert "which are kept: 1." in told
    assert names == {"1200", "1202"}
    with inside(live_app), clock.at(NOON + timedelta(minutes=5)):
        assert newest_backup().name == rotation.name_at(NOON), "that of another forum is none to try out"
        (folder / rotation.name_at(NOON + timedelta(minutes=4))).write_text("damaged, or not to be read")
        assert newest_backup().name == rotation.name_at(NOON + timedelta(minutes=4)), "a drill says how it is"
        with monkeypatch.context() as patched:
            patched.setattr(operating.os, "access", lambda *_: False)  # as of a file of another user
            assert newest_backup().name == rotation.name_at(NOON)
        assert "cannot be read and does not count" in capsys.readouterr().err
        (folder / rotation.name_at(NOON + timedelta(minutes=4))).unlink()
    assert names_after(live_app, 3)[1] == {"1202", "1203"}, "its own is replaced"


@pytest.mark.live
@pytest.mark.usefixtures("fitting_programs")
def test_a_restored_copy_deletes_no_backup_while_it_holds_its_mail(live_app, tmp_path):
    folder = tmp_path / "kept"
    live_app.config["BACKUPS"] = str(folder)
    fill(live_app)
    with clock.at(NOON):
        said(run(live_app, "backup"))
    copy = another(tmp_path / "copy", BACKUPS=str(folder))
    said(run(copy, "restore", *folder.iterdir()))
    for minute, (is_held, kept) in enumerate(((True, 2), (False, 1)), start=1):
        with clock.at(NOON + timedelta(minutes=minute)):
            assert ("still holds its mail" in said(run(copy, "backup"))) is is_held
        assert len(list(folder.iterdir())) == kept
        run(copy, "mail", "release")


@pytest.mark.any_database
def test_another_key_is_told_unless_the_old_one_still_counts(app, capsys, monkeypatch):
    old = app.config["SECRET_KEY"]
    with app.app_context():
        manifest = Manifest(NOON, "sqlite", "0014", {}, key=tokens.mark(*KEY))
        assert old not in manifest.written().decode()
        for key, others, is_told in ((old, [], False), ("new" * 20, [old], False), ("new" * 20, [], True)):
            monkeypatch.setitem(app.config, "SECRET_KEY", key)
            monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", others)
            tell_of_another_key(manifest)
            assert ("Put the old key in SECRET_KEY_FALLBACKS" in capsys.readouterr().err) is is_told
