"""The index by which SQLAlchemy finds the columns of an alias is filled at once, also where threads ask at one moment.

It fills it when it is first asked, column by column and without a lock. Whoever asked meanwhile found half of it:
a column that was not there yet became that of the table itself. The condition of a rule was then about any row, and
stayed so, as statements and the columns of aliases are kept.
"""

from typing import Any

from sqlalchemy.sql.base import WriteableColumnCollection
from sqlalchemy.util import OrderedSet


def fill_at_once() -> None:
    """Let every index be filled in one step from now on."""
    collections: Any = WriteableColumnCollection
    collections._init_proxy_index = _fill


def _fill(columns: Any) -> None:
    if columns._proxy_index:
        return
    index: dict[Any, OrderedSet[Any]] = {}
    for _key, _column, metrics in columns._collection:
        for origin in metrics.column._expanded_proxy_set:
            index.setdefault(origin, OrderedSet()).add(metrics)
    columns._proxy_index.update(index)  # one step of the interpreter: nobody sees a part of it
