"""Who waits for a letter gets it within ten seconds while twenty thousand digests go out through a slow server."""

import json
import sys
import time

import pytest

from forum.domain.mailing import events
from forum.infra.db import db
from forum.models.mail import Lane, OutgoingMail
from tests.factories import make_member
from tests.jobs.forked import Forked, Plan
from tests.jobs.workers import queue, until
from tests.smtp_server import smtp_server

pytestmark = [pytest.mark.live, pytest.mark.proof, pytest.mark.timeout(1500)]
BULK, DIRECT, MINUTES = 20_000, 100, 10
SLOW = 0.3  # seconds that the server takes for each letter
BOUND = 10.0  # seconds from the event to the server


def test_direct_letters_leave_within_ten_seconds_of_their_event(live_app):
    with smtp_server(keep_content=False) as smtp:
        smtp.misbehave("end", wait=SLOW)
        queue(live_app, BULK)
        worker = Forked(live_app, smtp.url, Plan(in_earnest=True))
        until(lambda: len(smtp.received) > 5, 60)
        asked, begun_at = {}, time.monotonic()
        for number in range(DIRECT):
            with live_app.app_context():
                event = events.record("password.changed", member_id=make_member(f"Waiting {number}").id)
                db.session.commit()
                asked[f"password_changed.{event.id}"] = time.time()
                db.session.remove()
            time.sleep(max(0.0, begun_at + (number + 1) * 60 * MINUTES / DIRECT - time.monotonic()))
        time.sleep(BOUND)
        with live_app.app_context():
            direct = db.select(OutgoingMail.key, OutgoingMail.message_id).where(
                OutgoingMail.lane == Lane.DIRECT
            )
            keys = {row.message_id: row.key for row in db.session.execute(direct)}
            db.session.remove()
        waits = sorted(
            letter.taken_at - asked[keys[letter.message_id]]
            for letter in smtp.received
            if letter.message_id in keys
        )
        figures = {
            "direct": len(waits),
            "median": round(waits[len(waits) // 2], 2),
            "slowest": round(waits[-1], 2),
            "bulk meanwhile": len(smtp.received) - len(waits),
        }
        sys.stderr.write(json.dumps(figures) + "\n")
        assert worker.end() == 0
    assert len(waits) == DIRECT
    assert waits[-1] < BOUND
    assert figures["bulk meanwhile"] > MINUTES * 60 / SLOW / 3, "the digests went on"
