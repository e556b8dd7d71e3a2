"""The first rows that fit a rule which no query can ask: nobody is missed behind many whom it refuses."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select

from forum.infra.db import db

PAGE = 50  # rows asked for at once
Found = TypeVar("Found")


def first(
    query: Select[*tuple[Any, ...]], most: int, fits: Callable[[Sequence[Any]], list[Found]]
) -> list[Found]:
    """Return the first `most` of what `fits` makes of the rows of a query, page by page until there are enough."""
    found: list[Found] = []
    for skip in itertools.count(0, PAGE):
        page = db.session.execute(query.limit(PAGE).offset(skip)).all()
        found += fits(page)
        if len(page) < PAGE or len(found) >= most:
            break
    return found[:most]
