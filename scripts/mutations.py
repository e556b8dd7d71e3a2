"""Small wrong changes to Python source: where they can be made, and the code with one of them in it.

A mutation is one node of the syntax tree and what stands in its place. Docstrings, annotations and decorators are left
alone; everything else that decides something is changed: operators, constants, conditions of queries, members of enums,
entries of tables, and statements that do something.
"""

import ast
import copy
import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

COMPARED = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip
# What a query or a built-in function is called, and what would be the wrong one.
OPPOSITES = {
    "and_": "or_", "or_": "and_", "is_": "is_not", "is_not": "is_", "in_": "not_in", "not_in": "in_", "any": "all",
    "all": "any", "min": "max", "max": "min", "asc": "desc", "desc": "asc",
}  # fmt: skip
CONDITIONS = {"and_", "or_", "where", "filter"}  # each argument is a condition of its own
SENTENCES = {"_", "ngettext"}


@dataclass(frozen=True)
class Mutation:
    """One change: the way to the node from the root of the tree, and the new node (None: the node is dropped)."""

    way: tuple[tuple[str, int | None], ...]
    line: int
    function: str  # the dotted name of what it stands in, "" at module level
    before: str
    after: str
    new: ast.AST | None

    def __str__(self) -> str:
        return f"{self.function or 'module'}: {self.before} -> {self.after}"


def of(
    source: str, module: ModuleType, *, functions: Sequence[str] | None = None, sentences: bool = False
) -> list[Mutation]:
    """Every mutation of a module, or of some of its functions; `sentences` empties what is said to people as well."""
    tree = ast.parse(source)
    found = list(_walk(tree, (), "", _Finder(module, sentences)))
    return [one for one in found if functions is None or one.function.split(".")[0] in functions]


def mutated(source: str, mutation: Mutation) -> ast.Module:
    """The tree of the source with that change in it."""
    tree = ast.parse(source)
    *above, (field, index) = mutation.way
    node: Any = tree
    for name, place in above:
        node = getattr(node, name) if place is None else getattr(node, name)[place]
    new = copy.deepcopy(mutation.new)
    if index is None:
        setattr(node, field, new)
    elif new is None:
        _drop(node, field, index)
    else:
        getattr(node, field)[index] = new
    return ast.fix_missing_locations(tree)


def _drop(node: Any, field: str, index: int) -> None:
    del getattr(node, field)[index]
    if isinstance(node, ast.Dict):
        del node.values[index]


def _walk(
    node: ast.AST, way: tuple[tuple[str, int | None], ...], function: str, finder: "_Finder"
) -> Iterator[Mutation]:
    for field, index, child in _children(node):
        here = (*way, (field, index))
        inside = function
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inside = f"{function}.{child.name}".lstrip(".")
        elif isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        for new in finder.instead(child):
            yield _mutation(here, child, new, inside)
        for name, place in finder.dropped(child):
            part = getattr(child, name)[place]
            yield _mutation((*here, (name, place)), part, None, inside)
        if not finder.says(child) and not isinstance(child, ast.JoinedStr):
            yield from _walk(child, here, inside, finder)


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """What stands below a node, without annotations, decorators and lists of exported names."""
    skipped = {"annotation", "returns", "decorator_list", "type_params", "bases", "ctx"}
    if isinstance(node, ast.Import | ast.ImportFrom) or _names_exports(node):
        return
    for field, value in ast.iter_fields(node):
        if field in skipped:
            continue
        if isinstance(value, ast.AST):
            yield field, None, value
        elif isinstance(value, list):
            yield from ((field, index, item) for index, item in enumerate(value) if isinstance(item, ast.AST))


