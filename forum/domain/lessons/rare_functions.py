"""How many members speak in a function today: one that few have leads to them, with or without a name beside it."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, literal, or_, select

from forum.domain.people.capacities import holds_on
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Capacity

RARE = 3  # a function that fewer members have leads to them
_FUNCTION = func.lower(Capacity.function)


def holders(function: str) -> int:
    """Return how many members speak in that function today, however it is capitalised (one query)."""
    query: Any = select(func.count(Capacity.member_id.distinct())).where(
        _FUNCTION.in_([function.lower()]), holds_on(days.today())
    )
    return db.session.scalar(query) or 0


def within(words: str) -> dict[str, int]:
    """Return the functions that stand in a text and that fewer than RARE members have, with how many (one query)."""
    text = words.lower()
    number = func.count(Capacity.member_id.distinct())
    query: Any = (
        select(_FUNCTION, number)
        .where(literal(text).like("%" + _FUNCTION + "%"), holds_on(days.today()))
        .group_by(_FUNCTION)
        .having(number < RARE)
        .order_by(_FUNCTION)
    )
    rows = db.session.execute(query).all()
    return {row[0]: row[1] for row in rows if re.search(rf"\b{re.escape(row[0])}", text)}


def of_these(words: str, functions: Collection[str]) -> set[str]:
    """Return those of these functions that stand in a text and lead to a few people, also by their first word alone.

    In small letters. One query, none where no such word stands there.
    """
    text = words.lower()
    known = {name.lower() for name in functions}
    known |= {name.split()[0].strip(",;:") for name in known if name.split()}
    here = {name for name in known if name and re.search(rf"\b{re.escape(name)}\b", text)}
    if not here:
        return set()
    query: Any = select(Capacity.member_id, _FUNCTION.label("function")).where(
        or_(*(_FUNCTION.startswith(name, autoescape=True) for name in sorted(here))), holds_on(days.today())
    )
    held: dict[str, set[int]] = {name: set() for name in here}
    for row in db.session.execute(query):
        for name in here:
            if re.match(rf"{re.escape(name)}\b", row.function):
                held[name].add(row.member_id)
    return {name for name, members in held.items() if len(members) < RARE}


def kind_of_job(function: str) -> str:
    """Return the first word of a function, if RARE members of more than one city have one that begins so; or ""."""
    kind = function.split()[0].strip(",;:") if function.split() else ""
    if not kind:
        return ""
    begins = _FUNCTION.startswith(kind.lower(), autoescape=True)
    query: Any = select(Capacity.member_id, Capacity.city, Capacity.function).where(
        begins, holds_on(days.today())
    )
    same = [
        row
        for row in db.session.execute(query)
        if row.function.split()[0].lower().strip(",;:") == kind.lower()
    ]
    return (
        kind if len({r.member_id for r in same}) >= RARE and len({r.city for r in same if r.city}) > 1 else ""
    )
