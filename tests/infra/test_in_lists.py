"""Lists of values in a statement: the same rows as `in_` finds, from one statement whatever their length."""

from typing import Any

import pytest
from sqlalchemy import String, event, select, text

from forum.infra.db import db
from forum.infra.in_lists import in_list, in_rows
from forum.infra.statements import cached, select_rows
from forum.models.spaces import Space
from tests.factories import make_space

STRANGE = ("it's", 'a "quoted"', "back\\slash", "é\N{GRINNING FACE}", "{1,2}", "null", "")
LISTS = ([], ["gent"], ["gent", "leuven"], ["gent", "gent", *STRANGE])


@cached
def _with_slugs() -> Any:
    return select(Space.id).where(in_list(Space.slug, "slugs", String)).order_by(Space.id)


@cached
def _without_ids() -> Any:
    return select(Space.id).where(~in_list(Space.id, "ids")).order_by(Space.id)


def test_a_list_of_any_length_finds_what_in_finds_with_one_statement():
    spaces = [make_space(slug) for slug in ("gent", "leuven", "genk")]
    asked: set[str] = set()
    event.listen(db.engine, "before_cursor_execute", listener := lambda *told: asked.add(told[2]))
    try:
        for slugs in LISTS:
            found = select_rows(_with_slugs(), {"slugs": slugs}).scalars().all()
            assert found == [space.id for space in spaces if space.slug in slugs]
        assert len(asked) == 1
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_what_is_not_in_a_list_is_found_by_its_opposite(left_out):
    ids = [make_space(slug).id for slug in ("gent", "leuven")]
    found = select_rows(_without_ids(), {"ids": ids[:left_out]}).scalars().all()
    assert found == ids[left_out:]


def test_rows_that_are_found_once_are_those_of_the_subquery():
    ids = [make_space(slug).id for slug in ("gent", "leuven", "genk")]
    some = select(Space.id).where(Space.slug.like("ge%"))
    found = db.session.scalars(select(Space.id).where(in_rows(Space.id, some)).order_by(Space.id)).all()
    assert found == [ids[0], ids[2]]
    rest = db.session.scalars(select(Space.id).where(~in_rows(Space.id, some))).all()
    assert rest == [ids[1]]


def test_rows_are_looked_up_by_an_index_and_not_by_reading_the_table():
    """SQLite alone says so of a table that is small: PostgreSQL reads such a one whole in any case."""
    if db.engine.dialect.name != "sqlite":
        return
    in_rows_of = select(Space.id).where(in_rows(Space.id, select(Space.id).where(Space.slug == "gent")))
    for statement in (_with_slugs(), in_rows_of):
        sql = str(statement.compile(db.engine))
        plan = db.session.execute(
            text(f"EXPLAIN QUERY PLAN {sql.replace('?', ':each')}"), {"each": '["gent"]'}
        )
        read = [row.detail for row in plan if " space " in f"{row.detail} "]
        assert read
        assert all(detail.startswith("SEARCH") for detail in read), read
