"""The words of a draft as somebody typed them, made clean: one line where one line is meant, within their lengths."""

from collections.abc import Callable, Iterable
from typing import Any

from forum.infra import text
from forum.infra.i18n import _
from forum.models.lessons import Confidence
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from forum.policy.errors import Invalid

PARAGRAPHS = 4_000  # characters; a lesson is a page, not a report
ITEMS, ITEM = 12, 160


def clean(fields: dict[str, Any]) -> dict[str, Any]:
    """The values to store; Invalid, at its field, for one that cannot be meant."""
    return {name: CLEANERS[name](name, value) for name, value in fields.items()}


def line(name: str, value: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    words = text.one_line(value or "")
    if len(words) > limit:
        raise Invalid(name, _("Use at most %(limit)d characters.", limit=limit))
    return words


def _line(limit: int) -> Callable[[str, str], str]:
    return lambda name, value: line(name, value, limit)


def _paragraphs(name: str, value: str) -> str:
    words = "\n".join(text.one_line(part) for part in (value or "").splitlines()).strip()
    if len(words) > PARAGRAPHS:
        raise Invalid(name, _("Use at most %(limit)d characters.", limit=PARAGRAPHS))
    return words


def _items(name: str, value: Iterable[str]) -> list[str]:
    lines = [line(name, item, ITEM) for item in value]
    kept = list(dict.fromkeys(item for item in lines if item))
    if len(kept) > ITEMS:
        raise Invalid(name, _("Name at most %(limit)d.", limit=ITEMS))
    return kept


def _needs(name: str, value: Iterable[str]) -> list[str]:
    chosen = {_one(Need)(name, code) for code in value}
    return [need.value for need in Need if need in chosen]


def _one(words: type[Any]) -> Callable[[str, Any], Any]:
    def choose(name: str, value: Any) -> Any:
        try:
            return words(value)
        except ValueError as error:
            raise Invalid(name, _("Choose one of these.")) from error

    return choose


CLEANERS: dict[str, Callable[[str, Any], Any]] = {
    "title": _line(100),
    "one_sentence": _line(200),
    "outcome": _one(Outcome),
    "axis": _one(Axis),
    "needs": _needs,
    "confidence": _one(Confidence),
    "licence": lambda name, value: line(name, value, 40) or None if value else None,
    "change_note": _line(300),
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
