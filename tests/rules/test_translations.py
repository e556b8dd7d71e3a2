"""Every visible word can be read in Dutch and in English. English stands in the code, Dutch in the catalogue."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.extract import extract_from_dir

from tests.rules.source import ROOT, modules, plant

pytestmark = pytest.mark.any_database

KEYWORDS = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}
METHODS = [("forum/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
# A number of things, which can be one, before the word that changes with it.
COUNTED = re.compile(r"%\((num|other)\)d (?!of\b|and\b)[a-z]")
# A bound that is never one.
MANY = ("More than %(num)d", "These are the %(num)d", "the newest %(num)d")
# Words that are the same in every language.
NAMES = {"Leerkring", "Nederlands", "English"}


@cache
def spoken(root: Path) -> frozenset[str | tuple[str, ...]]:
    """Every sentence that the house can say."""
    found = extract_from_dir(str(root), METHODS, keywords=KEYWORDS, comment_tags=())
    return frozenset(message for _file, _line, message, _comments, _context in found)


def untranslated(root: Path) -> list[str]:
    """Sentences without good Dutch: missing, empty, fuzzy, or with other placeholders."""
    path = root / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = pofile.read_po(file)
    wrong = []
    for message in spoken(root):
        first = message if isinstance(message, str) else message[0]
        entry = catalogue.get(first)
        forms = [] if entry is None else [entry.string] if isinstance(entry.string, str) else entry.string
        if not forms or not all(forms) or entry.fuzzy:
            wrong.append(f"no Dutch for: {first}")
        elif any(_holes(form) - _holes(*_all(message)) for form in forms):
            wrong.append(f"other placeholders in the Dutch for: {first}")
    return sorted(wrong)


def dead(root: Path) -> list[str]:
    """Entries of the catalogue that the house no longer says: `make translations` drops them."""
    path = root / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = pofile.read_po(file)
    said = {message if isinstance(message, str) else message[0] for message in spoken(root)}
    ids = (m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id)
    return sorted([*(each for each in ids if each not in said), *map(str, catalogue.obsolete)])


def _all(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(part for part in message if part)


def _holes(*sentences: str) -> set[str]:
    return {name for sentence in sentences for name in PLACEHOLDER.findall(sentence)}


def one_form(root: Path) -> list[str]:
    """Sentences that count something and have one form, so that they would say "1 lines"."""
    single = (message for message in spoken(root) if isinstance(message, str) and COUNTED.search(message))
    return sorted(message for message in single if not any(bound in message for bound in MANY))


def bare_words(root: Path) -> list[str]:
    """Words in a template that no translator will ever see."""
    wrong = []
    for path in sorted(root.glob("templates/**/*.html")):
        words = path.read_text()
        words = re.sub(r"{%-?\s*block \w+_class\s*-?%}.*?{%-?\s*endblock", "{%", words, flags=re.S)
        words = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", words, flags=re.S)
        words = re.sub(r"<(style|script)\b.*?</\1>", " ", words, flags=re.S)
        said = re.findall(r"\s(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"", words)
        said += re.split(r"<[^>]*>", words)
        for piece in said:
            for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", piece)):
                if word not in NAMES:
                    wrong.append(f"{path.relative_to(root)}: {word}")
    return wrong


def bare_labels(root: Path) -> list[str]:
    """Labels, messages and refusals in Python that were written down without gettext."""
    wrong = []
    for module in modules(root).values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and (name := _callee(node)):
                place = 1 if name == "Invalid" else 0
                args = node.args[place : place + 1] + [k.value for k in node.keywords if k.arg == "message"]
                wrong += [f"{module.name}:{a.lineno}" for a in args if _is_sentence(a)]
    return wrong


def _callee(node: ast.Call) -> str:
    name = ast.unparse(node.func).split(".")[-1]
    is_field = name.endswith("Field") and name != "MissingField"
    return name if is_field or name in {"flash", "Forbidden", "Conflict", "Invalid", "deny"} else ""


def _is_sentence(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.search(r"[a-z]", node.value))
    )


PLANTED = {
    untranslated: {
        "templates/a.html": '{{ _("Never translated") }}',
        "translations/nl/LC_MESSAGES/messages.po": 'msgid ""\nmsgstr ""\n',
    },
    dead: {"translations/nl/LC_MESSAGES/messages.po": 'msgid ""\nmsgstr ""\n\nmsgid "Gone"\nmsgstr "Weg"\n'},
    one_form: {"templates/a.html": '{{ _("It has %(num)d lines.") }}'},
    bare_words: {"templates/a.html": '<p title="Ask">Share</p>'},
    bare_labels: {"forum/web/a.py": 'flash("Saved.")\nStringField("Name")\n'},
}


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_every_visible_word_is_translated(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_each_rule_can_fail(rule, tmp_path):
    assert rule(plant(tmp_path, PLANTED[rule])) != []


def test_the_extraction_really_finds_the_house():
    assert len(spoken(ROOT)) > 200
