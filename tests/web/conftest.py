"""Pages say the same whatever database is behind them, and the verbs and rules beneath them are tried on both.

So on PostgreSQL `make test` takes one way through each area, marked `both_databases`; `make proof` takes all.
"""

from pathlib import Path

import pytest

from tests.conftest import POSTGRES

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before the marks decide what is run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make proof` what one database says for both."""
    for item in items if POSTGRES else ():
        if HERE in item.path.parents and not item.get_closest_marker("both_databases"):
            item.add_marker(pytest.mark.proof)
