"""Statements that are kept say the same as those built anew, with the constants of the code written into them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, String, bindparam, literal, select

from forum.infra.compiled_cache import MOST, CompiledCache
from forum.infra.db import db
from forum.infra.statements import kept, select_rows
from forum.models.spaces import Membership, Role, Space
from tests.factories import make_member, make_space

ROLES = (Role.MEMBER, Role.MODERATOR)


def by_role(space_id: Any) -> Any:
    query = select(Membership.member_id).join(Space, Space.id == Membership.space_id)
    query = query.where(
        Membership.role.in_(ROLES), Membership.space_id == space_id, Space.name != "it's 100%"
    )
    return query.order_by(Membership.member_id).limit(2)


@kept
def kept_by_role() -> Any:
    return by_role(bindparam("space_id", type_=Integer))


def test_a_kept_statement_finds_what_the_same_statement_finds():
    space = make_space("gent")
    for number, role in enumerate((Role.GUEST, Role.MEMBER, Role.MODERATOR, Role.MEMBER)):
        make_member(f"Person {number}", space=space, role=role)
    db.session.flush()
    expected = list(db.session.scalars(by_role(space.id)))
    assert len(expected) == 2
    assert [row.member_id for row in select_rows(kept_by_role(), {"space_id": space.id})] == expected
    assert not select_rows(kept_by_role(), {"space_id": space.id + 1}).all()


def test_only_codes_and_numbers_are_written_out():
    written = kept_by_role().compile(db.engine)
    assert "'member', 'moderator'" in str(written)
    assert "LIMIT 2" in str(written)
    # What differs keeps its name; a text with marks of its own is left to the driver; SQLite adds an offset of 0.
    assert set(written.params) - {"param_1"} == {"name_1", "space_id"}
    assert kept_by_role() is kept_by_role()


@given(
    st.one_of(st.text(), st.from_regex(r'[\w%":-]*', fullmatch=True)).filter(lambda text: "\x00" not in text)
)
def test_any_constant_means_itself(text):
    @kept
    def said() -> Any:
        return select(literal(text, String).label("said"))

    assert select_rows(said(), {}).scalar_one() == text


def test_what_was_compiled_is_found_by_an_equal_key_and_by_no_other():
    cache = CompiledCache()
    part = tuple(range(1000, 1005))
    cache["sqlite", part, ("a",)] = "first"
    assert cache.get(("sqlite", part, ("a",))) == "first"
    assert (
        cache.get(("sqlite", tuple(number for number in part), ("a",))) == "first"
    )  # the same, made of other objects
    for other in (("sqlite", part, ("b",)), ("postgresql", part, ("a",)), ("sqlite", (*part, 1), ("a",))):
        assert cache.get(other) is None
    cache["sqlite", part, ("b",)] = "second"
    assert [cache.get(("sqlite", part, (name,))) for name in "ab"] == ["first", "second"]


def test_the_cache_of_statements_has_an_end():
    cache = CompiledCache()
    for number in range(5 * MOST):
        cache["sqlite", (number, "x"), ()] = number
    assert cache.get(("sqlite", (5 * MOST - 1, "x"), ())) == 5 * MOST - 1
    assert cache.get(("sqlite", (0, "x"), ())) is None


@pytest.mark.live
def test_rows_come_from_the_transaction_of_this_moment(live_app):
    def names() -> list[str]:
        return [row.name for row in select_rows(select(Space.name), {})]

    with live_app.app_context():
        make_space("gent")
        db.session.flush()
        assert len(names()) == 1  # its own transaction sees what it wrote
        db.session.rollback()
        assert names() == []
        with db.session.begin_nested():
            make_space("aalst")
        assert len(names()) == 1
        db.session.commit()
        db.session.remove()
        assert len(names()) == 1
        db.session.remove()
