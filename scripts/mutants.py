"""Plants small wrong changes, one at a time, and sees whether the tests notice.

    python scripts/mutants.py [PATH …] [--only WORDS] [--sample K --seed N] [--alone] [--list]

What is changed, and by which tests it must be noticed, stands in `pyproject.toml` under `tool.mutants`. A mutant that
they miss is shown to the second net, unless `--alone`; what survives both fails the run. Changes that change nothing
are known by name in `docs/mutants.md`.
"""

import argparse
import importlib
import os
import random
import re
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import mutations  # noqa: E402 - found once the root is on the path
from scripts.mutant_runs import Mutant, Tests, pass_unchanged, survivors  # noqa: E402

KNOWN = ROOT / "docs" / "mutants.md"


@dataclass(frozen=True)
class Target:
    """A module, what of it is changed, and the tests that must notice."""

    path: str
    tests: Tests
    net: Tests = ()
    functions: tuple[str, ...] | None = None
    sentences: bool = False


def targets() -> list[Target]:
    """The table in pyproject.toml, folders taken apart into their modules."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutants"]["targets"]
    found = []
    for row in table:
        path = ROOT / row.pop("path")
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        modules = [path] if path.suffix == ".py" else sorted(path.glob("[!_]*.py"))
        found += [Target(str(module.relative_to(ROOT)), **values) for module in modules]
    return found


def mutants_of(target: Target) -> list[Mutant]:
    """Every change of a target."""
    module = importlib.import_module(target.path.removesuffix(".py").replace("/", "."))
    source = (ROOT / target.path).read_text()
    found = mutations.of(source, module, functions=target.functions, sentences=target.sentences)
    return [Mutant(target.path, mutation) for mutation in found]


def known() -> set[str]:
    """The names of the changes that change nothing, from `docs/mutants.md`."""
    return {" ".join(name.split()) for name in re.findall(r"^- `(.+?)`\n", KNOWN.read_text(), re.M | re.S)}


def main(arguments: list[str]) -> int:
    """Make the mutants, run the tests on each, and say who survived."""
    asked = _parser().parse_args(arguments)
    os.environ["TEST_DATABASE"] = "sqlite"
    every = [
        (target, one) for target in targets() if _is_asked(target, asked.paths) for one in mutants_of(target)
    ]
    chosen = [(target, one) for target, one in every if asked.only in one.name]
    if asked.list:
        print("\n".join(one.name for _target, one in chosen))
        return 0
    excepted = known()
    chosen = [(target, one) for target, one in chosen if one.name not in excepted]
    if asked.sample:
        draw = random.Random(asked.seed)  # noqa: S311 - a draw that can be repeated
        chosen = draw.sample(chosen, min(asked.sample, len(chosen)))
    started = time.monotonic()
    alive = _alive(chosen, alone=asked.alone)
    if alive is None:
        return 1
    _show(alive)
    seconds = time.monotonic() - started
    print(f"{len(chosen)} mutants in {seconds:.0f} s, besides the known ones that change nothing")
    print(f"{len(chosen) - len(alive)} passed, {len(alive)} failed")
    return 1 if alive else 0


def _alive(chosen: list[tuple[Target, Mutant]], *, alone: bool) -> list[Mutant] | None:
    """Who survives both the tests and the second net; None when the tests fail without any mutant."""
    alive: list[Mutant] = []
    for tests, net in dict.fromkeys((target.tests, target.net) for target, _one in chosen):
        mutants = [one for target, one in chosen if (target.tests, target.net) == (tests, net)]
        if not pass_unchanged(tests):
            print(f"{' '.join(tests)} fails without any mutant.", file=sys.stderr)
            return None
        left = survivors(mutants, tests)
        print(f"{' '.join(tests)}: {len(mutants)} mutants, {len(left)} missed", flush=True)
        for one in left:
            print(f"  missed: {one.name}", flush=True)
        if net and left and not alone:
            left = _caught(left, net)
        alive += left
    return alive


def _caught(missed: list[Mutant], net: Tests) -> list[Mutant]:
    left = survivors(missed, net)
    print(f"  the second net, {' '.join(net)}, misses {len(left)} of these", flush=True)
    for one in missed:
        if one not in left:
            print(f"  caught there: {one.name}")
    return left


def _show(alive: list[Mutant]) -> None:
    for path, change in alive:
        print(f"\n{path}:{change.line} {change.function or 'module'}")
        print("\n".join(f"- {line}" for line in change.before.splitlines()))
        print("\n".join(f"+ {line}" for line in (change.after or "(left out)").splitlines()))
    print()


def _is_asked(target: Target, paths: list[str]) -> bool:
    return not paths or any(target.path.startswith(path.rstrip("/")) for path in paths)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", help="modules or folders of the table; none: all of them")
    parser.add_argument(
        "--only", default="", metavar="WORDS", help="only mutants with these words in their names"
    )
    parser.add_argument(
        "--sample", type=int, default=0, metavar="K", help="draw K mutants instead of taking all"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which draw")
    parser.add_argument("--alone", action="store_true", help="do without the second net")
    parser.add_argument("--list", action="store_true", help="only name the mutants")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
