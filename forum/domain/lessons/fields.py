"""The fields of a draft as somebody typed them, made clean: one line where one line is meant, within their lengths."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from forum.domain.lessons import external_sources
from forum.domain.lines import clean_line, clean_paragraphs
from forum.infra import days
from forum.infra.i18n import _
from forum.models.lessons import Confidence, LessonVersion
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from forum.policy.errors import Invalid

OPEN_LICENCE = "CC-BY-4.0"
LATEST_REVIEW = timedelta(days=1096)  # three years: a lesson that nobody looks at for longer is out of date


def clean(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the values to store; Invalid at the field whose value is too long or not one of its codes."""
    return {name: CLEANERS[name](name, value) for name, value in fields.items()}


def _line(limit: int) -> Callable[[str, str], str]:
    return lambda name, value: clean_line(value, field=name, limit=limit)


def _paragraphs(name: str, value: str) -> str:
    return clean_paragraphs(value, field=name, limit=LessonVersion.PARAGRAPHS_MAX)


def _items(name: str, value: Iterable[str]) -> list[str]:
    lines = [clean_line(item, field=name, limit=LessonVersion.ITEM_MAX) for item in value]
    items = list(dict.fromkeys(item for item in lines if item))
    if len(items) > LessonVersion.ITEMS_MAX:
        raise Invalid(name, _("Name at most %(limit)d.", limit=LessonVersion.ITEMS_MAX))
    return items


def _review_on(name: str, value: date | str | None) -> date | None:
    """A day within three years; none where nothing is chosen."""
    if not value:
        return None
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError as error:
        raise Invalid(name, _("Write the day as 2026-11-30.")) from error
    if not days.today() < day <= days.today() + LATEST_REVIEW:
        raise Invalid(name, _("Choose a day after today, at most three years from now."))
    return day


def _needs(name: str, value: Iterable[str]) -> list[str]:
    chosen = {_one(Need)(name, code) for code in value}
    return [need.value for need in Need if need in chosen]


def _one(codes: type[Any]) -> Callable[[str, Any], Any]:
    def choose(name: str, value: Any) -> Any:
        try:
            return codes(value)
        except ValueError as error:
            raise Invalid(name, _("Choose one of these.")) from error

    return choose


CLEANERS: dict[str, Callable[[str, Any], Any]] = {
    "title": _line(LessonVersion.TITLE_MAX),
    "one_sentence": _line(LessonVersion.ONE_SENTENCE_MAX),
    "outcome": _one(Outcome),
    "axis": _one(Axis),
    "needs": _needs,
    "confidence": _one(Confidence),
    "licence": lambda name, value: clean_line(value, field=name, limit=LessonVersion.LICENCE_MAX) or None,
    "external_sources": external_sources.clean,
    "owner": _line(LessonVersion.OWNER_MAX),
    "review_on": _review_on,
    "change_note": _line(LessonVersion.CHANGE_NOTE_MAX),
    **dict.fromkeys(("conditions", "not_for", "addressees", "assumptions", "open_questions"), _items),
    **dict.fromkeys(
        (
            "summary",
            "context",
            "problem",
            "what_was_done",
            "result",
            "recommendation",
            *LessonVersion.ADVICE,
            "unknowns",
            "alternative_reading",
        ),
        _paragraphs,
    ),
}
