"""The benchmark of digests makes a network, makes letters of it, and lets workers hand others over."""

import pytest

from bench import digests
from tests.postgres import create_database, start_postgres

pytestmark = [pytest.mark.live, pytest.mark.any_database]  # it starts its own PostgreSQL
TINY = "--threads 30 --rounds 2 --round 20 --letters 20"


def found(*, wall=10.0, together=6.0, memory=150.0, grown=5.0, statements=1.0, made_ms=3.5):
    """What a run could have found."""
    run = {
        "letters": 20,
        "worker_ms": 5.0,
        "database_ms": 2.0,
        "server_ms": 1.0,
        "cores_busy": 1.0,
        "waits": {},
        "memory_warm_mb": 90.0,
        "memory_halfway_mb": 92.0,
        "memory_ended_mb": 90.0 + grown,
    }
    made = {"letters": 20, "wall_ms": 7.0, "worker_ms": made_ms, "database_ms": 2.0, "statements": statements}
    return {
        "members": 60,
        "threads": 30,
        "rounds": [made, made],
        "sent_statements": 9.0,
        "runs": [
            {**run, "workers": 1, "wall_ms": wall, "memory_mb": 100.0},
            {**run, "workers": 2, "wall_ms": together, "memory_mb": memory},
        ],
    }


def missed(one):
    return [check["check"] for check in digests.checks(one) if not check["met"]]


def test_every_bar_of_digests_can_be_missed():
    assert missed(found()) == []
    assert missed(found(wall=12.1)) == ["ms a letter handed over, one worker"]
    assert missed(found(together=7.2)) == ["two workers, times one"]
    assert missed(found(memory=200.0)) == ["megabytes of a worker"]
    assert missed(found(grown=10.1)) == ["megabytes that a warm worker grew"]
    assert missed(found(made_ms=4.1)) == ["ms of processor time to make a letter"]
    assert missed(found(statements=2.1)) == ["statements to make a letter"]
    with pytest.raises(ValueError, match="60 letters needs as many members"):
        digests.measured("", 0, 59, digests.arguments(TINY.split()))


@pytest.mark.proof
def test_letters_are_made_and_handed_over_by_one_worker_and_by_two():
    url, database = start_postgres({})
    asked = digests.arguments(TINY.split())
    one = digests.measured(create_database(url, "digests"), database, 60, asked)
    # All of the sample, and nothing but digests: 20 were sent to memory.
    assert [(run["workers"], run["letters"]) for run in one["runs"]] == [(1, 20), (2, 20)]
    assert [(each["letters"], each["made"]) for each in one["rounds"]] == [(20, 20), (20, 20)]
    assert all(run[cost] > 0 for run in one["runs"] for cost in ("wall_ms", "worker_ms", "database_ms"))
    assert one["sent_statements"] > min(each["statements"] for each in one["rounds"]) > 0
    words = "\n".join(digests.lines(one))
    assert "Sampled: 40 letters made in 2 rounds, 20 and 20 handed over." in words
