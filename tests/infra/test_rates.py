"""Too often is too often, for the one who does it, with or without the shared counts."""

import logging
import time

import pytest

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
