"""Threads that are ripe are found among those of the actor's spaces in which several cities spoke, by their index."""

import re
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import insert, select

from forum.domain.lessons.workbench.queues import ripe
from forum.domain.lessons.workbench.queues.window import Window
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Role
from forum.models.threads import PostKind, Thread
from tests.domain.lessons.test_library_plans import plans, statements
from tests.factories import actor, make_member, make_post, make_space, make_thread

THREADS, OWN = 6000, 60  # in the network, and in the spaces that are moderated


@pytest.mark.both_databases
def test_what_is_ripe_is_found_by_the_index_however_large_the_network_is(session):
    here, elsewhere = make_space("Gent", city="gent"), make_space("Genk", city="genk")
    author, other = make_member("Leen", space=here), make_member("Karim", space=elsewhere)
    moderator = make_member("Wouter", space=here, role=Role.MODERATOR)
    thread = make_thread(here, author, title="Ripe")
    make_post(thread, other, kind=PostKind.APPLICATION)
    thread.last_post_at = clock.now() - timedelta(days=20)
    db.session.flush()
    row = {
        each.key: getattr(thread, each.key) for each in sa.inspect(Thread).column_attrs if each.key != "id"
    }
    more = [
        row
        | {
            "space_id": here.id if number < OWN else elsewhere.id,
            "title": f"Thread {number}",
            "idempotency_key": f"many-{number}",
            "cities": ["gent"] if number % 2 else ["gent", "genk"],
        }
        for number in range(THREADS)
    ]
    db.session.execute(insert(Thread), more)
    assert db.session.scalar(select(sa.func.count(Thread.id))) == THREADS + 1
    db.session.execute(sa.text("ANALYZE"))
    began = time.perf_counter()
    with statements() as seen:
        found = ripe.of(actor(moderator), Window())
    assert [one.title for one in found.items] == ["Ripe"]
    assert time.perf_counter() - began < 1
    (plan,) = [plan for plan in plans(seen) if "ix_thread" in plan or "thread" in plan]
    assert "ix_thread_space_id_of_cities" in plan, plan
    assert not re.search(r"SCAN thread\b|Seq Scan on thread\b", plan), plan
