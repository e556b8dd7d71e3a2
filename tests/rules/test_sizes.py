"""A file is about one thing and fits in the head; a function fits on a screen."""

import ast
import re
from pathlib import Path

import pytest

from tests.rules.source import ROOT, modules, plant

pytestmark = pytest.mark.any_database

LONGEST_FILE = 300
LONGEST_FUNCTION = 45


def long_files(root: Path) -> list[str]:
    """Modules over the stop."""
    return [
        f"{m.name}: {lines}"
        for m in modules(root).values()
        if (lines := len(m.path.read_text().splitlines())) > LONGEST_FILE
    ]


def long_functions(root: Path) -> list[str]:
    """Functions over the stop."""
    return [
        f"{m.name}.{node.name}: {length}"
        for m in modules(root).values()
        for node in ast.walk(m.tree)
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]


def undocumented(root: Path) -> list[str]:
    """Modules, public functions and classes that do not say what they are."""
    found = []
    for module in modules(root).values():
        if module.path.name == "__init__.py" and not module.tree.body:
            continue
        if ast.get_docstring(module.tree) is None:
            found.append(module.name)
        found += [
            f"{module.name}.{node.name}"
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
            and not _is_view_or_form(module.floor, node)
        ]
    return found


def comments_behind_brackets(root: Path) -> list[str]:
    """Comments that the formatter pushed behind a bracket: nobody finds what they are about. They go above it."""
    return [
        f"{module.path.relative_to(root)}:{number}"
        for module in modules(root).values()
        for number, line in enumerate(module.path.read_text().splitlines(), 1)
        if re.match(r"\s*[)\]]+:?\s+# (?!fmt:|type:|noqa)", line)
    ]


def _is_view_or_form(floor: str, node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Views and forms on the web floor are named by their address and their fields."""
    return floor in {"web", "cli"} and (isinstance(node, ast.ClassDef) or bool(node.decorator_list))


PLANTED = {
    long_files: {"forum/domain/a.py": "x = 1\n" * (LONGEST_FILE + 1)},
    long_functions: {"forum/domain/a.py": "def f():\n" + "    x = 1\n" * (LONGEST_FUNCTION + 1)},
    comments_behind_brackets: {"forum/domain/a.py": "X = (\n    1\n)  # so many\n"},
    undocumented: {"forum/domain/a.py": "def f():\n    return 1\n"},
}


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_the_house_stays_readable(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_each_rule_can_fail(rule, tmp_path):
    assert rule(plant(tmp_path, PLANTED[rule])) != []
