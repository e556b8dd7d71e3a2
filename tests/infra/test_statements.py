"""Statements that are cached say the same as those built anew, with the constants of the code written into them."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, String, bindparam, literal, select
from sqlalchemy.exc import IntegrityError, PendingRollbackError

from forum.infra.compiled_cache import MOST, CompiledCache
from forum.infra.db import db
from forum.infra.statements import cached, select_rows
from forum.models.spaces import Membership, Role, Space
from forum.policy.actors import Actor
from forum.policy.readers import reader_param
from forum.policy.visibility import sees
from tests.factories import make_member, make_space

ROLES = (Role.MEMBER, Role.MODERATOR)


def by_role(space_id: Any) -> Any:
    query = select(Membership.member_id).join(Space, Space.id == Membership.space_id)
    query = query.where(
        Membership.role.in_(ROLES), Membership.space_id == space_id, Space.name != "it's 100%"
    )
    return query.order_by(Membership.member_id).limit(2)


@cached
def cached_by_role() -> Any:
    return by_role(bindparam("space_id", type_=Integer))


def test_a_cached_statement_finds_what_the_same_statement_finds():
    space = make_space("gent")
    for number, role in enumerate((Role.GUEST, Role.MEMBER, Role.MODERATOR, Role.MEMBER)):
        make_member(f"Person {number}", space=space, role=role)
    db.session.flush()
    expected = list(db.session.scalars(by_role(space.id)))
    assert len(expected) == 2
    assert [row.member_id for row in select_rows(cached_by_role(), {"space_id": space.id})] == expected
    assert not select_rows(cached_by_role(), {"space_id": space.id + 1}).all()


def test_only_codes_and_numbers_are_written_out():
    written = cached_by_role().compile(db.engine)
    assert "'member', 'moderator'" in str(written)
    assert "LIMIT 2" in str(written)
    # What differs keeps its name; a text with marks of its own is left to the driver; SQLite adds an offset of 0.
    assert set(written.params) - {"param_1"} == {"name_1", "space_id"}
    assert cached_by_role() is cached_by_role()


@given(
    st.one_of(st.text(), st.from_regex(r'[\w%":-]*', fullmatch=True)).filter(lambda text: "\x00" not in text)
)
def test_any_constant_means_itself(text):
    @cached
    def said() -> Any:
        return select(literal(text, String).label("said"))

    assert select_rows(said(), {}).scalar_one() == text


def test_a_statement_with_one_reader_in_it_is_not_cached():
    @cached
    def for_everybody(space_id: int) -> Any:
        return select(Space.name).where(sees(Space, reader_param(signed_in=True)), Space.id == space_id)

    @cached
    def for_one(member: Actor) -> Any:
        return select(Space.name).where(sees(Space, member))

    assert for_everybody(1) is for_everybody(1)
    with pytest.raises(ValueError, match="every reader"):
        for_one.__wrapped__(SimpleNamespace(id=7))


def test_rows_are_refused_after_a_write_that_failed():
    space = make_space("gent")
    db.session.flush()
    assert select_rows(select(Space.id), {}).scalars().all() == [space.id]
    db.session.add(Space(slug="without-a-name"))
    with pytest.raises(IntegrityError):
        db.session.flush()
    with pytest.raises(PendingRollbackError):
        select_rows(select(Space.id), {})
    db.session.rollback()
    assert select_rows(select(Space.id), {}).scalars().all() == []


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


class Part(tuple[Any, ...]):
    """What is inside a statement, and how often its hash was taken."""

    hashed = 0

    def __hash__(self) -> int:
        Part.hashed += 1
        return super().__hash__()


def test_the_same_statement_is_found_without_its_hash_also_after_many_others():
    cache, part = CompiledCache(), Part(range(5))
    cache["sqlite", part, ()] = "compiled"
    for turn in range(2):
        Part.hashed = 0
        for _run in range(10):
            assert cache.get(("sqlite", part, ())) == "compiled"
        assert Part.hashed <= turn  # once more after it had to make room
        for number in range(MOST - 1):
            cache["sqlite", (number, turn), ()] = number


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
