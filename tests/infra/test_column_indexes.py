"""An alias that several threads use first at the same moment has all its columns for each of them."""

import sys
import threading

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import aliased

from forum.models.lessons import LessonVersion

CROWD = 8


@pytest.fixture
def impatient():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_each_of_many_who_use_an_alias_first_finds_all_its_columns(impatient):
    columns = [*LessonVersion.__table__.columns]
    lost = []
    for _time in range(60):
        alias = inspect(aliased(LessonVersion)).selectable
        alias.columns  # as for an alias that was made before  # noqa: B018
        ready = threading.Barrier(CROWD)

        def ask(alias=alias, ready=ready):
            ready.wait()
            found = [alias.corresponding_column(column) for column in reversed(columns)]
            lost.extend(column for column in found if column is None or column.table is not alias)

        crowd = [threading.Thread(target=ask) for _ in range(CROWD)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
    assert lost == []
