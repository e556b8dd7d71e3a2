"""Long lists of cases: a few of them in every run, all the others in `make proof`."""

from collections.abc import Iterable
from typing import Any

import pytest


def few_of(cases: Iterable[Any], *few: Any) -> list[Any]:
    """All the cases as parameters of a test: `few` of them for `make test`, the rest marked as proof."""
    cases = list(cases)
    assert all(case in cases for case in few), "the few are cases too"
    return [case if case in few else _proof(case) for case in cases]


def _proof(case: Any) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.proof)
