"""The row of a tag is shared by all who use it: nothing reads how it was spelt first, maybe on a closed thread."""

import ast
from pathlib import Path

import pytest

from tests.rules.source import ROOT, modules, plant

pytestmark = pytest.mark.any_database

FIRST = {"name", "sort_key"}
SAYS = "a tag is found by its slug, and spelt as `themes.tags.spelling` says it"


def readers_of_first_spellings(root: Path) -> list[str]:
    """Places that ask the table of tags for what the first one wrote."""
    return [
        f"{module.name}:{node.lineno}: {SAYS}"
        for module in modules(root).values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in FIRST
        and ast.unparse(node.value) in {"Tag", "_INTO"}
    ]


def test_nothing_reads_how_a_tag_was_spelt_first():
    assert readers_of_first_spellings(ROOT) == []


@pytest.mark.parametrize("statement", ["query.order_by(Tag.sort_key)", "select(Tag.slug, Tag.name)"])
def test_the_rule_can_fail(statement, tmp_path):
    planted = plant(tmp_path, {"forum/domain/a.py": f"x = {statement}\n"})
    assert len(readers_of_first_spellings(planted)) == 1


def test_the_rule_allows_spellings_where_they_are_used(tmp_path):
    lines = "x = select(ThreadTag.name, Tag.slug, tags.spelling(LessonTag.name))\n"
    assert readers_of_first_spellings(plant(tmp_path, {"forum/domain/a.py": lines})) == []
