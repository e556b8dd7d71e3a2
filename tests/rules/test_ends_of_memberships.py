"""Whether a membership holds is asked of `policy.standing.belonging` alone: it knows that a guest's time ends."""

import ast

import pytest

from tests.rules.source import modules

pytestmark = pytest.mark.any_database
# Modules that look at the columns themselves, and why.
MAY = {
    "forum.policy.standing": "it is where the question is answered",
    "forum.models.spaces": "the columns",
    "forum.domain.spaces.guests": "closes the rows that are over and are not closed yet",
    "forum.domain.spaces.bringing": "looks at roles that were replaced: rows with an end that was written",
}


def asks_itself(tree: ast.Module) -> list[int]:
    """The lines that read `ended_at` or `ends_at` of Membership, or of an alias of it."""
    names = {"Membership"} | {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_alias(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        for part in _asked(node)
        if isinstance(part, ast.Attribute)
        and part.attr in {"ended_at", "ends_at"}
        and isinstance(part.value, ast.Name)
        and part.value.id in names
    ]


def _asked(node: ast.AST) -> list[ast.expr]:
    """What a comparison compares, or of what a method is called."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return [node.func.value]
    return []


def _is_alias(value: ast.expr) -> bool:
    return ast.unparse(value) == "aliased(Membership)"


def test_no_other_module_asks_whether_a_membership_ended():
    found = {
        name: lines
        for name, module in modules().items()
        if name not in MAY and (lines := asks_itself(module.tree))
    }
    assert found == {}, "ask policy.standing.belonging"
    assert [name for name in MAY if name not in modules()] == []


def test_a_planted_question_is_seen():
    for planted in (
        "query.where(Membership.ended_at.is_(None))",
        "_ROLE = aliased(Membership)\nquery.where(_ROLE.ended_at.is_(None))",
        "query.where(Membership.ends_at > clock.now())",
        "query.where(Membership.ended_at == None)",
    ):
        assert asks_itself(ast.parse(planted)), planted
    assert asks_itself(ast.parse("select(Membership.ends_at).where(belonging(Membership))")) == []
