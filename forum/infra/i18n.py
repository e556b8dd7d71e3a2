"""Sentences, dates and numbers in the reader's language and time zone. What zones are called stands in `zones`."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any, cast

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, has_app_context
from flask_babel import Babel
from flask_babel import force_locale as _force_flask_babel
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from forum.infra import days
from forum.infra.bidi import isolate
from forum.infra.text import trusted_sentence

LOCALES = ("nl", "en")
FORMATS = {"nl": "nl_BE", "en": "en_GB"}
LANGUAGE_TAGS = {"nl": "nl-BE", "en": "en"}
_UNTRANSLATED = NullTranslations()
Forced = tuple[str, str | None, NullTranslations | None]  # language, time zone, sentences
_forced: ContextVar[Forced | None] = ContextVar("forced", default=None)
# What a request asks for again and again; a context variable is read faster than anything of the request itself.
_of_request: ContextVar[dict[str, Any] | None] = ContextVar("of_request", default=None)


def init_app(app: Flask, choose_locale: Callable[[], str], choose_timezone: Callable[[], str]) -> None:
    """Register the functions that choose the language and the time zone of a reader; each is called once a request."""
    app.extensions["i18n"] = {
        "catalogues": {code: Translations.load(app.config["TRANSLATIONS"], [code]) for code in LOCALES},
        "locale": choose_locale,
        "zone": choose_timezone,
    }
    # Flask-Babel tells Flask-WTF the language of a form's messages; pages use the faster functions below.
    Babel(
        app,
        configure_jinja=False,
        default_locale=app.config["DEFAULT_LOCALE"],
        default_translation_directories=app.config["TRANSLATIONS"],
        locale_selector=locale,
        timezone_selector=zone,
    )
    app.before_request(_begin_request)
    app.teardown_request(_end_request)
    app.jinja_env.globals.update(_=_on_page, gettext=_on_page, ngettext=_on_page_for_number)


def _begin_request() -> None:
    _of_request.set({})


def _end_request(error: BaseException | None) -> None:
    _of_request.set(None)


@pass_eval_context
def _on_page(page: EvalContext, message: str, /, **parts: Any) -> str:
    """The sentence in a template: on a page its parts are escaped, in the text of a mail they are not."""
    sentence = _catalogue().gettext(message)
    if page.autoescape:
        sentence = trusted_sentence(sentence)
    return sentence % isolate(parts) if parts else sentence


@pass_eval_context
def _on_page_for_number(page: EvalContext, one: str, many: str, num: int, /, **parts: Any) -> str:
    sentence = _catalogue().ngettext(one, many, num)
    return (trusted_sentence(sentence) if page.autoescape else sentence) % {"num": num, **isolate(parts)}


def gettext(message: str, /, **parts: Any) -> str:
    """Return the sentence in the reader's language, with its named parts filled in."""
    sentence = _catalogue().gettext(message)
    return sentence % isolate(parts) if parts else sentence


_ = gettext


def ngettext(one: str, many: str, num: int, /, **parts: Any) -> str:
    """Return the sentence for this number, which is its part `num`."""
    return _catalogue().ngettext(one, many, num) % {"num": num, **isolate(parts)}


def lazy(message: str, /, **parts: Any) -> Any:
    """Return a sentence that is translated when it is read: for labels and tables made before there is a reader."""
    return LazyString(gettext, message, **parts)


class _EscapedText(LazyString):
    """A lazy text that a page escapes. Flask-Babel lets a page trust its lazy strings as HTML: those are our own."""

    def __html__(self) -> str:
        return escape(str(self))


def lazily(read: Callable[..., str], /, *parts: Any) -> Any:
    """Return a text that is `read(*parts)` each time it is shown. People wrote it, so a page escapes it."""
    return _EscapedText(read, *parts)


def locale() -> str:
    """Return the code of the language of this moment: nl or en."""
    forced = _forced.get()
    return forced[0] if forced is not None else _chosen("locale", LOCALES[0])


def zone() -> str:
    """Return the name of the reader's time zone."""
    forced = _forced.get()
    return forced[1] if forced is not None and forced[1] else _chosen("zone", "UTC")


def html_lang() -> str:
    """Return the language of the page for its `lang` attribute."""
    return LANGUAGE_TAGS[locale()]


@contextmanager
def force_locale(locale: str, timezone: str | None = None) -> Iterator[None]:
    """Use `locale` (and `timezone`) for the length of the block: mails are written for others than who sends them."""
    code = _known(locale)
    catalogues = current_app.extensions["i18n"]["catalogues"] if has_app_context() else {}
    token = _forced.set((code, timezone, catalogues.get(code)))
    try:
        with _force_flask_babel(code):
            yield
    finally:
        _forced.reset(token)


def negotiate(accept_language: str) -> str | None:
    """Return the best of our languages for an Accept-Language header, or None."""
    for tag, quality in parse_accept_header(accept_language, LanguageAccept):
        code = tag.replace("_", "-").partition("-")[0].lower()
        if quality > 0 and code in LOCALES:
            return code
    return None


def _known(code: str) -> str:
    return code if code in LOCALES else LOCALES[0]


