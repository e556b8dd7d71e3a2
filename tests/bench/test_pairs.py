"""The benchmark of pairs asks for the same on both sides, and every bar of it can be missed."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine

from bench import bare_lesson, limits, pairs
from bench.forums import made
from bench.pages import Page
from bench.processes import ROOT
from tests.servers import create_database, postgres_server

pytestmark = [pytest.mark.live, pytest.mark.any_database]  # it starts its own PostgreSQL


def side(*costs):
    """One whose pages cost so much in each turn, the first of them to warm up."""
    each = iter((99.0, *costs))
    return pairs.Side(SimpleNamespace(cost=lambda _page, _times: next(each)), [Page("p", "/", False)])


@pytest.mark.parametrize("name", pairs.MOST)
def test_a_pair_is_missed_by_its_median_and_not_by_a_turn_in_which_the_machine_did_much_else(
    monkeypatch, name
):
    monkeypatch.setattr(pairs, "TURNS", 3)
    most = pairs.MOST[name]
    met = pairs.measured(name, side(most, most * 9, most), side(1.0, 1.0, 1.0))
    assert (met["times"], met["met"], met["ms"]) == (most, True, [most, 1.0])
    missed = pairs.measured(name, side(most, most * 1.1, most * 1.1), side(1.0, 1.0, 1.0))
    assert not missed["met"]
    assert [line.split()[0] for line in pairs.lines([met, missed])] == ["met", "MISSED"]


@pytest.mark.proof
def test_both_sides_show_the_same_posts_and_the_same_lesson(monkeypatch):
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with made(ROOT, create_database(postgres_server(), "pairs"), pairs.POSTS, at) as forum:
        told = pairs.prepared(forum)
        assert told["shown"] == {"workbench": 200, "thread": 200}
        monkeypatch.setitem(
            limits.app.extensions, bare_lesson.ENGINE, create_engine(forum.environment["DATABASE_URL"])
        )
        for weight in told["weights"]:
            shown = limits.app.test_client().get(f"{told['bare']}?weight={weight}")
            assert shown.status_code == 200
            assert weight - 100 < len(shown.data) <= weight
            assert (shown.text.count("<h2>"), shown.text.count("<blockquote>")) == (3, 6)
        limits.app.extensions[bare_lesson.ENGINE].dispose()
