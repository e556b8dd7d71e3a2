"""`flask drill`: a backup is tried out beside the instance and the result written down; the instance stays as it is."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from forum import create_app
from forum.domain.doctor import machine
from forum.domain.maintenance import records, rotation
from forum.infra import clock
from forum.infra.backups.workspace import PREFIX
from forum.infra.db import db
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
    assert "no backup in" in said(run(live_app, "drill"), 1)
    assert last(live_app) == ("", False, f"There is no backup in {folder} yet.")
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
