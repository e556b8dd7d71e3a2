"""Long lists of cases: a few of them in every run, all the others in `make proof`."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.conftest import POSTGRES


def few_of(cases: Iterable[Any], *few: Any) -> list[Any]:
    """All the cases as parameters of a test: `few` of them for `make test`, the rest marked as proof."""
    cases = list(cases)
    assert all(case in cases for case in few), "the few are cases too"
    return [case if case in few else _proof(case) for case in cases]


def once(cases: Iterable[Any], *on_both: Any) -> list[Any]:
    """All the cases as parameters of a test: `make test` runs them on SQLite, and on PostgreSQL those `on_both`.

    For cases whose answer does not depend on the database; `make proof` runs the others on PostgreSQL too.
    """
    cases = list(cases)
    assert all(case in cases for case in on_both), "what is on both is one of the cases"
    return few_of(cases, *on_both) if POSTGRES else cases


def on_one_database(test: Callable[..., None]) -> Callable[..., None]:
    """The same for a test without cases, or for all of them: on PostgreSQL it is a proof."""
    return pytest.mark.proof(test) if POSTGRES else test


def _proof(case: Any) -> Any:
    if isinstance(case, type(pytest.param())):  # it is one already
        return case
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.proof)
