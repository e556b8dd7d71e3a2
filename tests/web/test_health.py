"""What the web needs, and nothing else; each check can say no."""

import os
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from forum.domain import schema
from forum.domain.mailing import events
from forum.domain.maintenance import records
from forum.infra import clock, disks, private_files
from forum.infra.db import db
from forum.models.events import Heartbeat
from forum.models.maintenance import MaintenanceKind, RestoredCopy, SchemaFit
from tests.factories import make_member

GIB = 1024**3
ROOMY = {
    "f_bavail": 10**7,
    "f_blocks": 2 * 10**7,
    "f_frsize": 4096,
    "f_flag": 0,
    "f_files": 100,
    "f_favail": 50,
}


def answers(client):
    answer = client.get("/readyz")
    return answer.status_code, {name for name, check in answer.json["checks"].items() if not check["good"]}


def found(client, name):
    return client.get("/readyz").json["checks"][name]


@pytest.fixture
def disk(monkeypatch):
    """What the disks say; a test changes it."""
    said = dict(ROOMY)
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(**said))
    return said


def test_the_process_lives_without_asking_the_database(client, count_queries):
    with count_queries() as seen:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})
    assert seen.count == 0


def test_ready_whatever_the_worker_does(client, disk):
    event = events.record("password.changed", member_id=0)
    event.next_try_at = clock.now() - timedelta(days=1)
    db.session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert {"database", "migrations", "disk of the instance"} <= set(answer.json["checks"])
    assert all(check["good"] and not check["warns"] for check in answer.json["checks"].values())
    assert answer.headers["Cache-Control"] == "no-store"


def at_revision(revision, serves_from=None):
    db.session.execute(sql("UPDATE alembic_version SET version_num = :now"), {"now": revision})
    if serves_from is not None:
        db.session.add(SchemaFit(revision=revision, serves_from=serves_from))
    db.session.commit()


@pytest.mark.both_databases
def test_an_older_database_is_not_ready_and_a_newer_one_when_it_says_so(client, disk):
    newest = schema.fit().newest
    for revision, serves_from, good, word in (
        ("0013", None, False, "flask db upgrade"),
        ("8001", None, False, "install the newer release again"),
        ("8002", "8002", False, f"flask db downgrade {newest}"),
        ("8003", newest, True, "serves this older release"),
        ("8004", "0001", True, "serves this older release"),
    ):
        at_revision(revision, serves_from)
        assert answers(client) == (200 if good else 503, set() if good else {"migrations"}), revision
        said = found(client, "migrations")
        assert word in said["found"]
        assert said["warns"] is good


def test_the_newest_backup_and_drill_are_said_and_fail_nothing(client, disk, monkeypatch):
    monkeypatch.setitem(client.application.config, "BACKUPS", "")
    assert found(client, "backup") == {"good": True, "warns": False, "found": "none yet"}
    records.record(MaintenanceKind.BACKUP, name="old.tar", good=True)
    with clock.at(clock.now() + timedelta(hours=3)):
        records.record(MaintenanceKind.DRILL, name="", good=False, found="There is no backup in /srv/kept.")
        db.session.commit()
        assert answers(client)[0] == 200
        assert found(client, "backup")["found"] == "good, 3 h ago: old.tar"
        # Not the reason: anybody may ask, and it names a folder.
        assert found(client, "drill")["found"] == "FAILED, 0 s ago; the newest good one: none yet"
        assert found(client, "drill")["warns"]

    def gone(kind):
        raise OperationalError("SELECT 1", {}, Exception("no such table"))

    monkeypatch.setattr(records, "latest", gone)
    assert answers(client) == (200, set())


@pytest.fixture
def warned(client, disk, monkeypatch):
    """Which kinds are warned of after so many days, where BACKUPS is set; the worker says that it lives."""
    now = clock.now()
    monkeypatch.setitem(client.application.config, "BACKUPS", "/nowhere")

    def after(days, *, started=None):
        with clock.at(now + timedelta(days=days)):
            db.session.execute(sql("DELETE FROM heartbeat"))
            if started is not None:
                began = now + timedelta(days=started)
                db.session.add(Heartbeat(name="a", at=clock.now(), started_at=began, lanes=""))
            db.session.commit()
            return {kind.value for kind in MaintenanceKind if found(client, kind)["warns"]}

    return after


