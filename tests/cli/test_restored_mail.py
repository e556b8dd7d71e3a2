"""A restored copy mails nobody twice: nothing while it is held, and after that nothing that was due before."""

from datetime import timedelta

import pytest

from forum import create_app
from forum.domain.digests import subscriptions, windows
from forum.domain.mailing import events, hold, mail_queue
from forum.infra import clock
from forum.infra.db import db
from forum.models.mail import Lane, MailState
from forum.models.subscriptions import DigestState, Frequency
from tests import servers
from tests.cli.backup_runs import another, fitting_programs, inside, run, said
from tests.conftest import settings_for
from tests.factories import actor, make_member, make_space, make_thread
from tests.jobs.workers import states, window_states

__all__ = ["fitting_programs"]
pytestmark = [pytest.mark.live, pytest.mark.usefixtures("fitting_programs")]
WAITING = 20


@pytest.fixture
def smtp():
    """A mail server of this test alone."""
    with servers.smtp_server() as server:
        yield server


def owing(app) -> int:
    """A forum that owes mail at this moment: queued, an event nobody handled, windows of digests that have ended."""
    with inside(app):
        space = make_space("Aalst")
        people = [make_member(f"Reader {number}", space=space) for number in range(WAITING)]
        for person in people:
            queue(person.id, "before")
        events.record("password.changed", member_id=people[0].id)
        for person in people[:5]:
            with clock.at(clock.now() - timedelta(days=30)):
                subscriptions.choose(actor(person), frequency=Frequency.DAILY)
        make_thread(space, people[-1], at=clock.now() - timedelta(hours=36))
        db.session.commit()
        return people[0].id


def queue(member_id: int, when: str) -> None:
    mail_queue.queue_mail(
        "password_changed", key=f"{when}.{member_id}", member_id=member_id, lane=Lane.DIRECT
    )


def test_a_restored_copy_sends_nothing_that_the_other_one_sends(live_app, smtp, tmp_path):
    member_id = owing(live_app)
    said(run(live_app, "backup", tmp_path / "a"))
    copy = another(tmp_path / "copy", SMTP_URL=smtp.url)
    said(run(copy, "restore", tmp_path / "a"))
    said(run(copy, "worker", "--until-idle"))
    assert smtp.received == []
    with inside(copy):
        queue(member_id, "after")
        db.session.commit()
    said(run(copy, "worker", "--until-idle"))
    assert smtp.received == [], "it is held"
    said(run(copy, "mail", "release"))
    said(run(copy, "worker", "--until-idle"))
    assert len(smtp.received) == 1
    mails, opened = states(copy), window_states(copy)
    assert mails == {MailState.CANCELLED: WAITING + 1, MailState.SENT: 1}
    assert opened == {DigestState.SKIPPED: 5}, "not even made"
    with inside(copy):
        assert not hold.is_held()
        queue(member_id, "later")
        windows.open_all(clock.now() + timedelta(days=1))
        db.session.commit()
    said(run(copy, "worker", "--until-idle"))
    assert len(smtp.received) > 1, "what falls due from now on goes out"
    before = len(smtp.received)
    first = create_app(
        {**settings_for(live_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path), "SMTP_URL": smtp.url}
    )
    said(run(first, "worker", "--until-idle"))
    assert len(smtp.received) - before == WAITING + 1 + 5, "that was due all the time"
