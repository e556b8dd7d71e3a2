"""The language of a page: a member's own, or the one that a visitor chose with a link.

The choice of a visitor has a cookie of its own, so that pages that are only read need no session.
"""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask, Response, current_app, has_request_context, request, url_for

from forum.domain.people import profiles
from forum.infra import i18n
from forum.web.http.current_user import looks, viewer
from forum.web.http.prefetch import is_ahead
from forum.web.http.transactions import READING, afterwards

ARGUMENT = "lang"
REMEMBERED = timedelta(days=365)


def init_app(app: Flask) -> None:
    """Remember the choice of a visitor on the answer to their link, and which language a member saw."""
    app.after_request(_remember)
    app.after_request(_note_seen)


def choose_locale() -> str:
    """Return the member's own language, else that of this browser (chosen, or accepted), else the forum's."""
    default = str(current_app.config["DEFAULT_LOCALE"])
    if not has_request_context():
        return default
    who = viewer()
    cookie = request.cookies.get(current_app.config["LANGUAGE_COOKIE_NAME"])
    chosen = who.locale if who else _asked() or looks()[0] or cookie
    if chosen in i18n.LOCALES:
        return str(chosen)
    return i18n.negotiate(request.headers.get("Accept-Language", "")) or default


def asked_for() -> str:
    """Return the language that this request asks for by itself, the same whoever is signed in: for what all get."""
    accepted = i18n.negotiate(request.headers.get("Accept-Language", ""))
    return _asked() or accepted or str(current_app.config["DEFAULT_LOCALE"])


def switch(locale: str) -> str:
    """Return the address of this page in that language; of the home page, where this one only answers forms."""
    stays = request.method in READING or current_app.url_map.bind("").test(request.path, "GET")
    arguments = request.args.items(multi=True) if stays else ()
    kept = [(name, value) for name, value in arguments if name != ARGUMENT]
    # Only a query: a path that begins with two slashes would lead to another site.
    return f"{'' if stays else url_for('home.index')}?{urlencode([*kept, (ARGUMENT, locale)])}"


def _asked() -> str | None:
    """The language in the address of this request, when it is one of ours."""
    asked = request.args.get(ARGUMENT)
    return asked if asked in i18n.LOCALES else None


def _remember(response: Response) -> Response:
    asked = _asked()
    if asked is None or request.method not in READING or response.mimetype != "text/html":
        return response
    if viewer() is not None or is_ahead():
        return response
    response.set_cookie(
        current_app.config["LANGUAGE_COOKIE_NAME"],
        asked,
        max_age=REMEMBERED,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _note_seen(response: Response) -> Response:
    """Letters to a member who lets their browser choose are in the language of the last page: kept when it changes."""
    if response.status_code >= 400 or response.mimetype != "text/html" or (who := viewer()) is None:
        return response
    if who.locale is None and (seen := i18n.locale()) != who.locale_seen:
        afterwards(lambda: profiles.note_locale_seen(who, seen))
    return response
