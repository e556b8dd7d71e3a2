"""The letters of mail servers that flufl.bounce is tested with, and what its own table says of each."""

import ast
import tarfile
from dataclasses import dataclass
from pathlib import Path

ARCHIVE = Path(__file__).with_name("flufl_bounce_6.0.0.tar.xz")


@dataclass(frozen=True)
class Sample:
    """One letter, the addresses that it is about, and whether it says permanent, temporary or nothing of them."""

    name: str
    content: bytes
    addresses: tuple[bytes, ...]
    kind: str | None

    def about(self, address: str) -> bytes:
        """The same letter, about another address."""
        words = self.content
        for each in self.addresses:
            words = words.replace(each, address.encode())
        return words


def samples() -> list[Sample]:
    """Return all of them. Those that the table leaves out say nothing, as its tests have it."""
    with tarfile.open(ARCHIVE) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        read = {name.removeprefix("./"): found.read() for name, found in files.items() if found}
    told: dict[str, tuple[set[bytes], str | None]] = {}
    for _detector, name, addresses, is_temporary in _table(read["test_detectors.py"].decode()):
        known, kind = told.setdefault(name, (set(), None))
        if addresses:
            told[name] = known | set(addresses), "temporary" if is_temporary else "permanent"
        assert kind is None or not addresses or told[name][1] == kind, name
    return [
        Sample(name.removeprefix("data/"), content, *_of(told.get(name.removeprefix("data/"))))
        for name, content in sorted(read.items())
        if name.startswith("data/")
    ]


def _of(told: tuple[set[bytes], str | None] | None) -> tuple[tuple[bytes, ...], str | None]:
    return (tuple(sorted(told[0])), told[1]) if told else ((), None)


def _table(source: str) -> list[tuple[str, str, list[bytes], bool]]:
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "DETECTORS":
            found: list[tuple[str, str, list[bytes], bool]] = ast.literal_eval(statement.value)
            return found
    raise AssertionError("the table has another name")
