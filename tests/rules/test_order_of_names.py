"""Names are sorted by their sort key: databases and Python each have an order of their own for the names themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import ROOT, modules, plant

pytestmark = pytest.mark.any_database

NAMES = {"name", "title", "label", "author_name", "space_name"}
WRITTEN = re.compile(r"\bORDER BY\b[^)]*?\b(name|title|label)\b", re.IGNORECASE | re.DOTALL)
SAYS = "sort by sort_key: a column in a query, infra.sort_keys.sort_key(name) in Python"


def sorted_by_names(root: Path) -> list[str]:
    """Places where a name itself decides the order."""
    return [
        f"{module.name}:{line}: {SAYS}"
        for module in modules(root).values()
        for node in ast.walk(module.tree)
        for line in _lines(node)
    ]


def _lines(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITTEN.search(node.value):
        yield node.lineno
    if not isinstance(node, ast.Call):
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    deciding = [each.value for each in node.keywords if each.arg == "order_by"]
    if called == "order_by":
        deciding += node.args
    elif called in {"sorted", "sort", "min", "max"}:
        deciding += [each.value for each in node.keywords if each.arg == "key"]
    elif called == "keyset":
        deciding += [each.value for each in node.keywords if each.arg == "keys"]
    if any(_is_name(part) for each in deciding for part in _outside_keys(each)):
        yield node.lineno


def _outside_keys(node: ast.AST) -> Iterator[ast.AST]:
    """Every part that is not handed to `sort_key`."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("sort_key"):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _outside_keys(child)


def _is_name(part: ast.AST) -> bool:
    if isinstance(part, ast.Constant):  # order_by="Member.name", attrgetter("name")
        return isinstance(part.value, str) and part.value.rpartition(".")[2] in NAMES
    return isinstance(part, ast.Attribute) and part.attr in NAMES


PLANTED = [
    "query.order_by(Space.name, Space.id)",
    "query.order_by(func.lower(Member.name).desc())",
    'related(order_by="Tag.name")',
    "keyset(query, keys=(Member.name, Member.id), cursor=None)",
    "sorted(cities, key=lambda city: city.name)",
    "threads.sort(key=attrgetter('title'))",
    'text("SELECT id FROM space\\nORDER BY lower(name)")',
]
ALLOWED = [
    "query.order_by(Space.sort_key, Space.id)",
    "sorted(cities, key=lambda city: sort_key(city.name))",
    "sorted(names, key=sort_keys.sort_key)",
    "query.where(Space.name == 'Gent').order_by(Space.id)",
]


def test_nothing_is_sorted_by_a_name_itself():
    assert sorted_by_names(ROOT) == []


@pytest.mark.parametrize("statement", PLANTED)
def test_the_rule_can_fail(statement, tmp_path):
    assert len(sorted_by_names(plant(tmp_path, {"forum/domain/a.py": f"x = {statement}\n"}))) == 1


def test_the_rule_allows_sort_keys(tmp_path):
    lines = "\n".join(f"x = {statement}" for statement in ALLOWED)
    assert sorted_by_names(plant(tmp_path, {"forum/domain/a.py": lines})) == []