def went_well(kind, days, name):
    with clock.at(clock.now() + timedelta(days=days)):
        records.record(kind, name=name, good=True)
    db.session.commit()


KEPT = "leerkring-20260102T030405Z.backup"


def test_backups_and_drills_that_stopped_are_warned_of_where_they_are_made(client, warned, monkeypatch):
    went_well(MaintenanceKind.BACKUP, 0, KEPT)
    assert warned(2) == set()
    assert warned(4) == {"backup"}, "whatever the worker does"
    went_well(MaintenanceKind.BACKUP, 20, KEPT)
    assert warned(20) == set()
    assert warned(22) == {"drill"}, "the first backup is three weeks old"
    went_well(MaintenanceKind.DRILL, 22, KEPT)
    assert warned(24) == {"backup"}
    with clock.at(clock.now() + timedelta(days=24)):
        said = found(client, "backup")["found"]
        assert f"good, 4 d ago: {KEPT}; overdue: does `flask backup` run" in said
        assert answers(client) == (200, set()), "pages go on"
    assert warned(44) == {"backup", "drill"}
    monkeypatch.setitem(client.application.config, "BACKUPS", "")
    assert warned(44) == set()


def test_none_is_overdue_before_there_was_time_for_it(client, warned):
    """In a new forum or the demo, whose members are older; where BACKUPS is set for the first time; in a copy."""
    now = clock.now()
    make_member(created_at=now - timedelta(days=400))
    for kind in MaintenanceKind:
        went_well(kind, -100, "by-hand.backup")
    assert warned(0, started=0) == set()
    assert warned(4, started=2) == set()
    assert warned(4, started=0) == {"backup"}, "BACKUPS is set, and nothing ran"
    assert warned(22, started=0) == {"backup", "drill"}
    went_well(MaintenanceKind.BACKUP, -50, KEPT)
    assert warned(0) == {"backup", "drill"}
    db.session.add(RestoredCopy(id=1, backup_made_at=now, restored_at=now))
    assert warned(2) == set()
    assert warned(4) == {"backup"}
    db.session.execute(sql("DELETE FROM maintenance_record"))
    assert warned(4) == set(), "nothing tells since when BACKUPS is set"


@pytest.mark.both_databases
def test_a_database_that_is_gone(client, monkeypatch):
    def gone(*args, **options):
        raise OperationalError("SELECT 1", {}, Exception("no server"))

    monkeypatch.setattr(db.session, "scalar", gone)
    monkeypatch.setattr(db.session, "connection", gone)
    status, failing = answers(client)
    assert status == 503
    assert {"database", "migrations"} <= failing


def test_a_database_that_answers_and_cannot_be_written(client, monkeypatch, disk):
    if db.engine.dialect.name == "postgresql":
        db.session.execute(db.text("SET LOCAL default_transaction_read_only = on"))
        assert answers(client) == (503, {"database"})
        return
    disk["f_flag"] = os.ST_RDONLY
    assert answers(client) == (503, {"database"})
    disk["f_flag"] = 0
    assert answers(client)[0] == 200
    monkeypatch.setattr(private_files, "unwritable", lambda path: "it cannot be written")
    assert answers(client) == (503, {"database"})


def test_a_disk_that_is_nearly_full_says_so_and_a_full_one_fails(client, disk):
    places = {"disk of the instance"}
    if db.engine.dialect.name == "sqlite":
        places.add("disk of the database")
    disk["f_bavail"] = (GIB - 4096) // 4096
    assert answers(client) == (200, set())
    for place in places:
        said = found(client, place)
        assert said["warns"]
        assert said["found"].startswith("nearly full: 1.1 GB free of")
    for full in ({"f_bavail": disks.FULL // 4096 - 1}, {"f_bavail": 10**7, "f_favail": 0}):
        disk.update(full)
        assert answers(client) == (503, places)
    disk.update(f_favail=1)
    assert answers(client)[0] == 200
