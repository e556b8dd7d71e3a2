"""The filters beside the library: each with what it would leave and where it leads."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import url_for

from forum.domain.choices import Counts
from forum.domain.lessons import library_facets, library_sorts
from forum.domain.lessons.library_choice import KINDS, Choice, key_of
from forum.domain.search import in_library, results
from forum.domain.themes import labels
from forum.infra.i18n import _, lazy
from forum.web.http import list_filters
from forum.web.http.list_filters import Filter, FilterPanel

NAMES: Mapping[str, Mapping[Any, Any]] = {
    "outcome": labels.LESSON_OUTCOMES,
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
BEST_NAME = lazy("Best match first")


class Shown(NamedTuple):
    """Which lessons a list shows: what narrows them, their order, and the words that they have, if any were asked."""

    choice: Choice
    sort: str
    words: str = ""
    literally: bool = False

    @property
    def sorts(self) -> Mapping[str, Any]:
        """The orders in which they can stand, with their names; the first one is usual."""
        return {in_library.BEST: BEST_NAME, **SORTS} if self.words else SORTS

    def address(self, **more: Any) -> str:
        """Return the address of the list, with more parameters."""
        parameters: dict[str, Any] = {
            "q": self.words or None,
            results.LITERALLY: 1 if self.literally else None,
            **self.choice.values,
            "sort": None if self.sort == next(iter(self.sorts)) else self.sort,
            **more,
        }
        return url_for("lessons.index", **parameters)

    def without(self, kind: str) -> "Shown":
        """Return the same without a kind of filter."""
        return self._replace(choice=self.choice.without(kind))


class LessonFilters(FilterPanel):
    """The filters of a list of lessons, and its orders; `spelt`: the names of addressees by their keys."""

    drawn = KINDS

    def __init__(self, shown: Shown, counts: Counts, spelt: Mapping[str, str]) -> None:
        words = {"sort": shown.sort, "q": shown.words, results.LITERALLY: str(shown.literally)}
        super().__init__(shown.choice, counts, spelt, words)
        self._shown = shown
        self._counts = counts
        self._spelt = spelt

    def of(self, kind: str) -> list[Filter]:
        """Return the values of a kind that leave something, as they stand or by their number; or the orders."""
        if kind == "sort":
            return self._sorts()
        choice, numbers = self._shown.choice, self._counts.by[kind]
        anywhere = self._shown.without(kind).address()
        if kind == "addressee":
            return self._addressees(anywhere)
        texts = {str(value): text_of(kind, str(value)) for value in NAMES.get(kind, numbers)}
        each = list_filters.of_several(kind, texts, choice, self._counts, anywhere)
        left = [one for one in each if one.current or numbers[one.code]]
        return left if kind in NAMES else list_filters.most_first(left, numbers)

    def _addressees(self, anywhere: str) -> list[Filter]:
        """Those of most lessons, as the latest lesson spells each."""
        chosen, numbers = self._shown.choice.addressee, self._counts.by["addressee"]
        key = key_of(chosen[0]) if chosen else None
        more = "+" if "addressee" in self._counts.at_least else ""
        found = []
        for each in library_facets.most_of(numbers, key):
            name, current = self._spelt[each], each == key
            href = list_filters.with_values(anywhere, "addressee", () if current else (name,))
            found.append(Filter(each, name, href, current, f"{numbers[each]}{more}"))
        return list_filters.most_first(found, numbers)

    def _sorts(self) -> list[Filter]:
        shown = self._shown
        return [
            Filter(sort, str(name), shown._replace(sort=sort).address(_anchor="list"), sort == shown.sort, "")
            for sort, name in shown.sorts.items()
        ]


def chosen(shown: Shown) -> list[Filter]:
    """Return the filters that hold, each with the address without it."""
    return [
        Filter(value, chosen_text(kind, value), shown.without(kind).address(), True, "")
        for kind, values in shown.choice.values.items()
        for value in values
    ]


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
