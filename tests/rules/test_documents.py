"""What the documents name is there: paths, functions, commands, settings, and samples of code to the letter."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from tests.rules import documents
from tests.rules.documents import LATER, PATH, Code, spans
from tests.rules.source import ROOT, plant

pytestmark = pytest.mark.any_database
ROUTE = re.compile(r'^@bp\.\w+\("(/[^"]*)"', re.M)
DOTTED = re.compile(r"@?([\w/]+(?:\.\w+)*)\.(\w+)(?:\(.*\))?")
CALLED = re.compile(r"@?(\w+)\(.*\)")
IDENTIFIER = re.compile(r"[a-z]\w*_\w+|[A-Z][a-z]+(?:[A-Z][a-z]+)+")
# Named because we do without them.
NOT_OURS = {"fs_uniquifier"}


def missing_paths(root: Path) -> list[str]:
    """Files and folders that do not exist, from the top, `forum/` or the domain; a name alone may stand anywhere."""
    return [
        f"{span.place}: {word}"
        for span in spans(root)
        for word in ([span.text] if " " not in span.text else span.command.split())
        if PATH.fullmatch(word) and not word.startswith(LATER) and not _exists(root, word)
    ]


def _exists(root: Path, word: str) -> bool:
    for base in (root, root / "forum", root / "forum" / "domain"):
        if any(base.glob(word.rstrip("/"))) or (base / f"{word}.py").exists():
            return True
    here = ("forum", "tests", "scripts", "docs", "templates", "static", "migrations", "bench")
    return "/" not in word and any(any((root / folder).rglob(word)) for folder in here)


def missing_names(root: Path) -> list[str]:
    """Functions, classes, columns and other identifiers that the code does not have."""
    known, addresses = documents.code(root), routes(root)
    return [
        f"{span.place}: {span.text}"
        for span in spans(root)
        if span.text not in addresses and not _is_known(span.text, known)
    ]


def routes(root: Path) -> set[str]:
    """The addresses of pages, such as /robots.txt, that look like a name in a module."""
    sources = (path.read_text() for path in root.glob("forum/web/**/*.py"))
    return {address for source in sources for address in ROUTE.findall(source)}


def _is_known(text: str, known: Code) -> bool:
    if PATH.fullmatch(text) or text.startswith(LATER):
        return True  # the rule above
    if match := DOTTED.fullmatch(text):
        owner, name = match[1].replace("/", "."), match[2]
        modules = [each for each in known.made if f".{each}".endswith(f".{owner}")]
        inside = any(name in known.made[each] or f"{each}.{name}" in known.made for each in modules)
        package = any(f".{each}".endswith(f".{owner}.{name}") for each in known.made)
        return inside or package or name in known.members.get(owner.lower(), ())
    if match := CALLED.fullmatch(text):
        return any(match[1] in names for names in [*known.made.values(), *known.members.values()])
    return not IDENTIFIER.fullmatch(text) or text in known.words | NOT_OURS


def missing_settings(root: Path) -> list[str]:
    """Settings that nobody reads from the environment."""
    code = "".join(
        path.read_text()
        for pattern in ("*.py", "Makefile", "scripts/*", "forum/**/*.py", "bench/**/*.py", "tests/*.py")
        for path in root.glob(pattern)
        if path.is_file()
    )
    read = set(
        re.findall(
            r"environ(?:\.get)?[(\[]\s*[\"']([A-Z_]+)|_set\([\"']([A-Z_]+)|\b([A-Z_]+)=\d|\$[({]([A-Z_]+)[:)}]",
            code,
        )
    )
    known = {name for names in read for name in names}
    named = [
        (span, match[0]) for span in spans(root) if (match := re.match(r"[A-Z][A-Z_]{2,}(?=$|=)", span.text))
    ]
    return [f"{span.place}: {name}" for span, name in named if name not in known]


def dead_links(root: Path) -> list[str]:
    """Links from one document to a file that is not there."""
    return [
        f"{path.relative_to(root)}: {target}"
        for path in documents.documents(root)
        for target in re.findall(r"\]\(([^):#]+)[^):]*\)", path.read_text())
        if not (path.parent / target).exists()
    ]


def missing_targets(root: Path) -> list[str]:
    """`make` with something that the Makefile does not make."""
    makefile = root / "Makefile"
    targets = set(re.findall(r"^(\w+):", makefile.read_text() if makefile.exists() else "", re.M))
    asked = [(span, re.findall(r"(?:^|&& )make (\w+)", span.command)) for span in spans(root)]
    return [f"{span.place}: make {name}" for span, names in asked for name in names if name not in targets]


def missing_commands(root: Path, app: Flask) -> list[str]:
    """`flask` with a command or an option that is not registered."""
    found = []
    for span in spans(root):
        if not (match := re.match(r"flask (\w[\w ]*)", span.command)):
            continue
        command: click.Command | None = FlaskGroup(create_app=lambda: app)
        with click.Context(FlaskGroup(), obj=ScriptInfo(create_app=lambda: app)) as context:
            words = match[1].split()
            while words and isinstance(command, click.Group):
                command = command.get_command(context, words.pop(0))
        options = {name for part in command.params for name in part.opts} if command else set()
        if command is None or set(re.findall(r"(?<=[\s\[])--[a-z-]+", span.command)) - options:
            found.append(f"{span.place}: {span.text}")
    return found


def other_samples(root: Path) -> list[str]:
    """Functions shown in Python that the code does not have like that."""
    known = documents.code(root).functions
    return [
        f"{place}: {shown.name}"
        for shown, place in documents.samples(root)
        if documents.body(shown) not in [documents.body(real) for real in known.get(shown.name, [])]
    ]


RULES = [missing_paths, missing_names, missing_settings, missing_targets, dead_links, other_samples]
THREADS = '''
class Thread:
    title = ""


def reply(text: str):
    """Say."""
    return text
'''
FILES = {"Makefile": "run: ## go\n", "config.py": 'environ.get("PORT")\n', "forum/domain/threads.py": THREADS}
RIGHT = """
`forum/domain/threads.py`, `domain/threads.py`, `threads.py`, `domain/`, `instance/x.db`, `domain/threads.reply`,
`threads.reply(author)`, `Thread.title`, `thread.title`, `reply()`, `PORT`, `PORT=1 make run`, `make
run`, `words`, `/threads/<id>`, `data-`, `flask db upgrade`, [this](a.md), [that](https://example.org)
```python
def reply(text):
    return text  # aloud
```
"""
WRONG = [
    (missing_paths, "`domain/talks.py`"),
    (missing_paths, "`forum/domain/talks/`"),
    (missing_paths, "`.venv/bin/python -m pytest tests/test_gone.py`"),
    (missing_names, "`domain/threads.answer`"),
    (missing_names, "`threads.answer(author)`"),
    (missing_names, "`Thread.once`"),
    (missing_names, "`answer()`"),
    (missing_names, "`idempotency_key`"),
    (missing_settings, "`PROT`"),
    (missing_settings, "```\nPROT=1\n```"),
    (missing_targets, "`PORT=1 make\nrunn`"),
    (missing_targets, "```\ngit clone && make runn\n```"),
    (dead_links, "[decision 99](decisions/0099-gone.md#why)"),
    (other_samples, "```python\ndef reply(text):\n    return 1\n```"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_what_the_documents_name_is_there(rule):
    assert rule(ROOT) == []


def test_the_commands_of_the_documents_are_registered(app):
    assert missing_commands(ROOT, app) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_what_is_there_is_left_alone(rule, tmp_path, app):
    root = plant(tmp_path, FILES | {"docs/a.md": RIGHT})
    assert rule(root) == []
    assert missing_commands(root, app) == []


@pytest.mark.parametrize(("rule", "text"), WRONG)
def test_what_is_not_there_is_found(rule, text, tmp_path):
    (said,) = rule(plant(tmp_path, FILES | {"docs/a.md": text}))
    assert said.startswith("docs/a.md:")


@pytest.mark.parametrize(
    "text", ["`flask memeber add`", "`flask member\nadd EMAIL --nickname X`", "`flask db upgrad`"]
)
def test_a_command_that_is_not_registered_is_found(text, tmp_path, app):
    (said,) = missing_commands(plant(tmp_path, {"docs/a.md": text}), app)
    assert said.startswith("docs/a.md:1")
