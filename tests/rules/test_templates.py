"""Every template is used by somebody, every import in a template is used in it, and none grows out of hand."""

import re
from pathlib import Path

import pytest

from tests.rules.source import ROOT, plant

pytestmark = pytest.mark.any_database

LONGEST = 120
USE = re.compile(r"""["']((?:[\w-]+/)*[\w{}-]+\.(?:html|txt))["']""")
IMPORTED = re.compile(r"{%-?\s*from\s+[\"'][^\"']+[\"']\s+import\s+([^%]+?)\s*-?%}")
# Rendered by a name made of a code: error pages by status, mail by kind.
BY_CODE = re.compile(r"^(errors|email)/")


def orphans(root: Path) -> list[str]:
    """Templates that nobody renders, extends, includes or imports."""
    used: set[str] = set()
    for path in [*root.glob("forum/**/*.py"), *root.glob("templates/**/*.*")]:
        used |= set(USE.findall(path.read_text()))
    return [
        name
        for path in sorted(root.glob("templates/**/*.*"))
        if (name := path.relative_to(root / "templates").as_posix()) not in used and not BY_CODE.match(name)
    ]


def missing(root: Path) -> list[str]:
    """Templates that are asked for and do not exist."""
    asked: set[str] = set()
    for path in [*root.glob("forum/**/*.py"), *root.glob("templates/**/*.*")]:
        words = path.read_text()
        asked |= set(re.findall(r"render_template\(\s*[\"']([^\"'{}]+)[\"']", words))
        asked |= set(re.findall(r"{%-?\s*(?:extends|include|from|import)\s+[\"']([^\"']+)[\"']", words))
    return sorted(name for name in asked if not (root / "templates" / name).exists())


def unused_imports(root: Path) -> list[str]:
    """Macros that a template imports and never calls."""
    found = []
    for path in sorted(root.glob("templates/**/*.html")):
        words = path.read_text()
        for names in IMPORTED.findall(words):
            for name in re.sub(r"\s+with(out)? context$", "", names).split(","):
                own = name.split(" as ")[-1].strip()
                if own and len(re.findall(rf"\b{own}\b", words)) < 2:
                    found.append(f"{path.relative_to(root)}: {own}")
    return found


def too_long(root: Path) -> list[str]:
    """Pages that should be split."""
    return [
        f"{path.relative_to(root)}: {lines}"
        for path in sorted(root.glob("templates/**/*.*"))
        if (lines := len(path.read_text().splitlines())) > LONGEST
    ]


PLANTED = {
    orphans: {"templates/a/b.html": "nobody"},
    missing: {"forum/web/a.py": 'render_template("a/gone.html")\n', "templates/x.html": ""},
    unused_imports: {"templates/a.html": '{% from "x.html" import ring %}'},
    too_long: {"templates/a.html": "\n" * (LONGEST + 1)},
}


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_the_shelf_of_templates_is_in_order(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_each_rule_can_fail(rule, tmp_path):
    assert rule(plant(tmp_path, PLANTED[rule])) != []
