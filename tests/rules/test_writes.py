"""Nothing is written without a token, and looking changes nothing: both for every route of the house."""

import pytest
from sqlalchemy import func, select

from forum.infra import clock
from forum.infra.db import db
from tests.factories import csrf_for, sign_in
from tests.rules import leak_scenario
from tests.rules.test_leak_walk import BAIT

# The signed link in a mail is the permission itself; mail clients press that button without a session (RFC 8058).
WITHOUT_TOKEN = {"unsubscribe.stop"}
# What looking may move: how far somebody has read, and when a device was last seen.
MOVED_BY_LOOKING = {"read_mark", "read_ahead", "sign_in"}


@pytest.fixture
def world(session):
    return leak_scenario.build()


def addresses(app, world, method):
    """One address of every route that takes `method`, with its endpoint."""
    with app.test_request_context():
        adapter = app.url_map.bind("forum.test")
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.endpoint != "static":
                values = {name: BAIT[name](world)[0] for name in rule.arguments}
                yield rule.endpoint, adapter.build(rule.endpoint, values, method=method)


def everything():
    """How many rows each table has, and a sum over what they hold."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in MOVED_BY_LOOKING:
            rows = db.session.execute(select(table)).all()
            found[table.name] = (len(rows), hash(tuple(sorted(map(repr, rows)))))
    return found


def test_no_route_writes_without_a_token(app, world):
    moderator = app.test_client()
    sign_in(moderator, world.moderator)
    csrf_for(moderator)
    before, tried = everything(), 0
    for endpoint, address in addresses(app, world, "POST"):
        if endpoint in WITHOUT_TOKEN:
            continue
        answer = moderator.post(address, data={"body": "x", "title": "x", "reason": "x", "audience": "space"})
        assert 400 <= answer.status_code < 500, f"{address} answered {answer.status_code} without a token"
        wrong = moderator.post(address, data={"body": "x", "csrf_token": "forged"})
        assert 400 <= wrong.status_code < 500, f"{address} answered {wrong.status_code} to a forged token"
        tried += 1
    assert tried > 30
    db.session.expire_all()
    assert everything() == before


def test_looking_changes_nothing(app, world):
    moderator = app.test_client()
    sign_in(moderator, world.moderator)
    before = everything()
    for _endpoint, address in addresses(app, world, "GET"):
        moderator.get(address)
        moderator.head(address)
    db.session.expire_all()
    assert everything() == before


def test_the_comparison_sees_a_change(app, world):
    before = everything()
    world.thread.locked_at = clock.now()
    db.session.flush()
    assert everything() != before
    assert db.session.scalar(select(func.count()).select_from(db.metadata.tables["thread"]))