def _names_exports(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def _mutation(
    way: tuple[tuple[str, int | None], ...], old: ast.AST, new: ast.AST | None, function: str
) -> Mutation:
    after = "" if new is None else ast.unparse(new)
    return Mutation(way, getattr(old, "lineno", 0), function, ast.unparse(old), after, new)


class _Finder:
    """What could stand in the place of a node, and which of its parts could be missing."""

    def __init__(self, module: ModuleType, sentences: bool) -> None:
        self.module = module
        self.sentences = sentences

    def says(self, node: ast.AST) -> bool:
        """Whether a node is a sentence for people."""
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SENTENCES

    def instead(self, node: ast.AST) -> Iterator[ast.AST]:
        """Every node that could wrongly stand in the place of this one."""
        if self.says(node):
            if self.sentences:
                yield ast.Constant("")
            return
        found = getattr(self, f"_{type(node).__name__.lower()}", None)
        if found is not None:
            yield from found(node)

    def dropped(self, node: ast.AST) -> Iterator[tuple[str, int]]:
        """The parts of a node that could be missing: conditions and entries of tables."""
        if isinstance(node, ast.Call) and _called(node) in CONDITIONS and len(node.args) > 1:
            yield from (("args", index) for index in range(len(node.args)))
        elif isinstance(node, ast.BoolOp) and len(node.values) > 2:
            yield from (("values", index) for index in range(len(node.values)))
        elif isinstance(node, ast.Tuple | ast.List | ast.Set) and not isinstance(_context(node), ast.Store):
            yield from (("elts", index) for index in range(len(node.elts)))
        elif isinstance(node, ast.Dict):
            yield from (("keys", index) for index in range(len(node.keys)) if node.keys[index] is not None)
        elif isinstance(node, ast.comprehension):
            yield from (("ifs", index) for index in range(len(node.ifs)))

    def _compare(self, node: ast.Compare) -> Iterator[ast.AST]:
        for index, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                new = copy.deepcopy(node)
                new.ops[index] = other()
                yield new

    def _boolop(self, node: ast.BoolOp) -> Iterator[ast.AST]:
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        if len(node.values) == 2:
            yield from reversed(node.values)

    def _binop(self, node: ast.BinOp) -> Iterator[ast.AST]:
        if type(node.op) in COMPUTED:
            yield ast.BinOp(node.left, COMPUTED[type(node.op)](), node.right)

    def _augassign(self, node: ast.AugAssign) -> Iterator[ast.AST]:
        yield ast.Pass()
        if type(node.op) in COMPUTED:
            yield ast.AugAssign(node.target, COMPUTED[type(node.op)](), node.value)

    def _unaryop(self, node: ast.UnaryOp) -> Iterator[ast.AST]:
        yield node.operand

    def _constant(self, node: ast.Constant) -> Iterator[ast.AST]:
        value = node.value
        if isinstance(value, bool):
            yield ast.Constant(not value)
        elif isinstance(value, int | float):
            yield ast.Constant(value + 1)
        elif isinstance(value, str):
            yield ast.Constant("" if value else "mutant")

    def _attribute(self, node: ast.Attribute) -> Iterator[ast.AST]:
        kind = getattr(self.module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        if isinstance(kind, enum.EnumType) and node.attr in kind.__members__:
            yield from (
                ast.Attribute(node.value, name, node.ctx) for name in kind.__members__ if name != node.attr
            )

    def _ifexp(self, node: ast.IfExp) -> Iterator[ast.AST]:
        yield ast.IfExp(node.test, node.orelse, node.body)

    def _if(self, node: ast.If) -> Iterator[ast.AST]:
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        yield ast.If(ast.Constant(False), node.body, node.orelse)

    def _call(self, node: ast.Call) -> Iterator[ast.AST]:
        name = _called(node)
        if name in OPPOSITES:
            new = copy.deepcopy(node)
            if isinstance(new.func, ast.Attribute):
                new.func.attr = OPPOSITES[name]
            else:
                new.func = ast.Name(OPPOSITES[name], ast.Load())
            if (
                OPPOSITES[name] in dir(self.module)
                or isinstance(new.func, ast.Attribute)
                or name in {"any", "all", "min", "max"}
            ):
                yield new
        if name in {"where", "filter"} and len(node.args) == 1 and isinstance(node.func, ast.Attribute):
            yield node.func.value

    def _dict(self, node: ast.Dict) -> Iterator[ast.AST]:
        for index in range(len(node.values) - 1):
            values = list(node.values)
            values[index], values[index + 1] = values[index + 1], values[index]
            if ast.dump(values[index]) != ast.dump(values[index + 1]):
                yield ast.Dict(node.keys, values)

    def _expr(self, node: ast.Expr) -> Iterator[ast.AST]:
        # A flush only hastens what the next query does by itself.
        if not (isinstance(node.value, ast.Call) and _called(node.value) == "flush"):
            yield ast.Pass()

    def _raise(self, node: ast.Raise) -> Iterator[ast.AST]:
        yield ast.Pass()

    def _assign(self, node: ast.Assign) -> Iterator[ast.AST]:
        if all(isinstance(target, ast.Attribute | ast.Subscript) for target in _targets(node)):
            yield ast.Pass()


def _targets(node: ast.Assign) -> list[ast.expr]:
    return [
        part
        for target in node.targets
        for part in (target.elts if isinstance(target, ast.Tuple) else [target])
    ]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _context(node: ast.Tuple | ast.List | ast.Set) -> ast.expr_context:
    return getattr(node, "ctx", ast.Load())
