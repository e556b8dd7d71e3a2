"""`forum/domain` has one folder per noun, and a folder imports only from those below it. See docs/decisions/0009."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import ROOT, Module, modules, plant, taken

pytestmark = pytest.mark.any_database
# From the bottom to the top; `lines`, `choices` and `checks`, and from `draft_places` on, are single files.
ORDER = (
    "lines",
    "choices",
    "checks",
    "indexing",  # what search finds texts by, written with every text
    "themes",
    "mailing",
    "maintenance",
    "audit",  # below people: suspending an account writes to the log
    "people",
    "spaces",
    "drafts",  # of any form: where each stands is handed in
    "house_rules",  # accepted with what is sent to threads, and a ground for what moderators do there
    "threads",
    "held_posts",  # what is sent to threads and waits; given back as a draft
    "responses",
    "summaries",
    "lessons",  # holds consent_checks: publishing asks them, and consents above records the answers
    "cahiers",  # of lessons
    "consents",
    "regrouping",  # moves posts with the lessons that quote them; moderation undoes it
    "moderation",
    "handovers",  # what moderators hold of all of the above, which each says of itself
    "desk",  # what needs a moderator: asks all of the above
    "search",  # asks threads, lessons, people and spaces
    "digests",
    "syndication",  # what machines outside fetch: lessons and threads
    "inbox",  # what waits at home: asks all of the above
    "draft_places",  # which form is about what; on top, as forms are about everything
    "schema",
    "health",
    "figures",
    "system",
    "doctor",  # looks at everything
)
DOMAIN = "forum.domain."


def folder(name: str) -> str:
    """Return `threads` for `forum.domain.threads.posts`, nothing for a module outside the domain."""
    return name.removeprefix(DOMAIN).split(".")[0] if name.startswith(DOMAIN) else ""


def domain(root: Path) -> dict[str, Module]:
    """Return the modules inside `forum/domain` by name."""
    return {name: module for name, module in modules(root).items() if folder(name)}


def unplaced(root: Path) -> list[str]:
    """Folders and files that the order does not know."""
    return sorted({folder(name) for name in domain(root)} - set(ORDER))


def upward(root: Path) -> list[str]:
    """Imports of a folder by one that stands below it."""
    place = {name: number for number, name in enumerate(ORDER)}
    return [
        f"{module.name} imports {target}"
        for module in domain(root).values()
        for target in sorted(module.imports)
        if folder(target) and place.get(folder(target), 0) > place.get(folder(module.name), len(ORDER))
    ]


def passed_on(root: Path) -> list[str]:
    """Names that a module of the domain takes from elsewhere only to offer them: import them where they are made."""
    return [
        f"{module.name}: {name}"
        for module in domain(root).values()
        for name in sorted(set(_imported(module.tree)) - _used(module.tree) | _offered(module.tree))
    ]


def second_doors(root: Path) -> list[str]:
    """Uses of a name of a module of the domain that only imported it itself."""
    borrowed = {f"{name}.{own}" for name, m in domain(root).items() for own in _imported(m.tree)}
    return [
        f"{module.name}:{line} takes {name}"
        for module in modules(root).values()
        for name, line in taken(module.tree)
        if name in borrowed
    ]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)


def _used(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _offered(tree: ast.Module) -> set[str]:
    """Imported names in `__all__`, or bound again at the top of the module."""
    offered: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if isinstance(node.value, ast.Name):
                offered.add(node.value.id)
            elif any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                offered |= set(ast.literal_eval(node.value))
    return offered & set(_imported(tree))


PLANTED = [
    (unplaced, {"forum/domain/drawer/a.py": ""}),
    (
        upward,
        {
            "forum/domain/threads/a.py": "from forum.domain.lessons import b\n",
            "forum/domain/lessons/b.py": "",
        },
    ),
    (
        upward,
        {"forum/domain/audit/a.py": "from forum.domain.people.b import c\n", "forum/domain/people/b.py": ""},
    ),
    (passed_on, {"forum/domain/threads/a.py": "from forum.domain.lines import clean_line\n"}),
    (passed_on, {"forum/domain/threads/a.py": "from forum.infra import clock as clock\n"}),
    (passed_on, {"forum/domain/threads/a.py": 'from forum.infra import clock\n__all__ = ["clock"]\n'}),
    (passed_on, {"forum/domain/threads/a.py": "from forum.infra.clock import now\nmoment = now\n"}),
    (
        second_doors,
        {
            "forum/domain/threads/a.py": "from forum.infra.clock import now\nnow()\n",
            "forum/web/b.py": "from forum.domain.threads.a import now\nnow()\n",
        },
    ),
    (
        second_doors,
        {
            "forum/domain/threads/a.py": "from forum.infra import clock\nclock.now()\n",
            "forum/web/b.py": "from forum.domain.threads import a\na.clock.now()\n",
        },
    ),
]
RULES = sorted({rule for rule, _files in PLANTED}, key=lambda rule: rule.__name__)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_domain_is_in_order(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "files"), PLANTED)
def test_each_rule_can_fail(rule, files, tmp_path):
    assert rule(plant(tmp_path, files)) != []


def test_every_name_of_the_order_is_there():
    assert {folder(name) for name in domain(ROOT)} == set(ORDER)
