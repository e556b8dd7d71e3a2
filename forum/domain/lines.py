"""Text as people typed it, made clean: one line where one line is meant, and measured on what would be kept of it."""

from forum.infra import text
from forum.infra.i18n import lazy, number
from forum.policy.errors import Invalid

TOO_LONG = lazy("Your text has %(length)s characters. At most %(limit)s are allowed.")


def clean_line(value: str | None, *, field: str, limit: int, missing: str | None = None) -> str:
    """Return `value` on one line; Invalid at `field` above `limit`, and with `missing` (if given) when it is empty."""
    line = text.one_line(value or "")
    if missing is not None and not line:
        raise Invalid(field, missing)
    return within(line, field=field, limit=limit)


def clean_paragraphs(value: str | None, *, field: str, limit: int, missing: str | None = None) -> str:
    """Return `value` with its lines cleaned, at most `limit` characters in all; Invalid as in `clean_line`."""
    cleaned = paragraphs(value or "")
    if missing is not None and not cleaned:
        raise Invalid(field, missing)
    return within(cleaned, field=field, limit=limit)


def clean_reason(value: str | None, *, limit: int, missing: str | None) -> str:
    """Return a reason for the log as one line; Invalid at `reason` as in `clean_line`."""
    return clean_line(value, field="reason", limit=limit, missing=missing)


def paragraphs(value: str) -> str:
    """Return text of several lines, each of them cleaned, without empty lines around it."""
    return "\n".join(text.one_line(part) for part in value.splitlines()).strip()


def within(value: str, *, field: str, limit: int) -> str:
    """Return `value` as it is; Invalid at `field` when it has more than `limit` characters."""
    if len(value) > limit:
        raise Invalid(field, too_long(len(value), limit))
    return value


def too_long(length: int, limit: int) -> str:
    """Return the sentence about a text of `length` characters where `limit` are allowed."""
    return str(TOO_LONG) % {"length": number(length), "limit": number(limit)}


def handle_of(typed: str) -> str:
    """Return the handle in what somebody typed as a name with an @."""
    return typed.strip().removeprefix("@").lower()