def _catalogue() -> NullTranslations:
    """The sentences of the current language; kept for the request, which asks for them some hundred times."""
    forced = _forced.get()
    if forced is not None and forced[2] is not None:
        return forced[2]
    kept = _of_request.get() if forced is None else None
    catalogue: NullTranslations | None = kept.get("catalogue") if kept is not None else None
    if catalogue is None:
        if not has_app_context():
            return _UNTRANSLATED
        catalogue = current_app.extensions["i18n"]["catalogues"][locale()]
        if kept is not None:
            kept["catalogue"] = catalogue
    return catalogue


def _chosen(what: str, otherwise: str) -> str:
    """The choice of the registered function, kept for the request."""
    kept = _of_request.get()
    if kept is not None and what in kept:
        return str(kept[what])
    if not has_app_context():
        return otherwise
    value = str(current_app.extensions["i18n"][what]())
    value = _known(value) if what == "locale" else value
    if kept is not None:
        kept[what] = value
    return value


def day(value: date | datetime) -> str:
    """Return `8 december 2025`, in the reader's time zone."""
    return _day(value, locale(), zone() if isinstance(value, datetime) else "")


def moment(value: datetime) -> str:
    """Return `8 december 2025, 09:12`, in the reader's time zone."""
    return _moment(value, locale(), zone())


def present_day() -> date:
    """Return the reader's present day."""
    return reader()[2]


def reader() -> tuple[str, str, date]:
    """Return the reader's language, time zone and present day: all in which two pages with one text may differ."""
    kept = _of_request.get() if _forced.get() is None else None
    kept = {} if kept is None else kept
    if "reader" not in kept:
        kept["reader"] = locale(), zone(), days.today(zone())
    return cast("tuple[str, str, date]", kept["reader"])


def local_day(value: datetime) -> date:
    """Return the day on which a moment falls, in the reader's time zone."""
    return days.day_of(value, zone())


def name_of_month(first_day: date) -> str:
    """Return `december` of this year, or `december 2025`, for the first day of a month."""
    this_year = first_day.year == present_day().year
    return str(format_date(first_day, "LLLL" if this_year else "LLLL y", locale=FORMATS[locale()]))


def short_day(value: date | datetime) -> str:
    """Return `8 december` of this year, or `8 december 2025`, in the reader's time zone."""
    that_day = local_day(value) if isinstance(value, datetime) else value
    this_year = that_day.year == present_day().year
    return _day_of_year(that_day, locale()) if this_year else _day(that_day, locale(), "")


def short_moment(value: datetime) -> str:
    """Return `8 december, 09:12` of this year, or `8 december 2025, 09:12`, in the reader's time zone."""
    return f"{short_day(value)}, {hour(value)}"


def recent_day(value: datetime) -> str:
    """Return `today`, `yesterday`, `8 december` of this year, or `8 december 2025`, in the reader's time zone."""
    if not is_recent(value):
        return short_day(value)
    return gettext("today") if local_day(value) == present_day() else gettext("yesterday")


def recent_moment(value: datetime) -> str:
    """Return `today at 09:12` and `yesterday at 09:12`, what is older as `recent_day` does."""
    return _recent_moment(value, present_day(), locale(), zone())


@lru_cache(maxsize=8192)
def _recent_moment(value: datetime, _today: date, _code: str, _zone_name: str) -> str:
    """Kept for the day, language and zone that its parts are written in."""
    if not is_recent(value):
        return short_day(value)
    return gettext("%(day)s at %(hour)s", day=recent_day(value), hour=hour(value))


def is_recent(value: datetime) -> bool:
    """Return whether a moment falls today or yesterday, in the reader's time zone."""
    return present_day() - timedelta(days=1) <= local_day(value) <= present_day()


def hour(value: datetime) -> str:
    """Return `09:12`, in the reader's time zone."""
    return value.astimezone(days.zone_of(zone())).strftime("%H:%M")


def number(value: int | float) -> str:
    """Return a number as the language writes it."""
    return _number(value, locale())


def join_words(words: Iterable[str]) -> str:
    """Return `Aalst, Genk en Gent`."""
    return _join(tuple(map(str, words)), locale())


# Babel parses its patterns anew for every value, and a page of twenty posts shows a hundred dates: cached by value.
@lru_cache(maxsize=4096)
def _day(value: date | datetime, code: str, zone_name: str) -> str:
    if isinstance(value, datetime):
        value = days.day_of(value, zone_name)
    return str(format_date(value, "d MMMM y", locale=FORMATS[code]))


@lru_cache(maxsize=1024)
def _day_of_year(value: date, code: str) -> str:
    return str(format_date(value, "d MMMM", locale=FORMATS[code]))


@lru_cache(maxsize=4096)
def _moment(value: datetime, code: str, zone_name: str) -> str:
    return str(
        format_datetime(value.astimezone(days.zone_of(zone_name)), "d MMMM y, HH:mm", locale=FORMATS[code])
    )


@lru_cache(maxsize=1024)
def _number(value: int | float, code: str) -> str:
    return str(format_decimal(value, locale=FORMATS[code]))


@lru_cache(maxsize=1024)
def _join(words: tuple[str, ...], code: str) -> str:
    return str(format_list(list(words), locale=FORMATS[code]))
