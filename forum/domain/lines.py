"""Lines of text as people typed them, made clean: one line where one line is meant, within its limit."""

from forum.infra import text
from forum.infra.i18n import _
from forum.policy.errors import Invalid


def clean_line(value: str | None, *, field: str, limit: int, missing: str | None = None) -> str:
    """Return `value` on one line; Invalid at `field` above `limit`, and with `missing` (if given) when it is empty."""
    line = text.one_line(value or "")
    if missing is not None and not line:
        raise Invalid(field, missing)
    return _within(line, field, limit)


def clean_paragraphs(value: str | None, *, field: str, limit: int, missing: str | None = None) -> str:
    """Return `value` with its lines cleaned, at most `limit` characters in all; Invalid as in `clean_line`."""
    lines = "\n".join(text.one_line(part) for part in (value or "").splitlines()).strip()
    if missing is not None and not lines:
        raise Invalid(field, missing)
    return _within(lines, field, limit)


def clean_reason(value: str | None, *, limit: int, missing: str | None) -> str:
    """Return a reason for the log as one line; Invalid at `reason` as in `clean_line`."""
    return clean_line(value, field="reason", limit=limit, missing=missing)


def _within(value: str, field: str, limit: int) -> str:
    if len(value) > limit:
        raise Invalid(field, _("Use at most %(limit)d characters.", limit=limit))
    return value
