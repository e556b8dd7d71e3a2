"""Each check sees the fault that is planted, and nothing else; the demo network has none."""

import json
import shutil
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from forum import create_app
from forum.domain.doctor import examination
from forum.domain.lessons import weakened
from forum.domain.mailing import mail_queue
from forum.domain.threads import posts, threads
from forum.infra import clock
from forum.infra.db import db
from forum.infra.tokens import digest
from forum.models.accounts import Member
from forum.models.adoptions import AdoptionReport
from forum.models.events import Heartbeat
from forum.models.lessons import Lesson
from forum.models.mail import Lane
from tests import servers
from tests.conftest import POSTGRES, copied_database, settings_for
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.sweeps import few_of, on_one_database

pytestmark = pytest.mark.live
CITIES = ("gent", "leuven", "aalst")
LANES = ",".join(lane.value for lane in Lane)
DROP = "DROP TRIGGER lesson_version_sealed" + (" ON lesson_version" if POSTGRES else "")
A_REPLY = "id = (SELECT max(id) FROM post WHERE number > 1)"
PUBLISHED = "id = (SELECT min(id) FROM lesson WHERE state = 'published')"
CURRENT = f"(SELECT current_id FROM lesson WHERE {PUBLISHED})"
AN_OLD = (
    "(SELECT min(v.id) FROM lesson_version v JOIN lesson l ON l.id = v.lesson_id"
    " WHERE v.number IS NOT NULL AND v.id <> l.current_id)"
)
OPEN = "c.version_id IN (SELECT id FROM lesson_version WHERE number IS NULL)"
FAULTS = {
    "thread counts": "UPDATE thread SET post_count = post_count - 1 WHERE id = (SELECT min(id) FROM thread)",
    "thread cities": "DELETE FROM thread_city WHERE thread_id = (SELECT min(thread_id) FROM thread_city)",
    "field voices": "UPDATE thread SET told_by_field = NOT told_by_field"
    " WHERE id = (SELECT min(id) FROM thread)",
    "first answers": "UPDATE thread SET answered_at = NULL"
    " WHERE id = (SELECT min(id) FROM thread WHERE answered_at IS NOT NULL)",
    "thread numbers": f"UPDATE post SET number = 5000 WHERE {A_REPLY}",
    "read marks": "INSERT INTO read_mark (member_id, thread_id, last_number, read_at)"
    " SELECT max(m.id), max(t.id), 9999, max(t.created_at) FROM member m, thread t",
    "library counts": "UPDATE library_count SET number = number + 1"
    " WHERE id = (SELECT min(id) FROM library_count)",
    "library orders": "UPDATE lesson SET applied_in = applied_in + 1 WHERE id = (SELECT min(id) FROM lesson)",
    "excerpt places": "UPDATE excerpt SET start_at = start_at + 1, end_at = end_at + 1"
    " WHERE id = (SELECT min(id) FROM excerpt)",
    "excerpt hashes": f"UPDATE excerpt SET sha256 = '{digest('')}' WHERE id ="
    f" (SELECT min(e.id) FROM excerpt e JOIN claim c ON c.id = e.claim_id WHERE {OPEN})",
    "consent hashes": "UPDATE consent SET words = words || '!' WHERE id = (SELECT min(id) FROM consent)",
    "consents": "UPDATE excerpt SET consent_id = NULL"
    " WHERE consent_id IN (SELECT id FROM consent WHERE NOT city_shown)",
    "sealed excerpts": "UPDATE excerpt SET removal = 'withdrawn' WHERE id ="
    f" (SELECT min(e.id) FROM excerpt e JOIN claim c ON c.id = e.claim_id WHERE {OPEN})",
    "weakened lessons": f"UPDATE lesson SET weakened_at = changed_at WHERE {PUBLISHED}",
    "cities of lessons": f"UPDATE lesson_version SET masked = NOT masked WHERE id = {AN_OLD}",
    "masked cities": """UPDATE lesson_version SET cities = '["antwerpen"]' WHERE masked AND number IS NOT NULL""",
    "reviews": f"UPDATE lesson_review SET verdict = 'returned' WHERE version_id = {CURRENT}",
    "own reviews": "UPDATE lesson_review SET reviewer_id ="
    " (SELECT v.created_by_id FROM lesson_version v WHERE v.id = version_id)"
    " WHERE id = (SELECT min(id) FROM lesson_review)",
    "four eyes": "UPDATE lesson_review SET city = 'oostende'"
    " WHERE id = (SELECT min(id) FROM lesson_review WHERE basis = 'city')",
    "answers of reviewers": "UPDATE lesson_review SET recognition = 'not_asked' WHERE recognition = 'nobody'",
    "orphans membership.space_id": "UPDATE membership SET space_id = 999999 WHERE id ="
    " (SELECT min(id) FROM membership)",
    "opening posts": "UPDATE post SET number = 0 WHERE id = (SELECT min(post.id) FROM post"
    " JOIN thread ON thread.id = thread_id WHERE number = 1 AND NOT told_by_field)",
    "merged threads": "UPDATE thread SET merged_at = created_at WHERE id = (SELECT min(id) FROM thread)",
    "moved posts": "INSERT INTO moved_post (thread_id, number, post_id, moved_at)"
    " SELECT thread_id, number, id, created_at FROM post WHERE id = (SELECT min(id) FROM post)",
    "hidden versions": "UPDATE post_revision SET hidden_at = created_at WHERE number = 1 AND post_id ="
    " (SELECT min(id) FROM post WHERE revision = 1)",
    "revisions": f"UPDATE post SET revision = 99 WHERE {A_REPLY}",
    "versions": "UPDATE lesson SET working_id = (SELECT min(v.id) FROM lesson_version v"
    f" WHERE v.lesson_id <> lesson.id) WHERE {PUBLISHED}",
    "sealed versions": f"UPDATE lesson SET public_id = NULL WHERE {PUBLISHED}",
    "sources": "DELETE FROM lesson_source WHERE lesson_id = (SELECT lesson_id FROM lesson_version"
    " WHERE id = (SELECT min(version_id) FROM claim))",
    "guards": DROP,
    "strange triggers": """CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER evil AFTER INSERT ON heartbeat FOR EACH ROW EXECUTE FUNCTION evil()"""
    if POSTGRES
    else "CREATE TRIGGER evil AFTER INSERT ON heartbeat BEGIN DELETE FROM restored_copy; END",
    "sent drafts": "UPDATE draft SET sent_at = changed_at WHERE id = (SELECT min(id) FROM draft)",
    "accepted drafts": "UPDATE draft SET idempotency_key = (SELECT min(idempotency_key) FROM post"
    " WHERE author_id = member_id) WHERE id = (SELECT min(id) FROM draft WHERE sent_at IS NULL"
    " AND member_id IN (SELECT author_id FROM post))",
    "digest items": "INSERT INTO digest_item (digest_id, kind, item_id)"
    " SELECT min(id), 'thread', 999999 FROM digest",
    "future rows": f"UPDATE post SET edited_at = '2099-01-01 00:00:00' WHERE {A_REPLY}",
    "events": "UPDATE event SET handled_at = NULL, next_try_at = '2026-01-01 00:00:00'"
    " WHERE id = (SELECT min(id) FROM event)",
    "events set aside": "UPDATE event SET handled_at = NULL, failed_at = created_at"
    " WHERE id = (SELECT min(id) FROM event)",
    "mail failed": "UPDATE outgoing_mail SET state = 'failed'",
    "mail uncertain": "UPDATE outgoing_mail SET state = 'uncertain'",
    "mail bulk": "UPDATE outgoing_mail SET lane = 'bulk', next_try_at = '2026-01-01 00:00:00'",
    "mail held": "INSERT INTO restored_copy (id, backup_made_at, restored_at)"
    " VALUES (1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
    "recurring work": "INSERT INTO recurring_work (name, next_at, failures, last_error)"
    " VALUES ('tidy', '2026-01-01 00:00:00', 0, '')",
    "workers": "DELETE FROM heartbeat",
    "migrations": "UPDATE alembic_version SET version_num = '8001'",
}

