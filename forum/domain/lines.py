"""Lines of text as people typed them, made clean: one line where one line is meant, within its limit."""

from forum.infra import text
from forum.infra.i18n import _
from forum.policy.errors import Invalid


def clean_line(value: str | None, *, field: str, limit: int, missing: str | None = None) -> str:
    """Return one line of at most `limit` characters; Invalid at `field`, with `missing` where empty is refused."""
    line = text.one_line(value or "")
    if missing is not None and not line:
        raise Invalid(field, missing)
    return _within(line, field, limit)


def clean_paragraphs(value: str | None, *, field: str, limit: int, missing: str | None = None) -> str:
    """Return lines of at most `limit` characters in all; Invalid at `field`, as `clean_line`."""
    lines = "\n".join(text.one_line(part) for part in (value or "").splitlines()).strip()
    if missing is not None and not lines:
        raise Invalid(field, missing)
    return _within(lines, field, limit)


def clean_reason(value: str | None, *, limit: int, missing: str | None) -> str:
    """Return the reason of a moderator or administrator for the log; Invalid at `reason`."""
    return clean_line(value, field="reason", limit=limit, missing=missing)


def _within(value: str, field: str, limit: int) -> str:
    if len(value) > limit:
        raise Invalid(field, _("Use at most %(limit)d characters.", limit=limit))
    return value
