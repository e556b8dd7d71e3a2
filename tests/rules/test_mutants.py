"""`make mutants` finds every kind of small change, tells who survives, and leaves nothing behind."""

import os
import re
import shutil
import subprocess
import sys
from enum import StrEnum
from types import SimpleNamespace

import pytest

from scripts import mutants, mutations
from tests.rules.source import ROOT

pytestmark = pytest.mark.any_database


class Colour(StrEnum):
    """An enum for the changes below."""

    RED = "red"
    BLUE = "blue"


MODULE = SimpleNamespace(Colour=Colour, and_=None, or_=None)
CHANGES = {
    "a == b": ["a != b"],
    "a < b": ["a <= b", "a > b"],
    "0 < a <= b": ["0 <= a <= b", "0 > a <= b", "0 < a < b", "0 < a >= b", "1"],
    "a is None": ["a is not None"],
    "a in b": ["a not in b"],
    "a and b": ["a or b", "a", "b"],
    "a or b or c": ["a and b and c", "", "", ""],
    "not a": ["a"],
    "~a": ["a"],
    "a + b": ["a - b"],
    "a | b": ["a & b"],
    "True": ["False"],
    "3": ["4"],
    "'x'": ["''"],
    "Colour.RED": ["Colour.BLUE"],
    "a if b else c": ["c if b else a"],
    "and_(a, b)": ["or_(a, b)", "", ""],
    "q.where(a, b)": ["", ""],
    "q.where(a)": ["q"],
    "a.is_(None)": ["a.is_not(None)"],
    "a.in_(b)": ["a.not_in(b)"],
    "any(a)": ["all(a)"],
    "min(a, b)": ["max(a, b)"],
    "(a, b)": ["", ""],
    "{a: b, c: d}": ["{a: d, c: b}", "", ""],
    "[a for a in b if c]": [""],
    "_('Sorry.')": ["''"],
}


@pytest.mark.parametrize("code", CHANGES)
def test_each_kind_of_change_is_found_and_can_be_made(code):
    source = f"kept = {code}\n"
    found = mutations.of(source, MODULE, sentences=True)
    assert sorted(change.after for change in found) == sorted(CHANGES[code])
    changed = {compile_text(source, change) for change in found}
    assert len(changed) == len(found), "two changes are the same"
    assert source.strip() not in changed


def compile_text(source, change):
    tree = mutations.mutated(source, change)
    compile(tree, "changed", "exec")
    return mutations.ast.unparse(tree)


def test_statements_that_do_something_are_left_out_and_conditions_turned():
    source = '''
def verb(row: int | None, *, at: int = 2) -> None:
    """Say what."""
    if row:
        row.at = at
        row.count += 1
        raise ValueError
    tell(row)
'''
    found = mutations.of(source, MODULE)
    assert {change.function for change in found} == {"verb"}
    made = sorted(" ".join(change.after.split()) for change in found)
    body = "row.at = at row.count += 1 raise ValueError"
    assert made == sorted(
        [
            "3",
            f"if not row: {body}",
            f"if False: {body}",
            "pass",
            "pass",
            "row.count -= 1",
            "2",
            "pass",
            "pass",
        ]
    )
    assert mutations.of(source, MODULE, functions=["other"]) == []


def test_what_decides_nothing_is_left_alone():
    head = '"""A module."""\n__all__ = ["a"]\nfrom a import b\n'
    function = '@cached(1)\ndef f(a: Literal["b"] = c) -> "d":\n    """What."""\n'
    assert mutations.of(head + function, MODULE, sentences=True) == []
    assert mutations.of("kept = _('Sorry.')", MODULE, sentences=False) == []
    assert mutations.of("db.session.flush()", MODULE) == []


TREE = {
    "forum/__init__.py": "",
    "forum/policy/__init__.py": "",
    "forum/policy/age.py": "LEAST = 18\nTABLE = {'a': 1}\n\n\ndef may_vote(age):\n    return age >= LEAST\n",
    "tests/test_age.py": "from forum.policy.age import may_vote as may\n\n\n"
    "def test_age():\n    assert may(18) and not may(3)\n",
    "tests/test_net.py": "from forum.policy import age\n\n\ndef test_net():\n    assert 'a' in age.TABLE\n",
    "docs/mutants.md": "- `forum/policy/age.py may_vote: age >= LEAST -> age > LEAST`\n  Not true, but known.\n",
    "pyproject.toml": '[[tool.mutants.targets]]\npath = "forum/policy"\ntests = ["tests/test_age.py"]\n'
    'net = ["tests/test_net.py"]\n[tool.pytest.ini_options]\npythonpath = ["."]\n',
}


def test_who_survives_is_told_and_nothing_is_left_behind(tmp_path):
    for name, words in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(words)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-B", "scripts/mutants.py"]
    bare = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, check=False)
    said = ran.stdout
    assert ran.returncode == 1, said + ran.stderr
    assert "tests/test_age.py: 5 mutants, 3 missed" in said
    assert "the second net, tests/test_net.py, misses 1 of these" in said
    assert "age.py:2 module\n- 1\n+ 2" in said
    assert said.splitlines()[-1] == "4 passed, 1 failed"
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {name for name in files if not name.startswith("scripts")} == set(TREE)
    assert (tmp_path / "forum/policy/age.py").read_text() == TREE["forum/policy/age.py"]


def test_what_changes_nothing_is_known_by_name_and_reason():
    entries = re.findall(r"^- `(.+?)`\n((?:  .+\n?)+)", mutants.KNOWN.read_text(), re.M)
    assert {name for name, _reason in entries} == mutants.known()
    assert len([name for name, _reason in entries if name.startswith("forum/policy")]) <= 12
    made = {one.name for target in mutants.targets() for one in mutants.mutants_of(target)}
    assert mutants.known() <= made, "a mutant that can no longer be made"
