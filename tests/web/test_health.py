"""The two questions of whoever runs the machine; each check can say no."""

import os
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from forum.domain import health
from forum.domain.mailing import events
from forum.infra import clock, private_files
from forum.infra.db import db


@pytest.fixture
def alive():
    """A worker that just showed itself."""
    health.note_alive()
    db.session.commit()


def answers(client):
    answer = client.get("/readyz")
    return answer.status_code, {name: check["good"] for name, check in answer.json["checks"].items()}


def test_the_process_lives_without_asking_the_database(client, count_queries):
    with count_queries() as seen:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})
    assert seen.count == 0


def test_ready_when_everything_is(client, alive):
    status, checks = answers(client)
    assert status == 200
    assert checks == {"database": True, "migrations": True, "worker": True, "events": True}
    assert client.get("/readyz").headers["Cache-Control"] == "no-store"


def test_a_worker_that_was_never_seen_or_fell_silent(client, alive):
    with clock.at(clock.now() + health.SILENT_AFTER + timedelta(seconds=1)):
        assert answers(client) == (
            503,
            {"database": True, "migrations": True, "worker": False, "events": True},
        )
    db.session.execute(db.text("DELETE FROM heartbeat"))
    db.session.commit()
    assert answers(client)[1]["worker"] is False


def test_an_event_that_waits_too_long(client, alive):
    event = events.record("password.changed", member_id=0)
    event.created_at = clock.now() - health.WAITING_AFTER - timedelta(seconds=1)
    db.session.commit()
    assert answers(client) == (503, {"database": True, "migrations": True, "worker": True, "events": False})


def test_an_event_that_was_given_up_does_not_block_for_ever(client, alive):
    event = events.record("password.changed", member_id=0)
    event.created_at = clock.now() - timedelta(days=1)
    event.failed_at = clock.now()
    db.session.commit()
    assert answers(client)[0] == 200


def test_a_database_of_another_version(client, alive):
    db.session.execute(db.text("UPDATE alembic_version SET version_num = 'older'"))
    db.session.commit()
    assert answers(client) == (503, {"database": True, "migrations": False, "worker": True, "events": True})


def test_a_database_that_is_gone(client, monkeypatch):
    def gone(*args, **options):
        raise OperationalError("SELECT 1", {}, Exception("no server"))

    monkeypatch.setattr(db.session, "scalar", gone)
    monkeypatch.setattr(db.session, "connection", gone)
    status, checks = answers(client)
    assert status == 503
    assert not any(checks.values())


def test_a_database_that_answers_and_cannot_be_written(client, alive, monkeypatch):
    if db.engine.dialect.name == "postgresql":
        db.session.execute(db.text("SET LOCAL default_transaction_read_only = on"))
        assert answers(client)[1]["database"] is False
        return
    free = {"f_bavail": 10**6, "f_frsize": 4096, "f_flag": 0}
    for found in ({"f_flag": os.ST_RDONLY}, {"f_bavail": 100}):
        monkeypatch.setattr(os, "statvfs", lambda path, found=found: SimpleNamespace(**free | found))
        assert answers(client)[0] == 503
        assert answers(client)[1]["database"] is False
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(**free))
    assert answers(client)[0] == 200
    monkeypatch.setattr(private_files, "unwritable", lambda path: "it cannot be written")
    assert answers(client)[1]["database"] is False
