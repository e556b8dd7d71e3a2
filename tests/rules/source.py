"""Reads the house as text: which module imports what, where, and what it calls. Nothing is run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Module:
    """One Python file of the house."""

    name: str
    path: Path
    tree: ast.Module
    imports: set[str] = field(default_factory=set)
    hidden_imports: list[int] = field(default_factory=list)

    @property
    def floor(self) -> str:
        """The second part of its name: `forum.web.threads` is on `web`; the top module is `house`."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else "house"


def modules(root: Path = ROOT) -> dict[str, Module]:
    """Every module of the package `forum` below `root`, by name."""
    return _house() if root == ROOT else _read(root)


@cache
def _house() -> dict[str, Module]:
    """The real one, which stands still while the tests run: read once."""
    return _read(ROOT)


def _read(root: Path) -> dict[str, Module]:
    found = {}
    for path in sorted((root / "forum").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, ast.parse(path.read_text()))
    for module in found.values():
        _note_imports(module, set(found))
    return found


def _note_imports(module: Module, known: set[str]) -> None:
    package = module.path.name == "__init__.py"
    for node, inside in _walk(module.tree, inside=False):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if inside:
            module.hidden_imports.append(node.lineno)
        if isinstance(node, ast.Import):
            module.imports |= {alias.name for alias in node.names}
            continue
        base = node.module or ""
        if node.level:
            trail = module.name.split(".")
            keep = len(trail) - node.level + (1 if package else 0)
            base = ".".join([*trail[:keep], base] if base else trail[:keep])
        for alias in node.names:
            whole = f"{base}.{alias.name}"
            module.imports.add(whole if whole in known else base)


def _walk(tree: ast.AST, *, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(tree):
        deeper = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield child, deeper
        yield from _walk(child, inside=deeper)


@cache
def taken(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """Every dotted name that a file takes from a module, with its line: imported by name, or as its attribute."""
    return tuple(_taken(tree))


def _taken(tree: ast.Module) -> Iterator[tuple[str, int]]:
    bound: dict[str, str] = {}
    attributes = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            attributes.append(node)
        elif isinstance(node, ast.Import):
            bound |= {alias.asname: alias.name for alias in node.names if alias.asname}
            bound |= {
                top: top for alias in node.names if (top := alias.name.split(".")[0]) and not alias.asname
            }
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield f"{node.module}.{alias.name}", node.lineno
    for node in attributes:
        if _begins_with(node) in bound:
            first, _, rest = ast.unparse(node).partition(".")
            if first in bound:
                yield f"{bound[first]}.{rest}", node.lineno


def _begins_with(node: ast.expr) -> str:
    """The name at the beginning of an expression: to write each of them out takes seconds."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return ""
    return node.id


def top_names(tree: ast.Module | ast.ClassDef) -> Iterator[tuple[str, int]]:
    """What a file or a class makes at its own level, with its line: functions, classes and assigned names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        yield name.id, node.lineno


def python_files(root: Path = ROOT) -> list[tuple[Path, ast.Module]]:
    """Every Python file that is ours, parsed; migrations tell of the past and are left out."""
    return _our_files() if root == ROOT else _parsed(root)


@cache
def _our_files() -> list[tuple[Path, ast.Module]]:
    return _parsed(ROOT)


def _parsed(root: Path) -> list[tuple[Path, ast.Module]]:
    folders = ("forum", "tests", "scripts", "bench", "demo")
    paths = [*root.glob("*.py"), *(path for name in folders for path in (root / name).rglob("*.py"))]
    return [(path, ast.parse(path.read_text())) for path in sorted(paths)]


def calls(module: Module) -> Iterator[tuple[str, int]]:
    """Every call as dotted text with its line: `db.session.commit` at 12."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write a tiny house below `root`: the planted violations on which each rule shows that it can fail."""
    for name, words in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)
        for folder in path.relative_to(root).parents:
            if str(folder).startswith("forum"):
                (root / folder / "__init__.py").touch()
    return root
