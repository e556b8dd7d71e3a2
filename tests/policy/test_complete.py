"""Nothing in `forum.policy` goes without a table: a new model or a new `may_*` fails here until it has one."""

import inspect
from collections.abc import Callable
from typing import Any

from forum.models.accounts import Member
from forum.policy import actions, holding, reading_log, regrouping, reviewing, visibility
from tests.policy import (
    action_tables,
    test_belonging,
    test_consents,
    test_lessons,
    test_library,
    test_notifications,
    test_threads,
)
from tests.policy.tables import read, without_table

MODELS: dict[Any, Any] = {
    **test_threads.TABLES,
    **test_lessons.TABLES,
    **test_belonging.TABLES,
    **test_consents.TABLES,
    **test_library.TABLES,
    **test_notifications.TABLES,
}


def predicates() -> list[Callable[..., Any]]:
    """Every public predicate of the policy."""
    return [
        function
        for module in (actions, holding, reading_log, regrouping, reviewing)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("may_") and function.__module__ == module.__name__
    ]


def test_every_model_with_a_rule_has_a_table():
    assert without_table(visibility.RULES, MODELS) == []
    assert without_table(MODELS, visibility.RULES) == [], "a table for a model without a rule"


def test_every_predicate_has_a_table():
    assert without_table(predicates(), action_tables.TABLES) == []
    assert len(predicates()) == len(action_tables.TABLES)


def test_every_table_says_both_yes_and_no():
    texts = [(text, "x.") for text, _rows in MODELS.values()]
    texts += [(text, action_tables.ANSWERS) for text in action_tables.TABLES.values()]
    for text, answers in texts:
        cells = {cell for row in read(text, answers=answers).values() for cell in row.values()}
        assert "x" in cells, text
        assert cells - {"x"}, text


def test_what_has_no_table_is_found():
    def may_fly() -> None: ...

    assert without_table([*visibility.RULES, Member], MODELS) == ["Member"]
    assert without_table([*predicates(), may_fly], action_tables.TABLES) == ["may_fly"]
