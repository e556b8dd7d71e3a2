"""The filters beside the list of all threads: each with what it would leave and where it leads."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from forum.domain.themes import labels
from forum.domain.threads.overview import Choice
from forum.domain.threads.overview_counts import ThreadCounts
from forum.infra import i18n
from forum.models.themes import NO_AXIS
from forum.web.http import list_filters
from forum.web.http.list_filters import Filter, FilterPanel

NAMES: Mapping[str, Mapping[Any, Any]] = {
    "need": labels.NEEDS,
    "axis": {**labels.AXES, NO_AXIS: i18n.lazy("No theme yet")},
    "voices": {"": i18n.lazy("Everybody"), "field": i18n.lazy("Field workers only")},
    "lesson": {"with": i18n.lazy("With a lesson"), "without": i18n.lazy("No lesson yet")},
}
MOST_TAGS = 10  # those of most threads; what is chosen stands first


class ThreadFilters(FilterPanel):
    """The filters of a choice among all threads."""

    drawn = (*NAMES, "tag", "space", "city")

    def __init__(self, choice: Choice, counts: ThreadCounts) -> None:
        super().__init__(choice, counts, counts.spaces, counts.tags)
        self._choice = choice
        self._counts = counts

    def of(self, kind: str) -> list[Filter]:
        """Return the values of a kind: the fixed ones in their order, others by how many they leave."""
        choice, counts = self._choice, self._counts
        values = map(str, NAMES[kind]) if kind in NAMES else {*counts.by[kind], *getattr(choice, kind)}
        texts = {value: text_of(kind, value, counts) for value in values}
        each = list_filters.of_several(kind, texts, choice, counts, address_of(choice.without(kind)))
        if kind in NAMES:
            return each
        most = list_filters.most_first(each, counts.by[kind])
        return most[:MOST_TAGS] if kind == "tag" else most


def address_of(choice: Choice, **more: Any) -> str:
    """Return the address of the list with a choice, and with more parameters."""
    parameters: dict[str, Any] = {**choice.values, **more}
    return url_for("overview.index", **parameters)


def text_of(kind: str, value: str, counts: ThreadCounts) -> str:
    """Return how a value of a kind is shown."""
    if kind in NAMES:
        return str(NAMES[kind][value])
    if kind == "city":
        return labels.city_name(value)
    if kind == "space":
        return counts.spaces.get(value, value)
    if kind == "tag":
        return counts.tags.get(value, value)
    return value
