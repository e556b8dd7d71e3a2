"""Floors point down, nothing goes in circles, only edges commit, pages hold no SQL. See docs/architecture.md."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.rules.source import ROOT, calls, modules, plant

pytestmark = pytest.mark.any_database

# Which floors a floor may import. `house` is the factory; `settings` only reads the configuration.
ALLOWED = {
    "infra": {"infra"},
    "models": {"infra", "models"},
    "policy": {"infra", "models", "policy"},
    "domain": {"infra", "models", "policy", "domain"},
    "reactions": {"infra", "models", "policy", "domain", "reactions"},
    "jobs": {"infra", "models", "policy", "domain", "reactions", "jobs"},
    "web": {"infra", "models", "policy", "domain", "web"},
    "demo": {"infra", "models", "policy", "domain", "reactions", "demo"},
    "settings": {"infra"},
}
EVERYTHING = {"house", "cli"}
# Each outside package is known to one module only, so that replacing it is one file.
ONE_IMPORTER = {
    "bleach": {"forum.infra.text"},
    "nh3": {"forum.infra.text"},
    "markdown_it": {f"forum.infra.markdown.{part}" for part in ("parser", "links", "tables")},
    "markupsafe": {"forum.infra.text"},
    "flask_babel": {"forum.infra.i18n"},
    "itsdangerous": {"forum.infra.tokens"},
    "argon2": {"forum.infra.passwords"},
    "limits": {"forum.infra.rates"},
    "css_inline": {"forum.infra.mailer"},
    "smtplib": {"forum.infra.smtp_client"},
    "dns": {"forum.infra.dns"},
    "prometheus_client": {"forum.infra.metrics"},
    "holidays": {"forum.infra.workdays"},
    "phonenumbers": {"forum.infra.recognisable"},
    "flask_login": {"forum.web.http.current_user"},
    "cachetools": {"forum.web.fragments"},
    "Stemmer": {"forum.infra.search_keys.rules"},
    "simplemma": set(),  # by name, in forum.infra.search_keys.word_list: nothing that serves pages loads it
}
# Who ends a transaction: the request, the worker, a command.
EDGES = ("forum.web.http.transactions", "forum.jobs.", "forum.cli.")
SQL = ("sqlalchemy", "flask_sqlalchemy")
WEB_MAY_KNOW_THE_DATABASE = {"forum.web.http.transactions"}


def upward(root: Path) -> list[str]:
    """Imports that point up or sideways."""
    wrong = []
    for module in modules(root).values():
        if module.floor in EVERYTHING:
            continue
        for target in sorted(module.imports):
            parts = target.split(".")
            if parts[0] != "forum":
                continue
            floor = parts[1] if len(parts) > 1 else "house"
            if floor not in ALLOWED[module.floor]:
                wrong.append(f"{module.name} imports {target}")
    return wrong


def circle(root: Path) -> list[str]:
    """The modules of a circle, or nothing."""
    known = modules(root)
    graph = {name: {t for t in m.imports if t in known and t != name} for name, m in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def hidden(root: Path) -> list[str]:
    """Imports inside functions."""
    return [f"{m.name}:{line}" for m in modules(root).values() for line in m.hidden_imports]


def commits(root: Path) -> list[str]:
    """Commits below the edges."""
    return [
        f"{m.name}:{line}"
        for m in modules(root).values()
        if not m.name.startswith((*EDGES, "forum.infra.db"))  # `let_go`, where nothing was written
        for call, line in calls(m)
        if call.endswith(("session.commit", "connection.commit"))
    ]


def sql_in_web(root: Path) -> list[str]:
    """Pages that speak SQL or hold the database."""
    wrong = []
    for module in modules(root).values():
        if module.floor != "web" or module.name in WEB_MAY_KNOW_THE_DATABASE:
            continue
        wrong += [
            f"{module.name} imports {name}"
            for name in module.imports
            if name.startswith(SQL) or name == "forum.infra.db"
        ]
    return wrong


def second_importers(root: Path) -> list[str]:
    """Outside packages known in more than their one place."""
    return [
        f"{m.name} imports {name}"
        for m in modules(root).values()
        for name in sorted(m.imports)
        if name.split(".")[0] in ONE_IMPORTER and m.name not in ONE_IMPORTER[name.split(".")[0]]
    ]


RULES = {
    upward: {"forum/infra/a.py": "from forum.models import b\n", "forum/models/b.py": ""},
    circle: {
        "forum/domain/a.py": "from forum.domain import b\n",
        "forum/domain/b.py": "from forum.domain import a\n",
    },
    hidden: {"forum/domain/a.py": "def f():\n    import json\n    return json\n"},
    commits: {"forum/domain/a.py": "from forum.infra.db import db\ndef f():\n    db.session.commit()\n"},
    sql_in_web: {"forum/web/a.py": "from sqlalchemy import select\n"},
    second_importers: {"forum/web/a.py": "import bleach\n"},
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_is_straight(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_can_fail(rule, tmp_path):
    assert rule(plant(tmp_path, RULES[rule])) != []
