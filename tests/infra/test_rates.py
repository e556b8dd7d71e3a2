"""Too often is too often, for the one who does it, with or without the shared counts."""

import contextlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import current_app

from forum.infra import rates
from forum.infra.rates import TooOften
from tests.infra.conftest import make_house

pytestmark = pytest.mark.any_database


def test_the_limit_holds_for_each_name_and_each_subject(inside):
    for _ in range(3):
        rates.spend("sign_in", "member:1", limit="3 per minute")
    with pytest.raises(TooOften) as refused:
        rates.spend("sign_in", "member:1", limit="3 per minute")
    assert 1 <= refused.value.retry_after <= 60
    rates.spend("sign_in", "member:2", limit="3 per minute")
    rates.spend("flag", "member:1", limit="3 per minute")


def test_a_subject_cannot_be_written_so_that_it_is_somebody_else(inside):
    rates.spend("a", "b/c", limit="1 per minute")
    rates.spend("a/b", "c", limit="1 per minute")
    rates.spend("a", "b\nc", limit="1 per minute")
    rates.spend("a", "", limit="1 per minute")


def test_counts_can_be_forgotten(inside):
    rates.spend("x", "y", limit="1/minute")
    rates.reset()
    rates.spend("x", "y", limit="1/minute")


def test_the_window_moves_on(inside):
    rates.spend("x", "y", limit="1/second")
    with pytest.raises(TooOften):
        rates.spend("x", "y", limit="1/second")
    time.sleep(1.1)
    rates.spend("x", "y", limit="1/second")


def test_they_can_be_switched_off():
    with make_house(RATES_ENABLED=False).app_context():
        for _ in range(10):
            rates.spend("x", "y", limit="1/hour")


def test_an_outage_of_the_shared_counts_is_no_open_door(caplog):
    house = make_house(REDIS_URL="redis://127.0.0.1:1/0")
    with house.app_context(), caplog.at_level(logging.ERROR):
        began = time.monotonic()
        for _ in range(3):
            rates.spend("x", "y", limit="3/hour")
        with pytest.raises(TooOften):
            rates.spend("x", "y", limit="3/hour")
    assert time.monotonic() - began < 5
    assert len([line for line in caplog.records if "out of reach" in line.message]) == 1


def test_above_some_limits_it_goes_slowly_and_many_at_one_moment_gain_nothing(house):
    def one(_turn):
        with house.app_context():
            try:
                rates.spend("x", "y", limit="3/hour, then 1/second")
            except TooOften as error:
                return error.retry_after <= 1
            return "let in"

    with ThreadPoolExecutor(20) as crowd:
        ends = list(crowd.map(one, range(40)))
        assert (ends.count("let in"), ends.count(True)) == (4, 36)
        time.sleep(1.1)
        assert list(crowd.map(one, range(40))).count("let in") == 1


def subjects():
    """How many have a count at this moment."""
    return len(current_app.extensions["rates"].own.storage.events)


def test_nobody_is_remembered_who_has_nothing_counted(inside):
    for turn in range(3_000):
        counts = [("a", f"account:{turn}", "9/hour"), ("b", "place", "5/hour")]
        with contextlib.suppress(OSError), rates.failures(counts, ValueError):
            raise OSError
    assert subjects() == 0
    for turn in range(3_000):
        with contextlib.suppress(TooOften):
            rates.spend_all([("a", f"account:{turn}", "9/hour"), ("b", "place", "5/hour")])
    assert subjects() == 6, "the place, and the five that it was let in with"


def test_what_is_over_is_forgotten_and_there_are_never_more_than_so_many(inside, monkeypatch):
    monkeypatch.setattr(rates, "MOST", 2_000)
    for turn in range(1_000):
        rates.spend("x", f"{turn}", limit="5/second")
    time.sleep(1.1)
    rates.spend("x", "one more", limit="5/second")
    assert subjects() == 1
    for turn in range(20_000):
        rates.spend("y", f"{turn}", limit="1/hour")
    assert subjects() <= 2_200
    with pytest.raises(TooOften):
        rates.spend("y", "19999", limit="1/hour")
