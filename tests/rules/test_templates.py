"""Every template is used, every import in it too; none grows out of hand; state and forms are kept elsewhere."""

import ast
import re
from pathlib import Path

import pytest

from tests.rules.source import ROOT, plant

pytestmark = pytest.mark.any_database

LONGEST = 120
WIDEST = 120
MOST_ARGUMENTS = 5
USE = re.compile(r"""["']((?:[\w-]+/)*[\w{}-]+\.(?:html|txt|xml|svg))["']""")
IMPORTED = re.compile(r"{%-?\s*from\s+[\"'][^\"']+[\"']\s+import\s+([^%]+?)\s*-?%}")
# Rendered by a name made of a code: error pages by status, mail by kind.
BY_CODE = re.compile(r"^(errors|email)/")
# The wrapper itself, and a form that works without a session.
OWN_FORM = {"components/form_wrapper.html", "unsubscribe/show.html"}


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


def wide_lines(root: Path) -> list[str]:
    """Lines that should be broken; Jinja joins strings that stand side by side, so a sentence can be broken too."""
    return [
        f"{path.relative_to(root)}:{number}"
        for path in sorted(root.glob("templates/**/*.*"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > WIDEST
    ]


def many_arguments(root: Path) -> list[str]:
    """Macros that want to be told too much: give them the thing itself, or let attributes pass through `kwargs`."""
    return [
        f"{path.relative_to(root)}: {name}"
        for path in sorted(root.glob("templates/**/*.*"))
        for name, arguments in re.findall(r"{%-?\s*macro\s+(\w+)\((.*?)\)\s*-?%}", path.read_text(), re.S)
        if len(_arguments(arguments)) > MOST_ARGUMENTS
    ]


def _arguments(text: str) -> list[ast.arg]:
    function = ast.parse(f"(lambda {text}: 0)", mode="eval").body
    assert isinstance(function, ast.Lambda)
    return function.args.args


def kept_state(root: Path) -> list[str]:
    """Values that a template changes. What is kept between readers belongs in forum/web/fragments.py, with its key."""
    changing = re.compile(r"\.(append|clear|extend|insert|pop|popitem|remove|setdefault|update)\(")
    return [
        f"{path.relative_to(root)}: {code}"
        for path in sorted(root.glob("templates/**/*.*"))
        for code in _code(path)
        if changing.search(code)
    ]


def bare_forms(root: Path) -> list[str]:
    """Forms that write without form_wrapper, which brings the token, the method and the list of errors."""
    return [
        name
        for path in sorted(root.glob("templates/**/*.html"))
        if (name := path.relative_to(root / "templates").as_posix()) not in OWN_FORM
        and re.search(r"<form\b[^>]*method=[\"']post", path.read_text())
    ]


def left_to_the_browser(root: Path) -> list[str]:
    """Controls that must be filled in and have no place for an error, in forms that the browser does not look at."""
    return [
        f"{path.relative_to(root)}: {control[:60]}"
        for path in sorted(root.glob("templates/**/*.html"))
        for start, inside in re.findall(
            r"{%-?\s*call form_wrapper\((.*?)\)\s*-?%}(.*?){%-?\s*endcall", _flat(path), re.S
        )
        if "novalidate=none" not in start
        for control in re.findall(r"<(?:input|textarea|select)\b(?:[^<]*\s)required\b[^<]*", inside)
        if "aria-invalid" not in control
    ]


def drafts_unsaid(root: Path) -> list[str]:
    """Forms that keep drafts without the button that keeps, or without the line that says what became of the words."""
    return [
        f"{path.relative_to(root)}: {start[:60]}"
        for path in sorted(root.glob("templates/**/*.html"))
        for start, inside in re.findall(
            r"{%-?\s*call form_wrapper\(([^%]*?\bdraft=[^%]*?)\)\s*-?%}(.*?){%-?\s*endcall", _flat(path), re.S
        )
        if not ("keep_button(" in inside and "saved(" in inside)
    ]


def _flat(path: Path) -> str:
    """A template without the calls inside its forms, so that a form ends at its own `endcall`."""
    words = path.read_text()
    inner = r"{%-?\s*call (?!form_wrapper)((?!{%-?\s*(?:call|endcall)).)*{%-?\s*endcall\s*-?%}"
    while (less := re.sub(inner, "", words, flags=re.S)) != words:
        words = less
    return words


def personal_fragments(root: Path) -> list[str]:
    """Macros that are kept for every reader and draw something of one."""
    personal = re.compile(r"\b(csrf_token|viewer|request|session|get_flashed_messages|current_user|g)\b")
    return [
        f"{name}: {code}"
        for path in sorted(root.glob("templates/**/*.html"))
        for macro in re.findall(r"\bfragment\((\w+)", path.read_text())
        for name in _drawn_by(root, _home_of(path, macro))
        for code in _code(root / "templates" / name)
        if personal.search(code)
    ]


def _home_of(path: Path, macro: str) -> str:
    """The template in which a macro stands that `path` uses."""
    for home, names in re.findall(
        r"{%-?\s*from\s+[\"']([^\"']+)[\"']\s+import\s+([^%]+?)\s*-?%}", path.read_text()
    ):
        if macro in re.split(r"[\s,]+", names):
            return str(home)
    return path.as_posix().rpartition("templates/")[2]


def _drawn_by(root: Path, name: str) -> set[str]:
    """A template and all that it imports."""
    found, todo = set(), {name}
    while todo:
        found.add(current := todo.pop())
        words = (root / "templates" / current).read_text()
        todo |= set(re.findall(r"{%-?\s*(?:from|include)\s+[\"']([^\"']+)[\"']", words)) - found
    return found


def overwritten(root: Path) -> list[str]:
    """Names that a layout sets and a view gives to a page: what the layout says stands in its stead, unseen.

    A layout may give one that a page did not set: `{% set section = section | default("") %}`.
    """
    given = {
        word.arg
        for path in (root / "forum/web").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "render_template"
        for word in call.keywords
    }
    return [
        f"{path.relative_to(root)}: {name}"
        for path in sorted(root.glob("templates/layouts/*.html"))
        for name, value in re.findall(r"{%-? set (\w+) = (.*?)-?%}", path.read_text(), re.S)
        if name in given and not value.startswith(f"{name} | default(")
    ]


def _code(path: Path) -> list[str]:
    """What a template asks Jinja to do, without comments and without what stands in quotes."""
    words = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
    return [re.sub(r'"[^"]*"|\'[^\']*\'', '""', code) for code in re.findall(r"{%.*?%}|{{.*?}}", words, re.S)]


PLANTED = {
    orphans: {"templates/a/b.html": "nobody"},
    missing: {"forum/web/a.py": 'render_template("a/gone.html")\n', "templates/x.html": ""},
    unused_imports: {"templates/a.html": '{% from "x.html" import ring %}'},
    too_long: {"templates/a.html": "\n" * (LONGEST + 1)},
    wide_lines: {"templates/a.html": "x" * (WIDEST + 1)},
    many_arguments: {"templates/a.html": "{% macro a(b, c=None, d='x', e=(),\n f={}, g=1) %}{% endmacro %}"},
    kept_state: {"templates/a.html": "{% set KEPT = {} %}{% set _done = KEPT.update({1: 2}) %}"},
    bare_forms: {"templates/a.html": '<form class="form" method="post" action="/">'},
    left_to_the_browser: {
        "templates/a.html": '{% call form_wrapper(to) %}<input name="why" required>{% endcall %}'
    },
    drafts_unsaid: {
        "templates/a.html": "{% call form_wrapper(to, draft=slot) %}"
        "{% call x() %}y{% endcall %}{{ saved() }}{% endcall %}"
    },
    overwritten: {
        "templates/layouts/base.html": "{% set moderates = true %}",
        "forum/web/a.py": 'render_template("a.html", moderates=False)\n',
    },
    personal_fragments: {
        "templates/a.html": '{% from "b.html" import b %}{{ fragment(b, 1) }}',
        "templates/b.html": '{% from "c.html" import c %}{% macro b(x) %}{{ c() }}{% endmacro %}',
        "templates/c.html": "{% macro c() %}{{ csrf_token() }}{% endmacro %}",
    },
}


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_the_shelf_of_templates_is_in_order(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_each_rule_can_fail(rule, tmp_path):
    assert rule(plant(tmp_path, PLANTED[rule])) != []
