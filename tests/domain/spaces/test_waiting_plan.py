"""What waits is found without reading every capacity of the network: the plan, on the database of this run."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event, insert

from forum.domain.spaces import waiting_capacities
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Level, NetworkRole
from forum.models.spaces import Role
from tests.factories import LONG_AGO, actor, make_member, make_space

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
INDEX = "ix_capacity_waiting"
CONFIRMED, WAITING = 3000, 12


@contextmanager
def asked_about_waiting():
    """The statements that look for capacities that wait, with their values."""
    seen = []

    def note(_connection, _cursor, statement, values, *_others):
        if "capacity.confirmed_at IS NULL" in statement:
            seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan(statement, values):
    """How the database finds the rows of a statement, a line for each step."""
    connection = db.session.connection()
    rows = connection.exec_driver_sql(f"{EXPLAIN[connection.dialect.name]} {statement}", values)
    return "\n".join(str(row[-1]) for row in rows)


@pytest.fixture
def network(session):
    """A moderator of Gent, an administrator, and a network in which nearly every capacity is confirmed."""
    gent = make_space("Gent", city="gent")
    wouter = make_member("Wouter", space=gent, role=Role.MODERATOR)
    beheer = make_member("Beheer", network_role=NetworkRole.ADMIN)
    people = [make_member(f"Somebody {number}", space=gent).id for number in range(WAITING)]
    common = {"function": "coach", "level": Level.FIELD, "body": Body.CITY, "starts_on": LONG_AGO.date()}
    rows = [
        {
            "member_id": people[number % WAITING],
            "city": ("gent", "genk")[number % 2],
            "confirmed_at": LONG_AGO,
        }
        for number in range(CONFIRMED)
    ]
    rows += [
        {"member_id": one, "city": ("gent", "genk", None)[number % 3], "confirmed_at": None}
        for number, one in enumerate(people)
    ]
    db.session.execute(insert(Capacity), [{**common, **row} for row in rows])
    return gent, actor(wouter), actor(beheer)


@pytest.mark.parametrize("known", [False, True], ids=["without statistics", "with statistics"])
def test_what_waits_is_found_by_its_index(network, known):
    gent, wouter, beheer = network
    if known:
        db.session.execute(sa.text("ANALYZE"))
    with asked_about_waiting() as seen:
        assert [line.count for line in waiting_capacities.of_others(wouter)] == [8]
        assert len(waiting_capacities.of_space(wouter, gent.id).rows) == 8
        assert [line.count for line in waiting_capacities.of_others(beheer)] == [4]
    assert len(seen) == 3
    for statement, values in seen:
        found = plan(statement, values)
        assert INDEX in found, found
    # A question that has no such index does read the table, so the plan can tell.
    ended = sa.select(Capacity.id).where(Capacity.added_at > LONG_AGO + timedelta(days=1))
    statement = str(ended.compile(db.engine, compile_kwargs={"literal_binds": True}))
    assert INDEX not in plan(statement, ())
