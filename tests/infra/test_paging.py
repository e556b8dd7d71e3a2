"""Pages follow each other without a hole or a double, on both databases, while the list grows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.orm import registry

from forum.infra.db import Moment, db
from forum.infra.paging import keyset

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
rows = Table(
    "paging_row",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("name", String(20)),
    prefixes=["TEMPORARY"],
)
KEYS = (rows.c.at, rows.c.id)


class Line:
    """The same table as an entity."""


registry().map_imperatively(Line, rows)


@pytest.fixture
def listed(session) -> list[int]:
    """Fifty rows, ten of them at the very same moment; their ids, newest first."""
    rows.create(db.session.connection())
    moments = [START + timedelta(microseconds=min(n, 20) if n < 30 else n) for n in range(50)]
    db.session.execute(
        insert(rows), [{"id": n + 1, "at": at, "name": f"n{n}"} for n, at in enumerate(moments)]
    )
    return [n + 1 for n in sorted(range(50), key=lambda n: (moments[n], n), reverse=True)]


def walk(statement, **how) -> list[list[int]]:
    """The ids of every page."""
    pages, cursor = [], None
    while True:
        found, cursor = keyset(statement, keys=KEYS, cursor=cursor, **how)
        pages.append([row.id for row in found])
        if cursor is None:
            return pages


@pytest.mark.parametrize("limit", [1, 7, 25, 49, 50, 51])
def test_pages_together_are_the_list(listed, limit):
    pages = walk(select(rows.c.id, rows.c.at), limit=limit)
    assert [number for page in pages for number in page] == listed
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_new_rows_do_not_push_others_to_the_next_page_twice(listed):
    first, cursor = keyset(select(rows.c.id, rows.c.at), keys=KEYS, cursor=None, limit=10)
    db.session.execute(insert(rows).values(id=99, at=START + timedelta(days=1), name="new"))
    second, _ = keyset(select(rows.c.id, rows.c.at), keys=KEYS, cursor=cursor, limit=10)
    assert [row.id for row in [*first, *second]] == listed[:20]


def test_entities_can_be_paged(listed):
    found, cursor = keyset(select(Line), keys=(Line.at, Line.id), cursor=None, limit=10)
    rest, _ = keyset(select(Line, rows.c.name), keys=(Line.at, Line.id), cursor=cursor, limit=10)
    assert [row[0].id for row in [*found, *rest]] == listed[:20]


def test_keys_must_be_selected(listed):
    with pytest.raises(LookupError):
        keyset(select(rows.c.name), keys=KEYS, cursor=None, limit=10)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "W10",
        "bnVsbA",
        "eyJhIjoxfQ",
        "WzEsMl0",
        "WyJhZnRlciIsICIyMDI2LTExLTAxVDA4OjAwOjAwIiwgMV0",  # a moment without a zone
        "WyJhZnRlciIsIjIwMjYtMTEtMDFUMDg6MDA6MDArMDA6MDAiLDk5OTk5OTk5OTk5OTk5OTk5OTk5OTldlaag",
        "WyJhZnRlciIsIjIwMjYtMTEtMDFUMDg6MDA6MDArMDA6MDAiLCIxIG9yIDE9MSJd",
        "'; drop table post; --",
        "A" * 10_000,
    ],
)
def test_a_cursor_that_is_not_ours_means_the_first_page(listed, cursor):
    found, _ = keyset(select(rows.c.id, rows.c.at), keys=KEYS, cursor=cursor, limit=5)
    assert [row.id for row in found] == listed[:5]


def test_an_empty_list_is_one_empty_page(session):
    rows.create(db.session.connection())
    assert keyset(select(rows.c.id, rows.c.at), keys=KEYS, cursor=None) == ([], None)
