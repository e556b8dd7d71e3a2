"""From where something is done, as it is counted; and what failed, counted before it is tried."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from forum.infra import rates
from forum.infra.rates import TooOften

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::c000:201", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("192.0.2.1:4444", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("[2001:db8:1:2::9]:55", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("[fe80::1%eth0]:55", "fe80::/64"),
        ("unknown", "unknown"),
        ("", "unknown"),
        ("evil<x>", "unknown"),
        ("192.0.2.1:a", "unknown"),
    ],
)
def test_a_place_is_an_address_of_ipv4_or_a_network_of_ipv6(address, place):
    assert rates.place(address) == place


def guess(*, right=False, error=ValueError, name="guess", limit="3/hour"):
    with rates.failures([(name, "a", limit), (f"{name}_all", "b", "4/hour")], ValueError):
        if not right:
            raise error


def test_what_succeeds_counts_for_nothing_and_what_breaks_neither(inside):
    for _ in range(10):
        guess(right=True)
        with pytest.raises(OSError):
            guess(error=OSError)
    for turn in range(3):
        with pytest.raises(ValueError):
            guess()
        if turn < 2:
            guess(right=True)
    with pytest.raises(TooOften):
        guess(right=True)


def test_what_is_refused_by_one_limit_is_not_counted_by_another(inside):
    for _ in range(3):
        with pytest.raises(ValueError):
            guess()
    for _ in range(200):
        with pytest.raises(TooOften):
            guess()
    rates.spend("guess_all", "b", limit="4/hour")
    with pytest.raises(TooOften):
        rates.spend("guess_all", "b", limit="4/hour")


def test_of_many_guesses_at_one_moment_no_more_are_let_in_than_one_after_the_other(house):
    """All are counted before the first one knows that it is wrong."""
    tried, all_in = [], Barrier(3)

    def one(_turn):
        with house.app_context():
            try:
                with rates.failures([("guess", "a", "3/hour")], ValueError):
                    tried.append(1)
                    all_in.wait(10)
                    raise ValueError
            except (TooOften, ValueError) as error:
                return type(error)

    with ThreadPoolExecutor(30) as crowd:
        ends = list(crowd.map(one, range(30)))
    assert (len(tried), ends.count(TooOften)) == (3, 27)


def test_sixty_who_succeed_at_one_moment_leave_no_trace(house):
    def one(_turn):
        with house.app_context(), rates.failures([("enter", "a", "60/hour")], ValueError):
            return True

    for _round in range(2):
        with ThreadPoolExecutor(20) as crowd:
            assert all(crowd.map(one, range(60)))


def test_shared_counts_give_back_too(inside, monkeypatch):
    """What Redis is asked: the newest entry of the same key goes."""
    asked = []

    class Server:
        def lpop(self, key):
            asked.append(key)

    storage = object.__new__(rates.RedisStorage)
    storage.key_prefix = "LIMITS"
    monkeypatch.setattr(rates.RedisStorage, "get_connection", lambda self, readonly=False: Server())
    limiter = rates.MovingWindowRateLimiter(rates.MemoryCounts())
    limiter.storage = storage
    rates.Spent(limiter, "LIMITER/a/b").give_back()
    assert asked == ["LIMITS:LIMITER/a/b"]
