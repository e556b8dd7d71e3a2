"""A day is somebody's: only `infra/days.py` says on which one a moment falls, and in whose time zone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import ROOT, modules, plant

pytestmark = pytest.mark.any_database

PLACE = "forum.infra.days"
SAYS = "ask days.today(zone) or days.day_of(moment, zone): at midnight in UTC it is another day elsewhere"
OF_A_MOMENT = frozenset({"date", "today", "utcnow", "weekday", "isoweekday", "isocalendar", "toordinal"})
WRITTEN = frozenset({"func.date", "func.current_date", "func.strftime", "func.date_trunc", "func.to_char"})
PARTS = frozenset({"year", "month"})


def days_taken(root: Path) -> list[str]:
    """Places that take a day, a month or a year from a moment by themselves."""
    return [
        f"{module.name}:{line}: {SAYS}"
        for module in modules(root).values()
        if module.name != PLACE
        for line in _lines(module.tree)
    ]


def _lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            taken = node.func.attr in OF_A_MOMENT and not _is_day(node.func.value)
            if taken or ast.unparse(node.func) in WRITTEN:
                yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in PARTS and _is_moment(node.value):
            yield node.lineno


def _is_day(owner: ast.expr) -> bool:
    """What `days` gave, by its call or by a name that says so: today, that_day."""
    called = ast.unparse(owner.func) if isinstance(owner, ast.Call) else ast.unparse(owner)
    return called.endswith("day") or called in {"days", "days.day_of"}


def _is_moment(owner: ast.expr) -> bool:
    """Anything but a day, and but a column of a model that is called like one."""
    return not _is_day(owner) and not (isinstance(owner, ast.Name) and owner.id[:1].isupper())


PLANTED = [
    "clock.now().date()",
    "lesson.created_at.date()",
    "value.astimezone(zone).date()",
    "local.date()",
    "date.today()",
    "datetime.utcnow()",
    "clock.now().year",
    "out.year",
    "now.weekday()",
    "select(func.date(Post.created_at))",
]
ALLOWED = [
    "days.today()",
    "days.today(actor.timezone)",
    "days.day_of(lesson.created_at).year",
    "today - timedelta(days=today.weekday())",
    "that_day.year != today.year",
    "select(LessonNumber.year)",
]


def test_nobody_takes_the_date_of_a_moment_but_the_one_place():
    assert days_taken(ROOT) == []


@pytest.mark.parametrize("expression", PLANTED)
def test_the_rule_can_fail(expression, tmp_path):
    assert len(days_taken(plant(tmp_path, {"forum/domain/a.py": f"x = {expression}\n"}))) == 1


def test_the_rule_allows_days(tmp_path):
    lines = "\n".join(f"x = {expression}" for expression in ALLOWED)
    assert days_taken(plant(tmp_path, {"forum/domain/a.py": lines})) == []
    assert days_taken(plant(tmp_path, {"forum/infra/days.py": "x = moment.date()\n"})) == []
