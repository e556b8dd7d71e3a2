"""What the home page costs whoever looks after something: a few queries for each queue that has anything.

As many on either database; what they ask PostgreSQL, tests/domain/digests/test_needs.py asks it of everybody.
"""

from forum.domain.inbox import waiting
from forum.infra.db import db
from forum.models.accounts import Member
from tests.domain.digests.test_needs import everybody, everything_waits
from tests.factories import sign_in

ENGLISH = {"Accept-Language": "en"}
NOTHING_WAITS = 9  # where the week was quiet, for an administrator, who hears of a restored copy; else 5
# What a queue with anything costs where it is more than one query: who may check a version is asked of its makers, of
# whom it quotes and of whom it was asked; a lesson that lost words of its claims.
MORE = {"reviews": 3, "came_back": 5, "weakened": 2}


def cost(app, who, count_queries):
    with app.test_client() as client:
        sign_in(client, db.session.get(Member, who.id))
        client.get("/", headers=ENGLISH)
        with count_queries() as seen:
            assert client.get("/", headers=ENGLISH).status_code == 200
    return seen.count


def test_moderators_pay_for_the_queues_that_have_anything_and_not_for_how_much(app, session, count_queries):
    costs = []
    for _turn in range(2):
        everything_waits()
        db.session.commit()
        found = {}
        for who in everybody():
            waits = waiting.of(who)
            queues = frozenset(name for name in waiting.QUEUES if getattr(waits, name))
            found[queues] = max(found.get(queues, 0), cost(app, who, count_queries))
        costs.append(found)
    assert costs[0] == costs[1]
    assert {name for queues in costs[0] for name in queues} == waiting.QUEUES.keys()
    for queues, queries in costs[0].items():
        assert queries <= NOTHING_WAITS + sum(MORE.get(name, 1) for name in queues), queues
