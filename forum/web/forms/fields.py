"""What fields of several forms share: their choices, and the validators with their messages."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation, ValidationError

from forum.domain import lines
from forum.domain.themes import tags
from forum.infra import passwords, text
from forum.infra.i18n import _
from forum.policy.errors import Invalid

# What is kept of a text that somebody typed, by what kind of field it is. `static/js/count.js` counts the same.
KEPT: dict[str, Callable[[str], str]] = {
    "line": text.one_line,
    "paragraphs": lines.paragraphs,
    "post": text.typed,
    "quotation": lambda typed: " ".join(typed.split()),
    "items": lambda typed: max(map(text.one_line, typed.splitlines()), key=len, default=""),
}


def named(names: Mapping[Any, Any], codes: Iterable[Any] | None = None) -> list[SelectChoice]:
    """Return choices out of coded values and their names, in the order of `codes` (all of `names`)."""
    return [SelectChoice(code.value, names[code]) for code in codes or names]


def required(message: Any) -> InputRequired:
    """Return the validator of a field that may not stay empty."""
    return InputRequired(message)


class Unchosen:
    """Lets a choice stay empty. Blanks are none of its choices: "Optional" of WTForms would let them through."""

    field_flags = {"optional": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Raise StopValidation, with nothing to say, where nothing is chosen."""
        if not field.data:
            field.errors[:] = []
            raise StopValidation


class Longest:
    """Refuses a text of which more than `limit` characters would be kept, and with `missing` one of which nothing is.

    The limit is the constant of the model's column. The browser is told it as a count, never as a `maxlength`: that
    would cut what is pasted without a word.
    """

    def __init__(self, limit: int, kept: str = "line", *, missing: Any = None) -> None:
        self.limit, self.kept, self.missing = limit, kept, missing
        self.field_flags = {"limit": limit, "kept": kept} | ({"required": True} if missing else {})

    def __call__(self, form: Any, field: Any) -> None:
        """Raise StopValidation: what else is asked of a text costs more, the longer it is."""
        kept = KEPT[self.kept](field.data or "")
        if self.missing is not None and not kept.strip():
            raise StopValidation(self.missing)
        if len(kept) > self.limit:
            raise StopValidation(lines.too_long(len(kept), self.limit))


def accepted_by(clean: Callable[[Any], object]) -> Callable[[Any, Any], None]:
    """Return the validator that asks what the domain says of a value, so that all is said at once."""

    def check(form: Any, field: Any) -> None:
        try:
            clean(field.data or "")
        except Invalid as error:
            raise ValidationError(error.message) from error

    return check


def accepted_tags(typed: str) -> None:
    """Do nothing for a line of tags that can be stored; Invalid at `tags`."""
    tags.clean(tags.split(typed))


def short_enough_password(form: Any, field: Any) -> None:
    """Refuse a password that is longer than any can be."""
    if len(field.data or "") > passwords.LONGEST:
        raise ValidationError(_("Use at most %(limit)d characters.", limit=passwords.LONGEST))
