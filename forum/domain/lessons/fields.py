"""The fields of a draft as somebody typed them, made clean: one line where one line is meant, within their lengths."""

from collections.abc import Callable, Iterable
from typing import Any

from forum.domain.lines import clean_line, clean_paragraphs
from forum.infra.i18n import _
from forum.models.lessons import Confidence, LessonVersion
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from forum.policy.errors import Invalid


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
    "change_note": _line(LessonVersion.CHANGE_NOTE_MAX),
    "conditions": _items,
    "not_for": _items,
    "addressees": _items,
    **dict.fromkeys(
        (
            "summary",
            "context",
            "problem",
            "what_was_done",
            "result",
            "recommendation",
            "unknowns",
            "alternative_reading",
        ),
        _paragraphs,
    ),
}
