"""The benchmark measures what it says: processor time of whole families of processes, and true ratios."""

import os
import subprocess
import sys
import time

import pytest

from bench import limits, run
from bench.forum_under_test import Measured, Page
from bench.processes import cpu_seconds, family
from forum.demo.synthetic.size import Size

pytestmark = pytest.mark.live

BUSY = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < 0.3: pass\n"
CHILD = BUSY + "time.sleep(30)"
PARENT = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {CHILD!r}])\ntime.sleep(30)"


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


def test_the_report_compares_and_refuses():
    pages = [Page(run.THREAD, "/threads/1-x", True), Page("library", "/lessons", True)]
    size = Size(members=40, threads=40, posts=400, lessons=10)
    forum = Measured(size, {}, "", pages, {run.THREAD: 8, "library": 5})
    costs = {
        "limits": {page.name: [1.0, 9.0, 1.0] for page in run.LIMITS},
        "big": {run.THREAD: [4.0, 4.0, 40.0], "library": [2.0, 2.0, 2.0]},
        "small": {run.THREAD: [4.0, 4.0, 4.0], "library": [1.0, 1.0, 1.0]},
    }
    report = run.report(costs, forum, forum, one_core=False)
    assert [row["times_limit_2"] for row in report["pages"]] == [4.0, 2.0]
    assert [check["met"] for check in report["checks"]] == [True, True, True]
    costs["big"][run.THREAD] = [5.0, 5.0, 5.0]
    forum.queries[run.THREAD] = 9
    report = run.report(costs, forum, forum, one_core=False)
    assert [check["met"] for check in report["checks"]] == [False, False, False]
