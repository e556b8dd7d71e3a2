"""`flask worker` and `flask digests send`, as somebody types them."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.digests import subscriptions
from forum.infra import clock
from forum.infra.db import db
from forum.models.subscriptions import Digest, DigestState, Frequency
from tests.factories import actor, make_member, make_space, make_thread

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


@pytest.fixture
def readers():
    """Two members of Aalst with a weekly digest, and something to read."""
    space = make_space("Aalst")
    people = [make_member(name, space=space) for name in ("Dirk", "Nadia")]
    for person in people:
        with clock.at(MONDAY - timedelta(days=60)):
            subscriptions.choose(actor(person), frequency=Frequency.WEEKLY)
    make_thread(space, make_member("Ann", space=space), title="Who cleans?", at=MONDAY - timedelta(days=1))
    db.session.commit()
    return people


def run(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def states():
    """Of that week; the worker may have opened others by its own clock."""
    return db.session.scalars(db.select(Digest.state).where(Digest.period == "week:2026-11-30")).all()


def test_sending_for_a_moment_queues_what_ended_by_then_and_the_worker_sends_it(app, readers, sent):
    answer = run(app, "digests", "send", "--at", "2026-11-30T07:00+01:00")
    assert (answer.exit_code, answer.output) == (0, "Digests queued: 2.\n")
    assert run(app, "digests", "send", "--at", "2026-11-30T07:00+01:00").output == "Digests queued: 0.\n"
    assert run(app, "worker", "--until-idle").exit_code == 0
    assert {message["To"] for message in sent} == {person.email for person in readers}
    assert states() == [DigestState.SENT] * 2


def test_a_dry_run_prints_the_letters_and_keeps_nothing(app, readers, sent):
    answer = run(app, "digests", "send", "--dry-run", "--at", "2026-11-30T06:00")
    assert answer.exit_code == 0
    assert answer.output.count("Who cleans?") == 2
    assert "week:2026-11-30" in answer.output
    assert states() == []
    assert sent == []


def test_for_one_member_only(app, readers):
    answer = run(app, "digests", "send", "--at", "2026-11-30T06:00", "--member", readers[0].email.upper())
    assert answer.output == "Digests queued: 1.\n"
    assert [d.member_id for d in db.session.scalars(db.select(Digest))] == [readers[0].id]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "next week"), "2026-11-30T07:00+01:00"),
        (("--member", "nobody@people.test"), "Nobody has the address"),
    ],
)
def test_what_cannot_be_done_is_said(app, words, said):
    answer = run(app, "digests", "send", *words)
    assert answer.exit_code != 0
    assert said in answer.output
    assert states() == []


def test_a_lane_that_is_none_is_refused_with_the_names_of_those_there_are(app):
    for lanes in ("fast", "direct,fast", ","):
        answer = run(app, "worker", "--lanes", lanes)
        assert answer.exit_code == 2
        assert "direct,notice,bulk,slow" in answer.output
