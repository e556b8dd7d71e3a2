"""`/metrics`: who may read it, what is counted, and that it asks little of the database."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from forum.domain.mailing import events, mail_status
from forum.domain.mailing.mail_queue import queue_mail
from forum.domain.maintenance import records
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Heartbeat, RecurringWork
from forum.models.mail import Lane
from forum.models.maintenance import MaintenanceKind
from tests.factories import make_member, sign_in
from tests.rules.source import ROOT

TOKEN = "Zq3v-8xLm2Wp_7tRb5Yk-JdH4nCs9"
PUBLIC = {"REMOTE_ADDR": "203.0.113.9"}
PROXIED = (
    "X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Port", "Forwarded", "X-Real-IP", "Via", "True-Client-IP",
    "CF-Connecting-IP", "X-Client-Ip", "X-Cluster-Client-IP", "X-Original-Forwarded-For",
)  # fmt: skip


def scrape(client, **options):
    """Every sample by its name and the values of its labels, in the order of their names."""
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_only_this_machine_or_a_token_reads_it_and_to_others_there_is_no_such_page(app, client, monkeypatch):
    absent = client.get("/no-such-page", environ_overrides=PUBLIC)

    def is_read(headers=None, **environ):
        answer = client.get("/metrics", headers=headers, environ_overrides=environ)
        if answer.status_code == 200:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Type"].startswith("text/plain")
            return True
        assert (answer.status_code, answer.mimetype) == (404, absent.mimetype)
        own = re.compile(r"csrf_token\" value=\"[^\"]*\"|/(metrics|no-such-page)")
        assert own.sub("", answer.text) == own.sub("", absent.text)
        return False

    def bearer(token):
        return {"Authorization": f"Bearer {token}"}

    assert is_read()
    assert is_read(REMOTE_ADDR="::1")
    assert not is_read(**PUBLIC)
    assert not is_read(REMOTE_ADDR="")
    for name in PROXIED:
        assert not is_read({name: "127.0.0.1"}), name
    for host in ("127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "localhost:1"):
        assert is_read({"Host": host}), host
    for host in ("forum.example", "localhost.example:80", "[::1", "10.0.0.1"):
        assert not is_read({"Host": host}), host
    for method in ("OPTIONS", "POST", "BREW"):
        hidden, none = (
            client.open(path, method=method, environ_overrides=PUBLIC)
            for path in ("/metrics", "/no-such-page")
        )
        assert hidden.status_code == none.status_code, method
        assert hidden.headers.get("Allow") == none.headers.get("Allow"), method
    assert not is_read(bearer(""), **PUBLIC), "no token is set"
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)
    assert is_read(bearer(TOKEN), **PUBLIC)
    assert is_read({**bearer(TOKEN), "X-Forwarded-For": "203.0.113.9"})
    for wrong in ("", TOKEN[:-1], f"{TOKEN}x", "é"):
        assert not is_read(bearer(wrong), **PUBLIC), wrong
    assert not is_read({"Authorization": TOKEN}, **PUBLIC)
    proxied = {"werkzeug.proxy_fix.orig": {"REMOTE_ADDR": "203.0.113.9"}, "REMOTE_ADDR": "127.0.0.1"}
    assert not is_read(**proxied), "a proxy says for whom it asks, and it is no process of this machine"


def test_requests_are_counted_by_pattern_and_never_by_address(client, leen, gent):
    sign_in(client, leen)
    before = scrape(client)
    known = f"/spaces/{gent.slug}"
    for path in (known, "/spaces/nowhere", "/no-such-page-of-ann", f"{known}?tag=secret"):
        client.get(path)
    client.open("/spaces", method="BREW")
    after = scrape(client)

    def more(*sample):
        return after.get(sample, 0) - before.get(sample, 0)

    assert more("leerkring_requests_total", "GET", "/spaces/<slug>", "2xx") == 2
    assert more("leerkring_requests_total", "GET", "/spaces/<slug>", "4xx") == 1
    assert more("leerkring_requests_total", "GET", "none", "4xx") == 1
    assert more("leerkring_requests_total", "other", "none", "4xx") == 1
    assert more("leerkring_request_duration_seconds_count", "GET", "/spaces/<slug>") == 3
    assert more("leerkring_request_duration_seconds_bucket", "+Inf", "GET", "/spaces/<slug>") == 3
    assert more("leerkring_request_queries_count", "GET", "/spaces/<slug>") == 3
    assert more("leerkring_request_queries_sum", "GET", "/spaces/<slug>") >= 3
    assert not re.search("no-such|secret|nowhere", client.get("/metrics").text)


@pytest.mark.both_databases
def test_the_figures_of_this_moment(client):
    now = clock.now()
    member = make_member("Leen")
    queue_mail("reset_password", key="a", lane=Lane.DIRECT, member_id=member.id)
    queue_mail("digest", key="b", member_id=member.id, lane=Lane.BULK)
    event = events.record("password.changed", member_id=0)
    event.next_try_at = now - timedelta(seconds=30)
    db.session.add(Heartbeat(name="a", at=now - timedelta(seconds=7), lanes="direct"))
    late = now - timedelta(hours=1)
    db.session.add(RecurringWork(name="digests", next_at=late, last_error=""))
    db.session.add(RecurringWork(name="drafts", next_at=now, last_error=""))
    with clock.at(late):
        records.record(MaintenanceKind.BACKUP, name="x", good=True)
    records.record(MaintenanceKind.BACKUP, name="x", good=False)
    db.session.commit()
    with clock.at(now + timedelta(seconds=20)):
        found = scrape(client)
    assert found["leerkring_database_up",] == 1
    assert found["leerkring_mail", "direct", "waiting"] == 1
    assert found["leerkring_mail", "bulk", "failed"] == 0
    assert 19 < found["leerkring_mail_oldest_seconds", "bulk"] <= 20
    assert found["leerkring_mail_oldest_seconds", "slow"] == 0
    assert found["leerkring_event_oldest_seconds",] == 50
    assert found["leerkring_workers",] == 1
    assert found["leerkring_worker_heartbeat_age_seconds",] == 27
    assert found["leerkring_recurring_overdue", "digests"] == 1
    assert found["leerkring_recurring_overdue", "drafts"] == 0
    assert found["leerkring_maintenance_good", "backup"] == 0
    assert found["leerkring_maintenance_age_seconds", "backup"] == 3620, "of the one that can be relied on"
    assert ("leerkring_maintenance_good", "drill") not in found
    assert found["leerkring_disk_free_bytes", "instance"] > 0
    assert found["leerkring_mail_held",] == 0


def test_it_asks_as_little_of_a_full_queue_as_of_an_empty_one(client, count_queries):
    with count_queries() as empty:
        scrape(client)
    member = make_member("Leen")
    for number in range(30):
        queue_mail("digest", key=f"k{number}", member_id=member.id, lane=list(Lane)[number % 4])
        db.session.add(Heartbeat(name=f"w{number}", at=clock.now(), lanes="direct"))
    db.session.commit()
    with count_queries() as full:
        scrape(client)
    assert full.count == empty.count <= 12
    with count_queries() as asked:
        mail_status.lanes()
    if db.engine.dialect.name == "sqlite":
        for statement, index in zip(
            asked.statements, ("COVERING INDEX", "ix_outgoing_mail_sent_at"), strict=True
        ):
            plan = db.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", ("x",) * statement.count("?")
            )
            assert any(index in step[3] for step in plan), statement


def test_without_a_database_requests_and_disks_are_left(client, monkeypatch):
    def gone():
        raise OperationalError("SELECT 1", {}, Exception("no server"))

    monkeypatch.setattr(mail_status, "lanes", gone)
    found = scrape(client)
    assert found["leerkring_database_up",] == 0
    assert found["leerkring_disk_free_bytes", "instance"] > 0
    assert not any(name.startswith("leerkring_mail") for name, *_labels in found)


COUNTING = """
from forum.infra import metrics
from forum import create_app
with create_app({"ENV_NAME": "testing"}).app_context() as context:
    context.app.test_client().get("/healthz")
    print(metrics.text([]).decode())
"""


@pytest.mark.any_database
@pytest.mark.proof
def test_several_processes_count_together_in_a_folder(tmp_path):
    shared = tmp_path / "made" / "when it starts"
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(shared),
        "FORUM_ENV": "",
        "INSTANCE": str(tmp_path),
    }
    for times in (1, 2):
        command = [sys.executable, "-c", COUNTING]
        told = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert f'leerkring_requests_total{{method="GET",route="/healthz",status="2xx"}} {times}.0' in told
    assert shared.stat().st_mode & 0o77 == 0
