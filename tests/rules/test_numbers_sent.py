"""Numbers that a browser sends: read in one way, as `int` of thousands of digits is an error, and of some signs too."""

import ast
from pathlib import Path

from tests.rules.source import ROOT, plant, python_files

WAYS = "forum.infra.paging.id_of, or type=int of a request"
# How often a file makes numbers itself, of what nobody can make longer.
ALLOWED = {
    "forum/web/http/input_checks.py": 1,  # what a route let in: at most 18 digits
    "forum/web/answering.py": 1,  # after a pattern
    "forum/web/forms/notices.py": 2,  # hours, chosen from a list
    "forum/web/forms/workbench.py": 2,  # after a pattern: at most 18 digits
}


def made(root: Path = ROOT) -> dict[str, int]:
    """How often each file of the web makes a number itself."""
    found: dict[str, int] = {}
    for path, tree in python_files(root):
        name = path.relative_to(root).as_posix()
        count = sum(_makes(node) for node in ast.walk(tree)) if name.startswith("forum/web/") else 0
        if count:
            found[name] = count
    return found


def _makes(node: ast.AST) -> bool:
    """Whether this calls `int`, or gives it to `map`."""
    if not isinstance(node, ast.Call):
        return False
    called = [node.func, *(node.args if getattr(node.func, "id", "") == "map" else ())]
    return any(isinstance(one, ast.Name) and one.id == "int" for one in called)


def test_the_web_reads_numbers_in_one_way():
    assert made() == ALLOWED, WAYS


def test_another_way_is_found(tmp_path):
    plant(
        tmp_path, {"forum/web/page.py": "chosen = {int(one) for one in sent}\nmore = list(map(int, sent))\n"}
    )
    assert made(tmp_path) == {"forum/web/page.py": 2}
