"""What only tests call is gone: every public function and class is named somewhere in what runs.

A function with a decorator is called by whoever the decorator gives it to: an address, a command, a fixture.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.rules.source import ROOT, modules, plant, taken

pytestmark = pytest.mark.any_database
# Called by no code of ours, each for its reason.
REASONS = {
    "forum.domain.consents.settling.erase": "what erasing an account takes out of lessons, by hand in a shell",
    "forum.domain.lessons.of_thread.has_lesson": "the list of all threads gets its module, as `Lessons`",
    "forum.domain.lessons.of_thread.with_lesson": "the same",
    "forum.infra.passwords.configure": "tests hash cheaply",
    "forum.infra.text.to_commonmark_html": "the examples of CommonMark measure the parser that posts go through",
}
CALLED_BY_NAME = re.compile(r"forum\.cli\.\w+\.register")  # of every command, by `forum/cli/__init__.py`
IN_TEMPLATES = re.compile(r"\b(\w+)\(|(?:\||\bis\b|\bis not\b)\s*(\w+)")
BESIDE = ("migrations", "scripts", "bench")


def named(root: Path) -> tuple[set[str], set[str]]:
    """Every dotted name that what runs takes from a module; and names that it takes from anything else."""
    paths = [path for folder in BESIDE for path in (root / folder).rglob("*.py")] + list(root.glob("*.py"))
    trees = [module.tree for module in modules(root).values()] + [ast.parse(p.read_text()) for p in paths]
    dotted = {name for tree in trees for name, _line in taken(tree)}
    # What is returned, held or passed on: `databases[kind].snapshot`.
    loose = {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name)
    }
    for path in (root / "templates").rglob("*.*"):
        loose |= {name for found in IN_TEMPLATES.findall(path.read_text()) for name in found}
    whole = {name[:end] for name in dotted for end in (*_dots(name), len(name))}
    return whole, loose


def _dots(name: str) -> list[int]:
    return [place for place, letter in enumerate(name) if letter == "."]


def uncalled(root: Path) -> list[str]:
    dotted, loose = named(root)
    found = []
    for module in modules(root).values():
        for node in module.tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            whole = f"{module.name}.{node.name}"
            if node.decorator_list or whole in dotted or node.name in loose or _in_file(module.tree, node):
                continue
            if not CALLED_BY_NAME.fullmatch(whole):
                found.append(whole)
    return sorted(found)


def _in_file(tree: ast.Module, made: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether its own file names it, outside what it is itself."""
    others = [each for each in tree.body if each is not made]
    return any(
        isinstance(name, ast.Name) and name.id == made.name for each in others for name in ast.walk(each)
    )


def test_every_public_function_is_called_by_what_runs():
    assert uncalled(ROOT) == sorted(REASONS)


def test_the_rule_finds_one_that_only_its_own_words_and_a_test_name(tmp_path):
    root = plant(
        tmp_path,
        {
            "forum/a.py": "def alone():\n    return alone\n\n\ndef used():\n    pass\n\n\ndef drawn():\n    pass\n",
            "forum/b.py": "from forum import a\n\n\n@route\ndef page():\n    return a.used()\n",
            "templates/c.html": "{{ links.drawn() }}",
            "tests/test_a.py": "from forum import a\n\na.alone()\n",
        },
    )
    assert uncalled(root) == ["forum.a.alone"]
