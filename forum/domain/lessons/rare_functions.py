"""How many members speak in a function today: one that few have leads to them, with or without a name beside it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
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


def kinds_of_jobs(functions: Iterable[str]) -> dict[str, str]:
    """Return of each function its first word, if RARE members of more than one city have one that begins so; or "".

    One query, none for no functions.
    """
    kinds = {function: _first_word(function) for function in functions}
    wanted = sorted({kind.lower() for kind in kinds.values() if kind})
    if not wanted:
        return kinds
    begins = or_(*(_FUNCTION.startswith(kind, autoescape=True) for kind in wanted))
    query: Any = select(Capacity.member_id, Capacity.city, Capacity.function)
    held: defaultdict[str, list[Any]] = defaultdict(list)
    for row in db.session.execute(query.where(begins, holds_on(days.today()))):
        held[_first_word(row.function).lower()].append(row)
    return {function: kind if _is_common(held[kind.lower()]) else "" for function, kind in kinds.items()}


def _first_word(function: str) -> str:
    words = function.split()
    return words[0].strip(",;:") if words else ""


def _is_common(rows: list[Any]) -> bool:
    return len({row.member_id for row in rows}) >= RARE and len({row.city for row in rows if row.city}) > 1
