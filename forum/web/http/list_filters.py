"""Filters of a list as links: each keeps the other selected filters, and a selected one removes itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request, url_for

from forum.domain.themes.labels import AXES, NEEDS

NAMES = ("need", "axis", "tag")
Item = tuple[str, str, str, bool, int | None]


def chosen() -> dict[str, str]:
    """Return the filters in the address of this request, known values only; a tag may be anything."""
    known: dict[str, Iterable[str] | None] = {"need": NEEDS, "axis": AXES, "tag": None}
    requested = {name: request.args.get(name, "")[:60] for name in NAMES}
    return {
        name: value
        for name, value in requested.items()
        if value and ((values := known[name]) is None or value in values)
    }


def items(endpoint: str, name: str, selected: dict[str, str], **values: Any) -> list[Item]:
    """Return the links of one filter, `need` or `axis`."""
    names: Mapping[Any, Any] = NEEDS if name == "need" else AXES
    links: list[Item] = []
    for code in names:
        href = address(endpoint, selected, name, code.value, **values)
        links.append((code.value, str(names[code]), href, selected.get(name) == code, None))
    return links


def address(endpoint: str, selected: dict[str, str], name: str, value: str | None, **values: Any) -> str:
    """Return the address of a list with one filter changed; a filter that is selected already is removed."""
    filters: dict[str, Any] = {key: code for key, code in selected.items() if key != name}
    if value is not None and selected.get(name) != value:
        filters[name] = value
    return url_for(endpoint, **values, **filters)
