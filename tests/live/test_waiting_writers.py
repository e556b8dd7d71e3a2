"""Ninety writers who wait for somebody who does not come to an end: whoever reads notices nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from sqlalchemy import create_engine

from forum.infra.db import WAITING_WRITERS
from tests.cli.test_start import free_port
from tests.conftest import copied_database
from tests.live import faults
from tests.live.served import app_on, ground, served, tell, typed

pytestmark = [pytest.mark.live, pytest.mark.timeout(200)]
WRITERS = 90
PATIENCE = 2.0


def test_pages_are_read_while_writers_wait(migrated, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TEST_PATIENCE", str(PATIENCE))
    url, port = copied_database(migrated, tmp_path), free_port()
    [reader] = ground(app_on(url, tmp_path), port)
    engine = create_engine(url)
    with served(port, url, tmp_path), ThreadPoolExecutor(WRITERS) as pool:
        assert reader.get().status == 200
        with faults.locked(engine):
            sent = [pool.submit(reader.reply, f"Wat <{number}> & meer.") for number in range(WRITERS)]
            pages = []
            while not all(each.done() for each in sent):
                pages += [reader.get("/healthz"), reader.get()]
                time.sleep(0.05)
        refused = [each.result() for each in sent]
        assert reader.reply("Daarna.").status == 303
    engine.dispose()
    slowest = max(page.seconds for page in pages)
    at_once = sum(answer.seconds < PATIENCE / 2 for answer in refused)
    tell(
        capsys,
        f"{WRITERS} waiting writers: slowest of {len(pages)} pages {slowest:.2f} s, refused after"
        f" {min(each.seconds for each in refused):.2f} to {max(each.seconds for each in refused):.2f} s",
    )
    assert {page.status for page in pages} == {200}
    assert slowest < 1.5
    for number, answer in enumerate(refused):
        assert answer.status == 503
        assert answer.headers["Retry-After"]
        assert unescape(typed(answer.text)) == f"Wat <{number}> & meer."
    assert at_once >= WRITERS - WAITING_WRITERS - 20
    assert max(answer.seconds for answer in refused) < 5 * PATIENCE
