"""What a search is narrowed to: filters typed in the question, and those of the address, each known or refused.

Of each kind one value holds at a time, so that the count beside a value is that of the list it leads to.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from forum.domain.choices import Chosen
from forum.domain.lessons import library_choice
from forum.domain.people import found_by
from forum.domain.search.language import FIELD, Typed
from forum.domain.spaces.spaces import SpaceCard
from forum.domain.themes import labels
from forum.infra import days, i18n, text
from forum.infra.i18n import _, lazy
from forum.infra.sort_keys import sort_key
from forum.models.cities import BY_CODE
from forum.models.lessons import LessonVersion
from forum.models.threads import Outcome
from forum.policy.errors import Invalid

LESSONS, THREADS, PEOPLE, SPACES = "lessons", "threads", "people", "spaces"
KIND_NAMES: Mapping[str, Any] = {
    LESSONS: lazy("Lessons"),
    THREADS: lazy("Threads"),
    PEOPLE: lazy("People"),
    SPACES: lazy("Spaces"),
}
_KINDS = {
    LESSONS: "lesson lessons les lessen claim claims bewering beweringen",
    THREADS: "thread threads gesprek gesprekken post posts bijdrage bijdragen",
    PEOPLE: "person people persoon personen mens mensen",
    SPACES: "space spaces ruimte ruimtes",
}
KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
OUTCOMES = {code: name for code, name in labels.OUTCOMES.items() if code != Outcome.RUNNING}
LONGEST = 80  # of a value
_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice(Chosen):
    """The filters of a search; `by` is a name as it was typed, `before` a day."""

    kind: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    axis: tuple[str, ...] = ()
    need: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    space: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    SINGLE: ClassVar[AbstractSet[str]] = frozenset(
        {"kind", "outcome", "axis", "need", "city", "space", "by", "before", *library_choice.LATELY}
    )

    @classmethod
    def of(
        cls, typed: Iterable[Typed], wanted: Callable[[str], Sequence[str]], spaces: Sequence[SpaceCard]
    ) -> "Choice":
        """Return the choice of a question, and of an address, whose values of a kind `wanted` returns.

        Invalid at `q` for a value that is not known, and for two of one kind. `spaces`: those that the reader may see.
        """
        asked = list(typed)
        chosen: dict[str, tuple[str, ...]] = {}
        for kind in cls.kinds():
            values = [value for of, value in asked if of == kind] or list(wanted(kind))
            found = tuple(
                dict.fromkeys(
                    _known(kind, text.one_line(value)[: _longest(kind)], spaces) for value in values if value
                )
            )
            if len(found) > 1:
                raise Invalid(
                    FIELD, _("Choose one of these at a time: %(values)s.", values=", ".join(values))
                )
            chosen[kind] = found
        return cls(**chosen)

    @property
    def moment(self) -> datetime | None:
        """The moment before which something was said, if that was asked: the beginning of a day of the forum."""
        return days.end_of(date.fromisoformat(self.before[0]) - timedelta(days=1)) if self.before else None

    @property
    def of_lessons(self) -> library_choice.Choice:
        """What the library narrows besides; with any of it only lessons are found."""
        return library_choice.Choice(**{kind: getattr(self, kind) for kind in library_choice.LATELY})

    @property
    def name_words(self) -> list[str]:
        """The words of the name with which something is signed."""
        return found_by.words(self.by[0])[: found_by.MOST] if self.by else []

    def shows(self, kind: str) -> bool:
        """Return whether things of this kind are asked for."""
        return not self.kind or kind in self.kind


def _longest(kind: str) -> int:
    return LessonVersion.ITEM_MAX if kind == "addressee" else LONGEST


def _known(kind: str, value: str, spaces: Sequence[SpaceCard]) -> str:
    if kind == "before":
        return _day(value)
    if kind == "by":
        if not found_by.words(value):
            raise Invalid(FIELD, _("“%(value)s” is not a name.", value=value))
        return value
    if kind == "addressee":
        return value
    if kind == "space":
        names: Mapping[str, Any] = {space.slug: space.name for space in spaces}
    else:
        names = NAMES[kind]
    code = KIND_OF.get(_plain(value)) if kind == "kind" else None
    code = code or _code(value, names)
    if code is None:
        raise Invalid(FIELD, _refusal(kind, value))
    return code


def _refusal(kind: str, value: str) -> str:
    """That nothing is called so, and for a short list what there is."""
    if kind == "space":
        return _("There is no space called “%(value)s” that you can read.", value=value)
    if kind in ("city", "applied"):
        return _("“%(value)s” is not a city of this network.", value=value)
    known = i18n.join_words(str(name) for name in NAMES[kind].values())
    if kind == "axis":
        return _("There is no theme called “%(value)s”. The themes are: %(known)s.", value=value, known=known)
    return _("“%(value)s” is not known. Choose one of these: %(known)s.", value=value, known=known)


def _code(value: str, names: Mapping[str, Any]) -> str | None:
    """The code that is called so: by its code, its whole name, or words that begin words of one name alone."""
    wanted = _plain(value)
    if not wanted:
        return None
    texts = {str(code): (_plain(str(code)), _plain(str(name))) for code, name in names.items()}
    exact = [code for code, known in texts.items() if wanted in known]
    if exact:
        return exact[0]
    fits = [
        code
        for code, known in texts.items()
        if any(all(_begins(word, one) for word in wanted.split()) for one in known)
    ]
    return fits[0] if len(fits) == 1 else None


def _begins(word: str, name: str) -> bool:
    return any(part.startswith(word) for part in name.split())


def _plain(name: str) -> str:
    return sort_key(name).split("\t")[0]


def _day(value: str) -> str:
    """The day of 2026, 2026-01, 2026-01-31 or 31/1/2026, the first one that it may be."""
    match = _DAY.fullmatch(value) or _DAY_FIRST.fullmatch(value)
    try:
        if match is None or not 1900 <= int(match["year"]) <= 2200:
            raise ValueError
        return date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)).isoformat()
    except ValueError:
        raise Invalid(
            FIELD,
            _(
                "“%(value)s” is not a date. Write a year, a month or a day: 2026, 2026-01 or 2026-01-31.",
                value=value,
            ),
        ) from None


_CITIES = {code: city.name for code, city in BY_CODE.items()}
NAMES: Mapping[str, Mapping[str, Any]] = {
    "kind": KIND_NAMES,
    "outcome": OUTCOMES,
    "axis": labels.AXES,
    "need": labels.NEEDS,
    "city": _CITIES,
    "applied": _CITIES,
    "confidence": labels.CONFIDENCES,
}
