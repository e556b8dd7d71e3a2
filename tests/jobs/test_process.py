"""`flask worker` as a process: it is woken, beats, sends, and ends when it is told to."""

import signal
import subprocess
import time
from datetime import timedelta

import pytest

from forum.domain.mailing import events
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Heartbeat, RecurringWork
from tests import servers
from tests.factories import make_member
from tests.jobs.workers import COMMAND, ROOT, environment, until
from tests.sweeps import few_of

pytestmark = pytest.mark.live
# The real command, except that it looks at its tables once in ten minutes when nobody wakes it.
SLEEPY = "from flask.cli import main; from forum.jobs import worker; worker.LOOK = 600.0; main()"
WOKEN_ONLY = [COMMAND[0], "-c", SLEEPY, *COMMAND[3:]]


@pytest.mark.parametrize("ending", few_of([signal.SIGTERM, signal.SIGINT], signal.SIGTERM))
def test_a_worker_is_woken_by_a_commit_shows_that_it_lives_and_ends_when_asked(live_app, tmp_path, ending):
    with servers.smtp_server() as smtp:
        process = subprocess.Popen(
            WOKEN_ONLY, cwd=ROOT, env=environment(live_app, smtp.url, tmp_path), stderr=subprocess.PIPE
        )
        try:
            until(lambda: all(read(live_app, db.select(RecurringWork.last_at)) or [None]), 20)
            until(lambda: read(live_app, db.select(Heartbeat)), 20)
            (beat,) = read(live_app, db.select(Heartbeat))
            assert clock.now() - beat.at < timedelta(seconds=15)
            assert beat.lanes == "direct,notice,bulk,slow"
            with live_app.app_context():
                events.record("password.changed", member_id=make_member("Dirk").id)
                db.session.commit()
                db.session.remove()
            until(lambda: smtp.received, 20)  # long before it would have looked by itself
            assert len(smtp.received) == 1
        finally:
            process.send_signal(ending)
            told_at = time.monotonic()
            _out, complaint = process.communicate(timeout=30)
        assert (process.returncode, complaint.decode()) == (0, "")
        assert time.monotonic() - told_at < 10
        assert read(live_app, db.select(Heartbeat)) == []


def read(app, query) -> list:
    with app.app_context():
        found = list(db.session.scalars(query))
        db.session.remove()
    return found
