"""Error pages: every error of the domain becomes one kind of page, here and nowhere else."""

import logging
from typing import Any

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError, SecurityError

from forum.infra.i18n import _
from forum.infra.rates import TooOften
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from forum.web.http import unsent_forms
from forum.web.http.current_user import forget_viewer
from forum.web.http.transactions import abandon

log = logging.getLogger(__name__)
ErrorPage = tuple[str, int] | tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.extensions["resume"] = unsent_forms.offer_resubmit
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(Conflict, lambda error: _page("409", 409, reason=error.reason))
    app.register_error_handler(Invalid, lambda error: _page("422", 422, reason=error.message))
    app.register_error_handler(TooOften, _too_often)
    app.register_error_handler(CSRFError, lambda error: unsent_forms.offer_resubmit())
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _page(name: str, status: int, **context: Any) -> tuple[str, int]:
    return render_template(f"errors/{name}.html", typed=unsent_forms.request_fields(), **context), status


def _not_found(error: Exception) -> tuple[str, int]:
    return _page("404", 404)


def _forbidden(error: Forbidden) -> tuple[str, int]:
    return _page("403", 403, reason=error.reason)


def _too_often(error: TooOften) -> tuple[str, int, dict[str, str]]:
    seconds = max(1, int(error.retry_after))
    page, status = _page("429", 429, seconds=seconds)
    return page, status, {"Retry-After": str(seconds)}


def _http(error: HTTPException) -> Any:
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return _broken(error.original_exception)  # raised while another error page was made
    known = {403: "403", 404: "404", 405: "405", 413: "413", 429: "429"}
    code = error.code or 500
    if code < 400 or isinstance(
        error, BadHost | SecurityError
    ):  # a page cannot build addresses without a host
        return error
    if code == 400:
        return _page("422", 400, reason=_("Something in this request is not right. Go back and try again."))
    if code not in known:
        return error
    page, status = _page(known[code], code, reason=_("This page is closed."), seconds=60)
    allowed = getattr(error, "valid_methods", None) or ()
    headers = {"Allow": ", ".join(allowed)} if code == 405 else {}
    return page, status, headers


def _broken(error: BaseException) -> Any:
    """The page shows the id of the request, the log shows what happened; no trace is shown."""
    log.error(
        "unhandled error on %s",
        request.url_rule.rule if request.url_rule else "an unknown route",
        exc_info=error,
    )
    abandon()
    forget_viewer()  # the page must not query the database: it may be what is broken
    down = type(error).__name__ in {"OperationalError", "InterfaceError"}
    page, status = _page("503" if down else "500", 503 if down else 500, request_id=g.get("request_id", ""))
    return page, status, {"Retry-After": "10"} if down else {}
