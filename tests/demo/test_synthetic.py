"""The stream of rows of a synthetic network: the same for the same seed and moment, and never much of it at once."""

import tracemalloc
from datetime import UTC, datetime
from itertools import islice

import pytest

from forum.demo.synthetic.network import network_of
from forum.demo.synthetic.seeding import rows
from forum.demo.synthetic.size import Size
from forum.infra.sort_keys import SortedByName, sort_key

pytestmark = pytest.mark.any_database
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
SMALL = Size(members=40, threads=50, posts=1_000, lessons=10)
LARGE = Size(members=320, threads=400, posts=8_000, lessons=80)


def stream(size, number=1, now=NOW):
    return rows(network_of(size, number, now))


def most_memory(size, kept):
    """Megabytes that the stream held at any moment; `kept` is what its reader does with it."""
    tracemalloc.start()
    try:
        kept(stream(size))
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def drop(stream_of_rows):
    for _row in stream_of_rows:
        pass


def test_the_same_seed_and_moment_make_the_same_network():
    assert list(stream(SMALL)) == list(stream(SMALL))
    assert list(islice(stream(SMALL, number=2), 500)) != list(islice(stream(SMALL), 500))
    earlier = NOW.replace(year=2025)
    assert list(islice(stream(SMALL, now=earlier), 500)) != list(islice(stream(SMALL), 500))


def test_every_name_comes_with_its_sort_key():
    named = [row for model, row in stream(SMALL) if issubclass(model, SortedByName)]
    assert len(named) > SMALL.members
    assert [row for row in named if row["sort_key"] != sort_key(row["name"])] == []


def test_memory_stays_flat():
    drop(islice(stream(SMALL), 1))  # renders the words, once
    small, large = most_memory(SMALL, drop), most_memory(LARGE, drop)
    assert large < small + 1, f"eight times the posts took {large:.1f} MB instead of {small:.1f}"
    assert most_memory(SMALL, list) > small + 1, "who keeps everything would be seen"
