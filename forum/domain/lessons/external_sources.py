"""Sources outside the forum that a lesson refers to: what each is, where it stands, when somebody looked there."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from forum.domain.lessons.masking import quarter
from forum.domain.lines import clean_line
from forum.infra import days, i18n
from forum.infra.i18n import _
from forum.models.external_sources import SourceKind
from forum.policy.errors import Invalid

MOST, TITLE_MAX, URL_MAX = 12, 160, 500
PARTS = ("title", "url", "accessed", "kind")  # of a row, in a form and in its text


def clean(name: str, value: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return sources to store, without empty rows and each address once; Invalid at `name` for one that is wrong."""
    rows = [_clean(name, row) for row in value if any(str(row.get(part) or "").strip() for part in PARTS[:2])]
    found = list({row["url"]: row for row in rows}.values())
    if len(found) > MOST:
        raise Invalid(name, _("Name at most %(limit)d.", limit=MOST))
    return found


def as_text(sources: Iterable[Mapping[str, Any]]) -> str:
    """Return sources as lines for a form, their parts with tabs between them."""
    return "\n".join("\t".join(str(row.get(part) or "") for part in PARTS) for row in sources)


def from_text(text: str) -> list[dict[str, str]]:
    """Return the rows of what `as_text` gave, as somebody may have changed them."""
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    return [dict(zip(PARTS, [*row, *[""] * len(PARTS)], strict=False)) for row in rows]


def in_words(sources: Iterable[Mapping[str, str]]) -> str:
    """Return sources as lines to compare, without their days: those of a masked lesson are kept from readers."""
    return "\n".join(f"{row['title']} {row['url']}" for row in sources)


def looked_at(accessed: str, hidden: bool) -> str:
    """Return when somebody looked at a source, as a reader may know it; `hidden` as `origin.is_hidden` says."""
    day = date.fromisoformat(accessed)
    return quarter(day) if hidden else i18n.day(day)


def _clean(name: str, row: Mapping[str, Any]) -> dict[str, str]:
    url = clean_line(row.get("url"), field=name, limit=URL_MAX, missing=_("Give the address of the source."))
    if not _is_web_address(url):
        raise Invalid(
            name, _("“%(address)s” is no address that begins with http:// or https://.", address=url)
        )
    title = clean_line(row.get("title"), field=name, limit=TITLE_MAX) or url
    kind = row.get("kind") or SourceKind.OTHER
    if kind not in set(SourceKind):
        raise Invalid(name, _("Choose one of these."))
    return {
        "title": title[:TITLE_MAX],
        "url": url,
        "accessed": _day(name, row.get("accessed")),
        "kind": str(kind),
    }


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not any(c.isspace() for c in url)
            and parts.username is None
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False


def _day(name: str, value: Any) -> str:
    """The day on which somebody looked there, today without one."""
    today = days.today()
    try:
        day = date.fromisoformat(str(value)) if value else today
    except ValueError as error:
        raise Invalid(name, _("Write the day as 2026-11-30.")) from error
    if day > today:
        raise Invalid(name, _("That day has yet to come."))
    return day.isoformat()
