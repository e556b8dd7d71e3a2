"""What fields of several forms share: their choices, and the validators with their messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from forum.infra.i18n import lazy


def named(names: Mapping[Any, Any], codes: Iterable[Any] | None = None) -> list[SelectChoice]:
    """Return choices out of coded values and their names, in the order of `codes` (all of `names`)."""
    return [SelectChoice(code.value, names[code]) for code in codes or names]


def required(message: Any) -> InputRequired:
    """Return the validator of a field that may not stay empty."""
    return InputRequired(message)


def longest(limit: int) -> Length:
    """Return the validator of a field that takes at most `limit` characters: the constant of the model's column."""
    return Length(max=limit, message=lazy("Use at most %(max)d characters."))
