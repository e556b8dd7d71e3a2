"""A name that was retired does not come back: `retired_names.toml` lists them, exactly, with what took their place."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import ROOT, plant, python_files, taken, top_names

Names = dict[str, str]
RETIRED: dict[str, Names] = tomllib.loads((Path(__file__).parent / "retired_names.toml").read_text())
pytestmark = pytest.mark.any_database
THIS = "tests/rules/test_retired_names.py"
MACRO = re.compile(r"{%-?\s*macro\s+(\w+)|{%-?\s*from\s+[\"'][^\"']+[\"']\s+import\s+([^%]+?)-?%}")
WORN = re.compile(r"\bclass=\"([^\"]*)\"|\bclass='([^']*)'")
JINJA = re.compile(r"{%.*?%}|{{.*?}}", re.S)
QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def modules(root: Path, retired: Names) -> list[str]:
    """Modules that are there again, or are named whole, as a path, or as `from forum.domain import shelf`."""
    paths = {name: re.sub(r"\.", "/", name).removeprefix("forum/") for name in retired}
    written = re.compile(
        "|".join(
            rf"(?<![\w.])(?P<n{number}>{re.escape(name)}\b(?!/)|(?<![\w/])(?:forum/)?{path}\.py\b)"
            for number, (name, path) in enumerate(paths.items())
        )
    )
    # The last part of each name: where none of them stands, the dear pattern has nothing to find.
    tails = re.compile("|".join(sorted({re.escape(name.rpartition(".")[2]) for name in retired})))
    names, found = list(paths), []
    for path in _texts(root):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not tails.search(line):
                continue
            for match in written.finditer(line):
                found.append(_said(root, path, number, names[int(str(match.lastgroup)[1:])], retired))
    for path, tree in python_files(root):
        for name, line_number in [(_module(root, path), 1), *taken(tree)]:
            if name in retired:
                found.append(_said(root, path, line_number, name, retired))
    return found


def names(root: Path, retired: Names) -> list[str]:
    """Functions, classes and constants: made in their module, imported from it, or read as its attribute."""
    found = []
    for path, tree in python_files(root):
        made = [(f"{_module(root, path)}.{name}", line) for name, line in top_names(tree)]
        for name, line in [*made, *taken(tree)]:
            if name in retired:
                found.append(_said(root, path, line, name, retired))
    return found


def attributes(root: Path, retired: Names) -> list[str]:
    """Columns and fields: `Thread.once`, `thread.once`, `Thread(once=…)`, and `once` in the class itself."""
    found = []
    for path, tree in python_files(root):
        for name, line in _attributes(tree):
            if name in retired:
                found.append(_said(root, path, line, name, retired))
    return found


def _attributes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = node.value.id
            yield f"{owner if owner != owner.lower() else owner.title()}.{node.attr}", node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from ((f"{node.func.id}.{keyword.arg}", node.lineno) for keyword in node.keywords)
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{name}", line) for name, line in top_names(node))


def macros(root: Path, retired: Names) -> list[str]:
    """Macros that a template makes or imports."""
    found = []
    for path in sorted(root.glob("templates/**/*.*")):
        text = path.read_text()
        for match in MACRO.finditer(text):
            for part in (match[1] or match[2]).split(","):
                for name in set(part.split()) & set(retired):
                    found.append(_said(root, path, text[: match.start()].count("\n") + 1, name, retired))
    return found


def classes(root: Path, retired: Names) -> list[str]:
    """CSS classes, their parts and variants included: `story`, `story__head`, `story--wide`."""
    found = []
    for path in sorted(root.glob("templates/**/*.html")):
        text = path.read_text()
        for match in WORN.finditer(text):
            worn = match[1] or match[2] or ""
            chosen = [a or b for code in JINJA.findall(worn) for a, b in QUOTED.findall(code)]
            for word in " ".join([JINJA.sub(" ", worn), *chosen]).split():
                found += _worn(root, path, text[: match.start()].count("\n") + 1, word, retired)
    for path in sorted(root.glob("static/css/*.css")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for word in re.findall(r"\.(-?[A-Za-z_][\w-]*)", line):
                found += _worn(root, path, number, word, retired)
    return found


def _worn(root: Path, path: Path, line: int, word: str, retired: Names) -> list[str]:
    name = re.split(r"--|__", word)[0]
    return [_said(root, path, line, name, retired)] if name in retired else []


def _texts(root: Path) -> list[Path]:
    documents = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("templates/**/*.*")]
    return sorted([path for path, _tree in python_files(root)] + documents)


def _module(root: Path, path: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def _said(root: Path, path: Path, line: int, name: str, retired: Names) -> str:
    return f"{path.relative_to(root)}:{line}: {name} was retired; now {retired[name]}"


OLD, NEW = {"forum.domain.shelf": "library"}, {"forum.a.drain": "run", "forum.a.LIMIT": "most"}
COLUMN, NAME = {"Thread.once": "idempotency_key"}, {"story": "opening_post"}
PLANTED = [
    (modules, OLD, {"forum/domain/shelf.py": ""}),
    (modules, OLD, {"forum/web/a.py": "from forum.domain import shelf\n"}),
    (modules, OLD, {"forum/web/a.py": "from forum.domain.shelf import page\n"}),
    (modules, OLD, {"forum/web/a.py": '"""As forum/domain/shelf.py does."""\n'}),
    (modules, OLD, {"docs/a.md": "see `domain/shelf.py`\n"}),
    (modules, OLD, {"templates/a.html": "{# forum.domain.shelf makes it #}\n"}),
    (names, NEW, {"forum/a.py": "def drain():\n    return 1\n"}),
    (names, NEW, {"tests/b.py": "from forum.a import drain\n"}),
    (names, NEW, {"tests/b.py": "from forum import a as worker\nworker.drain()\n"}),
    (names, NEW, {"tests/b.py": "import forum.a\nforum.a.LIMIT\n"}),
    (attributes, COLUMN, {"forum/a.py": "class Thread:\n    once: int\n"}),
    (attributes, COLUMN, {"forum/a.py": "Thread.once\n"}),
    (attributes, COLUMN, {"forum/a.py": "thread.once\n"}),
    (attributes, COLUMN, {"forum/a.py": "Thread(once=1)\n"}),
    (macros, NAME, {"templates/a.html": "{% macro story(x) %}{% endmacro %}"}),
    (macros, NAME, {"templates/a.html": '{% from "b.html" import reply, story as other %}'}),
    (classes, NAME, {"templates/a.html": '<p class="flow story--wide">'}),
    (classes, NAME, {"templates/a.html": "<p class=\"{{ 'story' if first else 'x' }}\">"}),
    (classes, NAME, {"static/css/a.css": ".flow > .story__head { color: red }"}),
]
PERMITTED = {
    "forum/a.py": "def shelf():\n    return b.drain, once, Post.once\n",
    "templates/a.html": '{# a story #}<p class="history" title="story">a shelf, a story</p>',
    "static/css/a.css": ".history { color: red }",
    "docs/a.md": "A shelf of `domain/shelves.py`, a story.\n",
}
RULES = {
    modules: OLD,
    names: {"forum.domain.a.drain": "run"},
    attributes: COLUMN,
    macros: NAME,
    classes: NAME,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_retired_name_is_used(rule):
    assert [said for said in rule(ROOT, RETIRED[rule.__name__]) if not said.startswith(THIS)] == []


@pytest.mark.parametrize(("rule", "retired", "files"), PLANTED)
def test_each_kind_of_retired_name_is_found(rule, retired, files, tmp_path):
    (said,) = rule(plant(tmp_path, files), retired)
    assert said.startswith(next(iter(files)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_ordinary_words_are_left_alone(rule, tmp_path):
    assert rule(plant(tmp_path, PERMITTED), RULES[rule]) == []
