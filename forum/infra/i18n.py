"""Words, dates and numbers in the reader's language and time zone. The only module that knows Babel."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, g, has_app_context
from flask_babel import Babel, gettext, lazy_gettext
from flask_babel import force_locale as _force_locale
from flask_babel import get_locale as _get_locale
from flask_babel import get_timezone as _get_timezone
from flask_babel import ngettext as ngettext

LOCALES = ("nl", "en")
FORMATS = {"nl": "nl_BE", "en": "en_GB"}
_ = gettext
lazy = lazy_gettext


def init_app(app: Flask, choose_locale: Callable[[], str], choose_timezone: Callable[[], str]) -> None:
    """Let the edges choose the language and the time zone of a reader."""
    Babel(
        app,
        default_locale=app.config["DEFAULT_LOCALE"],
        default_translation_directories=app.config["TRANSLATIONS"],
        locale_selector=choose_locale,
        timezone_selector=lambda: _forced_zone() or choose_timezone(),
    )


def _forced_zone() -> str | None:
    return g.get("forced_zone") if has_app_context() else None


@contextmanager
def force_locale(locale: str, timezone: str | None = None) -> Iterator[None]:
    """Speak `locale` (and tell time in `timezone`) for the length of the block: mails are written for others."""
    before = g.get("forced_zone")
    g.forced_zone = timezone
    try:
        with _force_locale(locale):
            yield
    finally:
        g.forced_zone = before


def negotiate(accept_language: str) -> str | None:
    """The best of our languages for an Accept-Language header, or None."""
    wished = [part.split(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    found = negotiate_locale(wished, LOCALES) or negotiate_locale([w.split("_")[0] for w in wished], LOCALES)
    return str(found) if found else None


def locale() -> str:
    """The code of the language of this moment: nl or en."""
    found = _get_locale()
    return found.language if found is not None and found.language in LOCALES else LOCALES[0]


def html_lang() -> str:
    """The language of the page for its `lang` attribute."""
    return "nl-BE" if locale() == "nl" else "en"


def zone() -> str:
    """The name of the reader's time zone."""
    return str(_get_timezone() or "UTC")


def day(value: date | datetime) -> str:
    """`8 december 2025`, in the reader's time zone."""
    return _day(value, locale(), zone())


def moment(value: datetime) -> str:
    """`8 december 2025 om 9:12`, in the reader's time zone."""
    return _moment(value, locale(), zone())


def number(value: int | float) -> str:
    """A number as the language writes it."""
    return str(format_decimal(value, locale=FORMATS[locale()]))


def join_words(words: Sequence[str]) -> str:
    """`Aalst, Genk en Gent`."""
    return str(format_list(list(words), locale=FORMATS[locale()]))


@lru_cache(maxsize=4096)
def _day(value: date | datetime, code: str, zone_name: str) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone_name)).date()
    return str(format_date(value, "d MMMM y", locale=FORMATS[code]))


@lru_cache(maxsize=4096)
def _moment(value: datetime, code: str, zone_name: str) -> str:
    local: Any = value.astimezone(ZoneInfo(zone_name))
    return str(format_datetime(local, "d MMMM y, HH:mm", locale=Locale.parse(FORMATS[code])))
