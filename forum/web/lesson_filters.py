"""The filters beside the library: each with what it would leave and where it leads."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from forum.domain.choices import Counts
from forum.domain.lessons import library_facets, library_sorts
from forum.domain.lessons.library_choice import KINDS, Choice, key_of
from forum.domain.themes import labels
from forum.infra.i18n import _, lazy
from forum.web.http import list_filters
from forum.web.http.list_filters import Filter, FilterPanel

NAMES: Mapping[str, Mapping[Any, Any]] = {
    "outcome": labels.OUTCOMES,
    "axis": labels.AXES,
    "need": labels.NEEDS,
    "confidence": labels.CONFIDENCES,
}
SORTS: Mapping[str, Any] = {
    library_sorts.LATEST: lazy("Latest change first"),
    library_sorts.APPLIED: lazy("Applied in most cities first"),
    library_sorts.CERTAIN: lazy("Most certain first"),
    library_sorts.DUE: lazy("Due for another look first"),
}


class LessonFilters(FilterPanel):
    """The filters of a choice among the lessons, and their order; `spelt`: the names of addressees by their keys."""

    drawn = KINDS

    def __init__(self, choice: Choice, counts: Counts, sort: str, spelt: Mapping[str, str]) -> None:
        super().__init__(choice, counts, spelt, {"sort": sort})
        self._choice = choice
        self._counts = counts
        self._sort = sort
        self._spelt = spelt

    def of(self, kind: str) -> list[Filter]:
        """Return the values of a kind that leave something, as they stand or by their number; or the orders."""
        if kind == "sort":
            return self._sorts()
        choice, numbers = self._choice, self._counts.by[kind]
        anywhere = address_of(choice.without(kind), self._sort)
        if kind == "addressee":
            return self._addressees(anywhere)
        texts = {str(value): text_of(kind, str(value)) for value in NAMES.get(kind, numbers)}
        each = list_filters.of_several(kind, texts, choice, self._counts, anywhere)
        left = [one for one in each if one.current or numbers[one.code]]
        return left if kind in NAMES else list_filters.most_first(left, numbers)

    def _addressees(self, anywhere: str) -> list[Filter]:
        """Those of most lessons, as the latest lesson spells each."""
        chosen, numbers = self._choice.addressee, self._counts.by["addressee"]
        key = key_of(chosen[0]) if chosen else None
        more = "+" if "addressee" in self._counts.at_least else ""
        found = []
        for each in library_facets.most_of(numbers, key):
            name, current = self._spelt[each], each == key
            href = list_filters.with_values(anywhere, "addressee", () if current else (name,))
            found.append(Filter(each, name, href, current, f"{numbers[each]}{more}"))
        return list_filters.most_first(found, numbers)

    def _sorts(self) -> list[Filter]:
        return [
            Filter(sort, str(name), address_of(self._choice, sort, _anchor="list"), sort == self._sort, "")
            for sort, name in SORTS.items()
        ]


def address_of(choice: Choice, sort: str, **more: Any) -> str:
    """Return the address of the library with a choice, in an order, and with more parameters."""
    order = None if sort == library_sorts.LATEST else sort
    parameters: dict[str, Any] = {**choice.values, "sort": order, **more}
    return url_for("lessons.index", **parameters)


def text_of(kind: str, value: str) -> str:
    """Return how a value of a kind is shown under its name."""
    return str(NAMES[kind][value]) if kind in NAMES else labels.city_name(value)


def chosen_text(kind: str, value: str) -> str:
    """Return how a value of a kind is shown among what is chosen, where its name does not stand above it."""
    if kind == "addressee":
        return _("for %(people)s", people=value)
    if kind == "applied":
        return _("applied in %(city)s", city=labels.city_name(value))
    return text_of(kind, value)