ALSO = {"masked cities": ["library counts"]}  # the library counts what a lesson names
ASKED_DIFFERENTLY = (
    "guards",
    "strange triggers",
    "orphans membership.space_id",
    "future rows",
)  # of the two databases
FEW = ("thread counts", "excerpt hashes", "consents")


class Network:
    """The demo, with a worker that lives, a mail and a digest; `plant` brings it back and puts one fault in it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.app, self.url = create_app(settings_for(url, folder) | {"DEMO": True}), make_url(url)
        self.app.config["ROOT"] = folder  # where no `.env` of who runs the tests is
        with self.app.app_context():
            member_id = db.session.scalars(db.select(db.func.min(Member.id))).one()
            mail_queue.queue_mail("reset_password", key="k", member_id=member_id, lane=Lane.DIRECT)
            db.session.execute(
                text(
                    "INSERT INTO digest (member_id, period, starts_at, ends_at, state, reason, created_at) SELECT"
                    " min(id), 'day:2026-01-05', min(created_at), min(created_at), 'sent', '',"
                    " min(created_at) FROM member"
                )
            )
            db.session.add(Heartbeat(name="here", at=clock.now() + timedelta(seconds=25), lanes=LANES))
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        self.whole = copied_database(url, folder / "whole")

    def plant(self, statement: str) -> None:
        """Make it whole again, and run a statement that neither keys nor triggers look at."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            if POSTGRES:
                servers.create_database(self.whole, self.url.database, template=make_url(self.whole).database)
            else:
                shutil.copyfile(make_url(self.whole).database, self.url.database)
            unguarded(statement)

    def found(self, **options) -> list:
        with self.app.app_context():
            return [finding for finding in examination.examine(**options) if not finding.warns]


