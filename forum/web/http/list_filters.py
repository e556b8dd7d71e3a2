"""Filters of a list as links: each keeps the others that are chosen, and the chosen one takes itself away."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request, url_for

from forum.domain.themes.labels import AXES, NEEDS

NAMES = ("need", "axis", "tag")
Item = tuple[str, str, str, bool, int | None]


def chosen() -> dict[str, str]:
    """What this address asks for, known values only; a tag may be any word."""
    known: dict[str, Iterable[str] | None] = {"need": NEEDS, "axis": AXES, "tag": None}
    asked = {name: request.args.get(name, "")[:60] for name in NAMES}
    return {
        name: value
        for name, value in asked.items()
        if value and ((among := known[name]) is None or value in among)
    }


def items(endpoint: str, name: str, wanted: dict[str, str], **values: Any) -> list[Item]:
    """The links of one filter, `need` or `axis`."""
    names: Mapping[Any, Any] = NEEDS if name == "need" else AXES
    found = []
    for code in names:
        href = address(endpoint, wanted, name, code.value, **values)
        found.append((code.value, str(names[code]), href, wanted.get(name) == code, None))
    return found


def address(endpoint: str, wanted: dict[str, str], name: str, value: str | None, **values: Any) -> str:
    """The address of a list with one filter changed; choosing what is chosen takes it away."""
    other = {key: kept for key, kept in wanted.items() if key != name}
    if value is not None and wanted.get(name) != value:
        other[name] = value
    return url_for(endpoint, **values, **other)
