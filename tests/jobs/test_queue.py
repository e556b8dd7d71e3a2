"""The bell: a file, PostgreSQL or Redis by address; a broken one costs no request, a real one wakes the worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from huey import PostgresHuey, RedisHuey, SqliteHuey

from forum import create_app
from forum.domain.mailing import events
from forum.infra.db import db
from forum.jobs import queue
from forum.models.events import Heartbeat
from tests import servers
from tests.factories import make_member
from tests.sweeps import few_of

ROOT = Path(__file__).resolve().parents[2]


def test_the_address_decides_what_kind_of_bell_it_is(tmp_path):
    assert isinstance(queue.connect(f"sqlite:///{tmp_path}/deep/jobs.db"), SqliteHuey)
    assert isinstance(queue.connect("redis://127.0.0.1:1/0"), RedisHuey)
    assert queue.connect("memory:") is None
    with pytest.raises(queue.NoQueue, match="ftp"):
        queue.connect("ftp://127.0.0.1/")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_can_ring_too(scheme):
    url = servers.postgres_server().replace("postgresql+psycopg", "postgresql")
    bell = queue.connect(url.replace("postgresql", scheme, 1))
    assert isinstance(bell, PostgresHuey)
    rung = bell.task(name="rung")(lambda: None)
    rung()
    assert bell.pending_count() == 1
    bell.flush()


def test_a_broken_broker_costs_no_request(app, monkeypatch, caplog):
    def broken():
        raise ConnectionError("refused")

    monkeypatch.setitem(app.extensions, "wake_task", broken)
    app.extensions["wake"]()
    assert "could not be woken" in caplog.text


def test_memory_has_no_worker_to_run(app):
    with pytest.raises(queue.NoQueue, match="until-idle"):
        queue.run(app)


@pytest.mark.live
@pytest.mark.parametrize("ending", few_of([signal.SIGTERM, signal.SIGINT], signal.SIGTERM))
def test_a_real_worker_is_woken_by_a_ring_and_ends_when_asked(live_app, tmp_path, ending):
    url, jobs = live_app.config["SQLALCHEMY_DATABASE_URI"], f"sqlite:///{tmp_path}/jobs.db"
    with servers.smtp_server() as smtp:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"],
            cwd=ROOT,
            env={
                **os.environ, "FORUM_ENV": "development", "DATABASE_URL": url, "JOBS_URL": jobs,
                "SMTP_URL": smtp.url, "INSTANCE": str(tmp_path), "SECRET_KEY": "x" * 40, "FLASK_APP": "app",
            },
            stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            _until(lambda: _beats(live_app))
            ringing = create_app(
                {
                    "ENV_NAME": "testing",
                    "SQLALCHEMY_DATABASE_URI": url,
                    "JOBS_URL": jobs,
                    "INSTANCE": tmp_path,
                }
            )
            with ringing.app_context():
                events.record("password.changed", member_id=make_member("Dirk").id)
                db.session.commit()
                ringing.extensions["wake"]()
                db.session.remove()
                db.engine.dispose()
            _until(lambda: smtp.received)
            assert len(smtp.received) == 1
        finally:
            process.send_signal(ending)
            _out, complaint = process.communicate(timeout=30)
        assert process.returncode == 0, complaint.decode()


def _beats(app) -> bool:
    with app.app_context():
        found = db.session.get(Heartbeat, "worker") is not None
        db.session.remove()
    return found


def _until(condition, patience=20.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