def unguarded(*statements: str) -> None:
    """Run these, and let neither keys nor triggers look."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.rollback()
        driver.execute("SET session_replication_role = replica" if POSTGRES else "PRAGMA foreign_keys = OFF")
        for statement in statements:
            driver.execute(statement)
        driver.commit()
        connection.invalidate()


@pytest.fixture(scope="module")
def network(tmp_path_factory, demo_network) -> Network:
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "whole").mkdir()
    made = Network(copied_database(demo_network(), folder), folder)
    yield made
    with made.app.app_context():
        db.engine.dispose()


def test_what_the_two_databases_are_asked_in_different_words(live_app):
    with live_app.app_context():
        space = make_space("Gent")
        member = make_member("Noor", space=space)
        make_post(make_thread(space, member), member)
        db.session.add(Heartbeat(name="here", at=clock.now() + timedelta(seconds=25), lanes=LANES))
        db.session.commit()
        before = {finding.check for finding in examination.examine()}
        unguarded(*(FAULTS[check] for check in ASKED_DIFFERENTLY))
        with clock.at(clock.now() + timedelta(seconds=40 if POSTGRES else 0)):
            after = {finding.check for finding in examination.examine()}
    # SQLite has no clock of its own.
    assert after - before == {*ASKED_DIFFERENTLY, *(["clock"] if POSTGRES else [])}


@on_one_database
def test_the_demo_network_has_no_fault(network):
    network.plant("DELETE FROM read_mark")
    assert network.found() == []


@on_one_database
@pytest.mark.parametrize("check", few_of(FAULTS, *FEW))
def test_a_fault_is_found_and_nothing_else(network, check):
    network.plant(FAULTS[check])
    found = network.found()
    assert [finding.check for finding in found] == [*ALSO.get(check, ()), check]
    assert found[-1].count >= 1


@on_one_database
def test_reports_that_light_a_city_wrongly_are_found_by_their_lessons(network):
    """The numbers of these lessons stay as they are: only what the filter of the library goes by is wrong."""
    first = "SELECT min(id) FROM adoption_report GROUP BY lesson_id ORDER BY lesson_id LIMIT 2"
    network.plant(f"UPDATE adoption_report SET lights = NOT lights WHERE id IN ({first})")
    with network.app.app_context():
        reported = db.select(AdoptionReport.lesson_id).distinct().order_by(AdoptionReport.lesson_id).limit(2)
        lesson_ids = tuple(db.session.scalars(reported))
        db.session.remove()
    assert len(lesson_ids) == 2
    assert [(one.check, one.ids) for one in network.found()] == [("library orders", lesson_ids)]


@pytest.mark.proof
def test_a_synthetic_network_has_no_fault_in_its_data(live_app):
    words = ["--members", "80", "--threads", "120", "--posts", "2400", "--lessons", "60"]
    assert live_app.test_cli_runner().invoke(args=["bench", "seed", *words]).exit_code == 0
    with live_app.app_context():
        assert examination.examine(data_only=True) == []


@pytest.mark.proof
def test_nothing_is_found_in_what_changes_meanwhile(live_app):
    with live_app.app_context():
        space = make_space("Gent", city="gent")
        thread_id = make_thread(space, make_member("Noor", space=space)).id
        writers = [
            actor(make_member(f"Writer {number}", space=space, city=city))
            for number, city in enumerate(CITIES)
        ]
        db.session.commit()
        db.session.remove()
    until = time.monotonic() + 6

    def write(writer) -> int:
        written = 0
        while time.monotonic() < until:
            with live_app.app_context():
                post = threads.reply(
                    writer, thread_id, body="Nog iets.", idempotency_key=str(uuid.uuid4()), once_more=True
                )
                db.session.commit()
                if written % 3 == 0:
                    posts.take_back(writer, post.id)
                    db.session.commit()
            written += 1
        return written

    looks = 0
    with live_app.app_context(), ThreadPoolExecutor(len(writers)) as pool:
        at_work = [pool.submit(write, writer) for writer in writers]
        while time.monotonic() < until:
            assert examination.examine(data_only=True) == []
            looks += 1
    assert looks > 3
    assert min(each.result() for each in at_work) > 3


@on_one_database
def test_a_consent_that_was_taken_back_is_no_fault_and_said(network):
    network.plant("UPDATE consent SET agreed = false WHERE NOT city_shown")
    with network.app.app_context():
        assert [finding.check for finding in network.found()] == ["weakened lessons"]
        weakened.look(db.session.scalars(db.select(Lesson)))
        db.session.commit()
        assert network.found() == []
        assert "consents that ended" in [finding.check for finding in examination.examine(data_only=True)]


@on_one_database
def test_files_that_others_can_read(network):
    network.plant("DELETE FROM read_mark")
    secret = Path(network.app.config["INSTANCE"]) / "secret"
    secret.write_text("x")
    secret.chmod(0o644)
    assert [(finding.check, finding.ids) for finding in network.found()] == [("file rights", ("secret",))]
    assert network.found(data_only=True) == []
    secret.unlink()


@on_one_database
def test_the_command_says_it_in_lines_or_as_json_and_ends_with_one(network):
    network.plant(FAULTS["revisions"])
    with network.app.app_context():
        shown_id = db.session.scalar(text("SELECT id FROM post WHERE revision = 99"))
    runner = network.app.test_cli_runner()
    lines = runner.invoke(args=["doctor"])
    assert lines.exit_code == 1
    assert f"wrong: revisions: 1: posts without the text that they show ({shown_id})\n" in lines.stdout
    assert "warning: settings: " in lines.stdout
    as_json = runner.invoke(args=["doctor", "--json"])
    assert as_json.exit_code == 1
    found = json.loads(as_json.stdout)
    assert found["good"] is False
    assert [each["check"] for each in found["findings"] if not each["warns"]] == ["revisions"]
    network.plant("DELETE FROM read_mark")
    assert runner.invoke(args=["doctor"]).exit_code == 0
