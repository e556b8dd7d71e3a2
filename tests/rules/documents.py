"""Reads the documents: what stands between backticks, and which names the code has."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.rules.source import ROOT, python_files, taken, top_names

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.S | re.M)
INLINE = re.compile(r"`([^`]+)`")
# A folder, a file in a folder, or a name that can only be a file's.
KINDS = r"(?:py|md|html|txt|css|js|json|toml|po)"
PATH = re.compile(
    rf"[a-z.][\w.*-]*/(?:[\w.*-]+/)*(?:[\w*-]*|[\w.*-]+\.{KINDS})|[\w.*-]+\.(?:py|md|json|toml)"
)
# Made by commands or by people, and not in a fresh clone.
LATER = ("instance/", "bench/results/", ".venv", ".env")
ASSIGNMENT = re.compile(r"^([A-Z][A-Z_]*)=\S*\s*")


@dataclass(frozen=True)
class Span:
    """Something between backticks, or a line of a block, with the place where it stands."""

    text: str
    place: str

    @property
    def command(self) -> str:
        """The text without the settings in front of a command, and without the folder of the environment."""
        text = self.text
        while match := ASSIGNMENT.match(text):
            text = text[match.end() :]
        return re.sub(r"\$\(.*?\)", "", text.removeprefix(".venv/bin/"))


def documents(root: Path) -> list[Path]:
    """README, CONTRIBUTING and everything in docs."""
    return [*root.glob("README.md"), *root.glob("CONTRIBUTING.md"), *sorted(root.glob("docs/**/*.md"))]


def spans(root: Path) -> Iterator[Span]:
    """Every piece of code in the documents; blocks of Python are `samples`."""
    for path in documents(root):
        text = path.read_text()
        for match in FENCE.finditer(text):
            if match[1] != "python":
                start = text[: match.start(2)].count("\n") + 1
                for number, line in enumerate(match[2].splitlines(), start):
                    # A block is a drawing or a list of commands: only commands and settings are read in it.
                    if re.match(r"(make|flask|\.venv|git|[A-Z_]+=)", line):
                        yield Span(line.split("  #")[0].strip(), f"{path.relative_to(root)}:{number}")
        text = FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)
        for match in INLINE.finditer(text):
            number = text[: match.start()].count("\n") + 1
            yield Span(" ".join(match[1].replace("\\|", "|").split()), f"{path.relative_to(root)}:{number}")


def samples(root: Path) -> Iterator[tuple[ast.FunctionDef, str]]:
    """The functions in blocks of Python, with the document."""
    for path in documents(root):
        for match in FENCE.finditer(path.read_text()):
            if match[1] == "python":
                for node in ast.parse(match[2]).body:
                    if isinstance(node, ast.FunctionDef):
                        yield node, str(path.relative_to(root))


@dataclass
class Code:
    """The names of the code below a root."""

    made: dict[str, set[str]] = field(
        default_factory=dict
    )  # what each module makes or takes, by its dotted name
    members: dict[str, set[str]] = field(
        default_factory=dict
    )  # what each class has, by its name in small letters
    words: set[str] = field(default_factory=set)  # every identifier, and every text that is one
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)


def code(root: Path) -> Code:
    """Read all Python below `root`."""
    return _our_code() if root == ROOT else _read(root)


@cache
def _our_code() -> Code:
    return _read(ROOT)


def _read(root: Path) -> Code:
    known, texts = Code(), set[str]()
    for path, tree in python_files(root):
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        known.made[name] = {made for made, _line in top_names(tree)}
        known.made[name] |= {taken_name.split(".")[-1] for taken_name, _line in taken(tree)}
        for node in ast.walk(tree):
            texts.update(value for value in vars(node).values() if isinstance(value, str))
            if isinstance(node, ast.FunctionDef):
                known.functions.setdefault(node.name, []).append(node)
            if isinstance(node, ast.ClassDef):
                held = known.members.setdefault(node.name.lower(), set())
                held |= {made for made, _line in top_names(node)} | {"id"}
    known.words = {text for text in texts if re.fullmatch(r"\w+", text)}
    return known


def body(function: ast.FunctionDef) -> str:
    """What a function does, without its docstring, comments and annotations."""
    plain: ast.FunctionDef = ast.parse(ast.unparse(function)).body[0]  # type: ignore[assignment]
    if ast.get_docstring(plain) is not None:
        del plain.body[0]
    for node in ast.walk(plain):
        if isinstance(node, ast.arg):
            node.annotation = None
    plain.returns = None
    for index, line in enumerate(plain.body):
        if isinstance(line, ast.AnnAssign) and line.value is not None:
            plain.body[index] = ast.copy_location(ast.Assign([line.target], line.value), line)
    return ast.unparse(plain)
