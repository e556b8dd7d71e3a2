"""HTML is trusted in one place only: the renderer of people's words."""

import re
from pathlib import Path

import pytest

from tests.rules.source import ROOT, plant

pytestmark = pytest.mark.any_database

TRUSTED = {"forum/infra/text.py"}
TRUSTING = re.compile(r"\|\s*safe\b|\bMarkup\s*\(|autoescape\s+false|\bMarkup\.")
INLINE = re.compile(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\bsrc=)|javascript:", re.I)
# Mail has no style sheet of its own to link to; its page in the mailbox carries a policy of its own.
MAIL = "templates/email/"


def trusting(root: Path) -> list[str]:
    """Places that switch escaping off."""
    return _matches(root, TRUSTING, ("forum/**/*.py", "templates/**/*.html"), skip=TRUSTED)


def inline(root: Path) -> list[str]:
    """Inline styles and scripts, which the content security policy refuses anyway."""
    found = _matches(root, INLINE, ("templates/**/*.html",), skip=set())
    return [place for place in found if not place.startswith(MAIL)]


def _matches(root: Path, pattern: re.Pattern[str], globs: tuple[str, ...], skip: set[str]) -> list[str]:
    found = []
    for glob in globs:
        for path in sorted(root.glob(glob)):
            name = path.relative_to(root).as_posix()
            if name in skip:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if pattern.search(line):
                    found.append(f"{name}:{number}")
    return found


PLANTED = {
    trusting: {"templates/a.html": "{{ words|safe }}", "forum/web/a.py": "x = Markup(words)\n"},
    inline: {"templates/a.html": '<p style="color:red" onclick="x()">'},
}


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_nothing_else_is_trusted(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_each_rule_can_fail(rule, tmp_path):
    assert rule(plant(tmp_path, PLANTED[rule])) != []
