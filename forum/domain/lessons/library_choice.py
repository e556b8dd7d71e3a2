"""What somebody chose among the lessons: filters that narrow each other, and the order.

Of each kind one value is chosen at most, so that the number beside a value is that of the list to which it leads.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, Text, func, select
from sqlalchemy import cast as sql_cast

from forum.domain.choices import Chosen
from forum.domain.lessons import origin
from forum.infra import text
from forum.models.adoptions import AdoptionReport
from forum.models.cities import BY_CODE
from forum.models.lessons import Confidence, Lesson, LessonVersion
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome

OUTCOMES = tuple(outcome for outcome in Outcome if outcome != Outcome.RUNNING)
# Values of the kinds that are counted in every lesson. Those of LATELY are counted in the latest of them.
KNOWN: dict[str, tuple[str, ...]] = {
    "axis": tuple(Axis),
    "need": tuple(Need),
    "outcome": OUTCOMES,
    "city": tuple(BY_CODE),
}
LATELY = ("confidence", "applied", "addressee")


@dataclass(frozen=True, slots=True)
class Choice(Chosen):
    """The filters of `/lessons`.

    `addressee` is anything that a lesson may say of for whom it is; `applied` a city in which it was applied.
    """

    axis: tuple[str, ...] = ()
    need: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    SINGLE: ClassVar[AbstractSet[str]] = frozenset({*KNOWN, *LATELY})

    @classmethod
    def of(cls, wanted: Callable[[str], Sequence[str]]) -> "Choice":
        """Return the choice of an address; `wanted` returns the values of a kind. What is not known is left out."""
        known = ((kind, [known for value in wanted(kind) if (known := _READ[kind](value))]) for kind in KINDS)
        return cls(**{kind: tuple(values[:1]) for kind, values in known})

    def of_these(self, kinds: Collection[str]) -> "Choice":
        """Return what is chosen of these kinds alone."""
        return Choice(**{kind: values for kind, values in self.values.items() if kind in kinds})


KINDS = Choice.kinds()


def conditions(choice: Choice) -> dict[str, ColumnElement[bool]]:
    """Return by kind what holds of each lesson and its current version that a choice leaves."""
    return {kind: condition(kind, value) for kind, (value,) in choice.values.items()}


def condition(kind: str, value: str) -> ColumnElement[bool]:
    """Return whether a lesson with its current version stands under that value of a kind."""
    if kind == "need":
        return _holds(LessonVersion.needs, value)
    if kind == "city":
        return _holds(origin.CITIES, value)
    if kind == "addressee":
        return _holds(func.lower(sql_cast(LessonVersion.addressees, Text)), key_of(value))
    if kind == "applied":
        return Lesson.id.in_(_applied_in(value))
    column: Any = getattr(LessonVersion, kind)
    chosen: ColumnElement[bool] = column == value
    return chosen


def key_of(addressee: str) -> str:
    """Return what spellings of an addressee share: how both databases keep it, without the capitals A to Z."""
    return json.dumps(addressee)[1:-1].lower()


def _applied_in(city: str) -> Select[Any]:
    # Whoever reads a lesson reads where it was applied.
    return select(AdoptionReport.lesson_id).where(AdoptionReport.city == city, AdoptionReport.lights)


def _holds(column: Any, code: str) -> ColumnElement[bool]:
    """Whether a JSON list of texts holds one."""
    return sql_cast(column, Text).contains(f'"{code}"', autoescape=True)


def _one_of(known: Any) -> Callable[[str], str | None]:
    codes = frozenset(map(str, known))
    return lambda value: value if value in codes else None


def _addressee(value: str) -> str | None:
    return text.one_line(value)[: LessonVersion.ITEM_MAX] or None


_READ: Mapping[str, Callable[[str], str | None]] = {
    **{kind: _one_of(known) for kind, known in KNOWN.items()},
    "confidence": _one_of(Confidence),
    "applied": _one_of(BY_CODE),
    "addressee": _addressee,
}
