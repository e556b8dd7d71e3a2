"""The benchmark measures what it says: processor time of whole families of processes, rows, and true ratios."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import limits, pages, run, table, writers
from bench.forums import Forum, made
from bench.measure import Measured
from bench.pages import Page
from bench.prepare import size_for
from bench.processes import ROOT, cpu_seconds, family
from bench.report import report
from bench.rows import Statement, outline, prepared, rows_of
from tests.servers import create_database, postgres_server

pytestmark = [pytest.mark.live, pytest.mark.any_database]  # it starts its own PostgreSQL

BUSY = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < 0.3: pass\n"
CHILD = BUSY + "time.sleep(30)"
PARENT = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {CHILD!r}])\ntime.sleep(30)"
SCAN = {"Node Type": "Seq Scan", "Relation Name": "post", "Actual Rows": 2.5, "Actual Loops": 4}
LOOKED_UP = {"Node Type": "Index Scan", "Relation Name": "thread", "Actual Rows": 1, "Actual Loops": 10}


def test_the_time_of_children_counts():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], start_new_session=True)
    try:
        until = time.monotonic() + 30
        while cpu_seconds(parent.pid) < 0.3 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(family(parent.pid)) == 2
        assert cpu_seconds(parent.pid) >= 0.3
    finally:
        os.killpg(parent.pid, 9)
        parent.wait(10)


def test_the_first_limit_is_forty_kilobytes_of_ready_html():
    answer = limits.app.test_client().get("/ready")
    assert answer.status_code == 200
    assert 39_000 < len(answer.data) < 43_000


def test_a_query_is_prepared_with_numbers_for_its_values():
    asked = Statement(
        "SELECT %(b)s::INTEGER, 'a%%' WHERE x = %(a)s OR y = %(b)s", {"a": 1, "b": "two", "c": 3}
    )
    assert prepared(asked) == ("SELECT $1::INTEGER, 'a%' WHERE x = $2 OR y = $1", ["two", 1])


def test_rows_are_those_that_scans_take_from_tables():
    filtered = {**SCAN, "Rows Removed by Filter": 100}
    bitmap = {"Node Type": "Bitmap Index Scan", "Actual Rows": 50, "Actual Loops": 1}
    plan = {
        "Node Type": "Nested Loop",
        "Actual Rows": 7,
        "Actual Loops": 1,
        "Plans": [filtered, bitmap, LOOKED_UP],
    }
    assert rows_of(plan) == {"post": 410, "thread": 10}


def test_a_query_is_known_by_what_it_asks_from():
    inner = "(SELECT count(*) FROM post WHERE post.thread_id = thread.id)"
    joined = "thread JOIN space ON space.id = thread.space_id LEFT OUTER JOIN read_mark ON (read_mark.thread_id = 1)"
    sql = f"SELECT thread.id, {inner} AS n\nFROM {joined}\nWHERE thread.id IN (SELECT id FROM tag) LIMIT 3"
    assert outline(sql) == "thread, space, read_mark"


def forum(posts, *, root=ROOT, rows=100, queries=5):
    told = {
        "pages": [
            vars(Page(pages.THREAD, "/threads/1-x", True)),
            vars(Page(pages.LIBRARY, "/lessons", True)),
        ],
        "queries": {pages.THREAD: queries, pages.LIBRARY: 4},
        "rows": {pages.THREAD: {"post": {"post": rows}}, pages.LIBRARY: {"lesson": {"lesson": 20}}},
        "megabytes": 100.0,
        "seeding": "quick",
    }
    return Forum(root, posts, {}, told)


def reported(small, large, **told):
    """A report on two forums, in each of which both pages cost as much as is said in each turn."""
    limits_too = {limit.name: in_turns(cost) for limit, cost in zip(pages.LIMITS, (0.5, 1.0), strict=True)}
    forums = [(forum(10_000), in_turns(small)), (forum(1_000_000, **told), in_turns(large))]
    return report(Measured(limits_too, forums), [1.1, 1.0, 0.9], one_core=False)


def in_turns(cost):
    """The same cost for both pages, in a turn in which the machine did much else nine times as much."""
    return {name: [cost, cost * 9, cost] for name in (pages.THREAD, pages.LIBRARY)}


def missed(found):
    return {check["check"] for check in found["checks"] if not check["met"]}


def test_the_report_compares_turn_by_turn():
    found = reported(2.0, 2.2)
    thread = found["pages"][0]
    assert thread["times_limit_2"] == {"10000": 2.0, "1000000": 2.2}
    assert thread["times_limit_1"] == {"10000": 4.0, "1000000": 4.4}
    assert (thread["growth"], thread["spread"]) == (1.1, 0.0)
    assert missed(found) == set()


def test_every_bar_can_be_missed():
    assert missed(reported(3.0, 3.1)) == {f"{pages.THREAD}: times limit 2"}
    assert missed(reported(1.0, 1.3)) == {f"{pages.THREAD}: growth", f"{pages.LIBRARY}: growth"}
    assert missed(reported(2.0, 2.0, queries=11)) == {f"{pages.THREAD}: queries"}
    assert missed(reported(2.0, 2.0, rows=176)) == {f"{pages.THREAD}: queries that read more rows"}
    assert missed(reported(2.0, 2.0, rows=175)) == set()


def test_another_checkout_stands_in_columns_beside_this_one(tmp_path):
    both = [(forum(10_000), in_turns(3.1)), (forum(10_000, root=tmp_path), in_turns(9.0))]
    measured = Measured({limit.name: in_turns(1.0) for limit in pages.LIMITS}, both)
    found = report(measured, [1.0], one_core=False)
    assert missed(found) == {f"{pages.THREAD}: times limit 2"}
    # Writers who wait for each other in one space are missed too, unless it was a single turn.
    waiting = "eight writers in one space, times eight spaces"
    assert waiting in missed(report(measured, [1.0, 1.5, 1.6], one_core=False))
    assert waiting not in missed(report(measured, [1.0, 1.1, 1.6], one_core=False))
    words = table.lines(found)
    assert words[1].split() == ["10k", "growth", "queries", "10k'", "growth'", "queries'"]
    assert words[2].split()[-8:] == ["3.10", "1.00", "±0.00", "5", "9.00", "1.00", "±0.00", "5"]


@pytest.mark.proof
def test_writers_are_measured_in_processes_of_their_own(monkeypatch):
    url = create_database(postgres_server(), "written")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    monkeypatch.setattr(writers, "TURNS", 2)
    with made(Path(ROOT), url, 2_000, at) as one:
        turns = writers.writing(one.environment)
    assert len(turns) == 2
    assert all(0.1 < turn < 10 for turn in turns)


def test_only_a_checkout_that_can_be_asked_is_measured_beside(tmp_path, capsys):
    with pytest.raises(SystemExit):
        run.main(["--beside", str(tmp_path)])
    assert "has no bench/prepare.py" in capsys.readouterr().err


@pytest.mark.proof
def test_a_checkout_makes_a_forum_and_says_what_can_be_measured():
    at = datetime.now(UTC).isoformat(timespec="seconds")
    url = create_database(postgres_server(), "prepared")
    with made(Path(ROOT), url, 2_000, at) as one:
        assert one.told["size"] == vars(size_for(2_000))
        assert set(pages.MOST_TIMES) <= {page.name for page in one.pages}
        assert all(count > 0 for count in one.told["queries"].values())
        assert all(one.told["rows"][page.name] for page in one.pages)
        assert sum(read.get("post", 0) for read in one.told["rows"][pages.THREAD].values()) >= 20
        assert one.told["megabytes"] < pages.MOST_MEMORY
        assert "posts a second" in one.told["seeding"]
