"""What the library is ordered by hangs on the flush of the session: a bulk update of its columns goes past it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from forum.domain.lessons import library_keys
from tests.rules.source import ROOT, modules, plant

pytestmark = pytest.mark.any_database

SAYS = "set it on the rows, in the session: library_keys follows what a flush writes, and no bulk update"
FOLLOWED = {model.__name__: {*columns} for model, columns in library_keys._CHANGES.items()}


def bulk_updates(root: Path) -> list[str]:
    """Places that update a followed column in bulk, also of a model that is only known as it runs."""
    return [
        f"{module.name}:{line}: {SAYS}" for module in modules(root).values() for line in _lines(module.tree)
    ]


def _lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        model = _updated(node.func.value)
        if node.func.attr == "values" and model is not None and _written(node) & _followed(model):
            yield node.lineno


def _updated(chain: ast.expr) -> str | None:
    """The name of what a chain of calls updates: of `update(Lesson).where(...)` Lesson."""
    while isinstance(chain, ast.Call) and isinstance(chain.func, ast.Attribute):
        if chain.func.attr == "update":
            return ast.unparse(chain.args[0]) if chain.args else None
        chain = chain.func.value
    if isinstance(chain, ast.Call) and ast.unparse(chain.func) == "update":
        return ast.unparse(chain.args[0])
    return None


def _followed(model: str) -> set[str]:
    """The columns that are followed of a model, and of a variable those of each; `*` are any."""
    name = model.removesuffix(".__table__").rpartition(".")[2]
    if name in FOLLOWED:
        return FOLLOWED[name] | {"*"}
    return set() if name[:1].isupper() else set.union(*FOLLOWED.values())


def _written(values: ast.Call) -> set[str]:
    """Every name in what is set; `*` where names come from elsewhere."""
    found = {keyword.arg or "*" for keyword in values.keywords}
    for given in values.args:
        for node in ast.walk(given):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant):
                found.add(str(node.value))
        if not isinstance(given, ast.Dict):
            found.add("*")
    return found


def test_what_the_library_is_ordered_by_is_never_updated_in_bulk():
    assert bulk_updates(ROOT) == []


@pytest.mark.parametrize(
    "planted",
    [
        "update(Lesson).where(Lesson.id == 1).values(review_on=None)",
        "db.update(AdoptionReport).values(capacity_id=to.id)",
        "sa.update(models.Capacity).values({Capacity.city: None})",
        "update(Capacity.__table__).values({'body': 'city'})",
        "update(Capacity).values(**said)",
        "update(Capacity).values(said)",
        "for kind in KINDS: update(kind).where(said).values(capacity_id=to.id)",
    ],
)
def test_a_planted_one_is_found(tmp_path, planted):
    assert len(bulk_updates(plant(tmp_path, {"forum/domain/planted.py": planted}))) == 1


@pytest.mark.parametrize(
    "fine",
    [
        "update(Post).values(capacity_id=1)",
        "update(Lesson).values(applied_in=1)",
        "update(kind).values({kind.attempts: 1})",
        "update(mail).values(**said)",
        "found.update(Lesson)",
        "{}.update(x).values()",
    ],
)
def test_another_one_is_not(tmp_path, fine):
    assert bulk_updates(plant(tmp_path, {"forum/domain/planted.py": fine})) == []
