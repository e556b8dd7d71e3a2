"""The benchmark of search fills a network, and asks it everything that it measures."""

import pytest

from bench import searching
from bench.forums import settings
from tests.postgres import create_database, start_postgres

pytestmark = [pytest.mark.live, pytest.mark.any_database]  # it starts its own PostgreSQL
SEEDED = "rows: 20 in 1.0 s, {} posts a second; indexes and keys: 0.5 s; search: 15.0 s"


def found(*, rare=5.0, common=20.0, wait=140.0, apart=-1.9, seeded=5_000, database="PostgreSQL"):
    """What a run could have found."""
    return {
        "database": database,
        "posts": 20,
        "seeding": SEEDED.format(seeded),
        "writing_ms": {"with": 6.0, "without": 5.0},
        "times_limit_2": {"rare word": rare, "common word": common},
        "p95_ms": {"rare word": 20.0, "common word": 90.0},
        "p95_of_all_ms": wait,
        "apart_ms": {"a word": apart},
    }


def missed(one):
    return [check["check"] for check in searching.checks(one) if not check["met"]]


def test_every_bar_of_search_can_be_missed():
    assert missed(found()) == []
    assert missed(found(rare=6.1)) == ["rare word, times limit 2"]
    assert missed(found(common=25.1)) == ["common word, times limit 2"]
    assert missed(found(wait=150.1)) == ["ms for 95 of 100"]
    assert missed(found(apart=-2.1)) == ["ms apart, a word"]
    assert missed(found(seeded=4_999)) == ["posts seeded a second"]
    assert missed(found(seeded=4_999, database="SQLite")) == []


@pytest.mark.proof
def test_a_network_is_filled_and_asked_in_either_database(tmp_path):
    url, database = start_postgres({})
    sqlite = f"sqlite:///{tmp_path / 'forum.db'}"
    for name, address, process in (
        ("PostgreSQL", create_database(url, "s"), database),
        ("SQLite", sqlite, 0),
    ):
        place = searching.prepared(name, 1_500, settings(address, str(tmp_path)), process)
        one = searching.measured(place, seconds=1, times=2)
        assert {*one["times_limit_2"]} == {*one["p95_ms"]} == {*place.told["kinds"]}
        assert all(times > 1 for times in one["times_limit_2"].values())
        assert {*one["apart_ms"]} == {"qalvoride", "qelvunide", "qirvosude"}
        assert len(searching.lines(one)) > 10
