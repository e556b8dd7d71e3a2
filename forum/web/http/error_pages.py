"""Error pages: every error of the domain becomes one kind of page, here and nowhere else.

A script that asks for JSON, such as the one that keeps drafts, gets the sentence of the page instead.
"""

import logging
from typing import Any

from flask import Flask, g, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError, SecurityError

from forum.domain.threads import moved, posts
from forum.domain.threads.moved import MovedNumber
from forum.infra import failures
from forum.infra.failures import Failure
from forum.infra.i18n import _, lazy
from forum.infra.rates import TooOften
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from forum.web.http import indexing, links, reopened, unsent_forms, waiting
from forum.web.http.current_user import forget_viewer, viewer
from forum.web.http.links import own_path
from forum.web.http.transactions import READING, ask_nothing_more, only_look

log = logging.getLogger(__name__)
FAILURES = {
    Failure.BUSY: lazy("Many people are writing at this moment. Wait a few seconds and try again."),
    Failure.AWAY: lazy(
        "The forum is being maintained, or is out of reach for a moment. Wait a little and try again."
    ),
    Failure.FULL: lazy("The forum cannot keep anything new at this moment. What was kept before is safe."),
}
UNREAD = {
    408: lazy(
        "What you sent came in too slowly. Go back: it is still on the page before. Then send it again."
    ),
    503: lazy(
        "Too much arrives at once. Go back: what you typed is still on the page before. Then send it again."
    ),
}
BROKEN = lazy("It is not something you did, and it has been written down.")


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.extensions["resume"] = _resume
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Forbidden, lambda error: _page("403", 403, error.reason))
    app.register_error_handler(Conflict, lambda error: _page("409", 409, error.reason))
    app.register_error_handler(Invalid, _invalid)
    app.register_error_handler(TooOften, _too_often)
    app.register_error_handler(CSRFError, lambda error: _resume())
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _page(name: str, status: int, sentence: Any, **context: Any) -> Any:
    only_look()  # whatever the request did is undone before anybody waits for this page
    indexing.is_at(None)
    if is_for_script():
        return jsonify(message=str(sentence)), status
    typed = unsent_forms.request_fields()
    before = _before()
    thread = _thread() if before is None and status in (403, 409) else None
    page = render_template(
        f"errors/{name}.html", typed=typed, reason=sentence, before=before, thread=thread, **context
    )
    return page, status


def _before() -> str | None:
    """The page of this forum on which the reader was, to go back to; None where that is unknown or this one."""
    root = request.host_url.rstrip("/")
    came_from = request.referrer or ""
    path = own_path(came_from.removeprefix(root)) if came_from.startswith(f"{root}/") else None
    return None if path in (request.path, request.full_path) else path


def _thread() -> str | None:
    """The address of the thread, or of the post in it, that was to be acted on, for who reads it; None for another."""
    about, reader = request.view_args or {}, viewer()
    if "thread_id" in about:
        return url_for("threads.short", thread_id=about["thread_id"])
    if "post_id" not in about or reader is None:
        return None
    try:
        thread, post = posts.place(reader, about["post_id"])
    except NotFound:
        return None
    return links.to_post(thread.id, thread.slug, post.number)


def is_for_script() -> bool:
    """Return whether a script of ours asks, which gets JSON: `message`, in the reader's language."""
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"


def _not_found(error: Exception) -> Any:
    only_look()
    merged_into = _merged_into()
    if merged_into is None:
        return _page("404", 404, _("This page is not here, or not for you."))
    sentence = _("This thread was merged into “%(title)s”.", title=merged_into.title)
    return _page("404", 404, sentence, merged_into=merged_into)


def _merged_into() -> MovedNumber | None:
    """Where the posts of the thread stand that this address is about, if a moderator merged it, to who may see it."""
    thread_id = (request.view_args or {}).get("thread_id")
    there = moved.leads_to(viewer(), thread_id, 1) if thread_id is not None else None
    return there if there is not None and there.title else None


def _invalid(error: Invalid) -> Any:
    return _page("422", 422, error.message, is_draft=request.endpoint == "drafts.keep")


def _too_often(error: TooOften) -> Any:
    return _after(429, waiting.whole_seconds(error.retry_after))


def _after(status: int, seconds: int) -> Any:
    page, status = _page("429", status, waiting.in_words(seconds))
    return page, status, {"Retry-After": str(seconds)}


def _resume() -> Any:
    """A form without a valid session."""
    only_look()
    if is_for_script():
        if request.endpoint == "drafts.keep":
            return jsonify(
                message=_("You are signed out. Sign in again, and it is kept in your drafts.")
            ), 403
        return jsonify(message=_("You are signed out. Sign in, and send it again.")), 403
    try:
        return unsent_forms.offer_resubmit()
    except NotFound as error:  # one that comes without the form it should bring along
        return _not_found(error)


def _http(error: HTTPException) -> Any:
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return _broken(error.original_exception)  # raised while another error page was made
    code = error.code or 500
    # A page cannot build addresses without a host.
    if code < 400 or isinstance(error, BadHost | SecurityError):
        return error
    if code == 429:
        return _after(429, 60)
    if code == 405 and (there := reopened.page()):
        return redirect(there, 303)
    if code in UNREAD:
        return _unread(code)
    known = {
        400: ("422", _("Something in this request is not right. Go back and try again.")),
        403: ("403", _("This page is closed.")),
        404: ("404", _("This page is not here, or not for you.")),
        405: ("405", _("This address does not work that way.")),
        411: ("422", _("Something in this request is not right. Go back and try again.")),
        413: ("413", _("That is too much at once.")),
    }
    if code not in known:
        return error
    name, sentence = known[code]
    page, status = _page(name, code, sentence)
    allowed = getattr(error, "valid_methods", None) or ()
    return page, status, {"Allow": ", ".join(allowed)} if code == 405 else {}


def _unread(code: int) -> Any:
    """The body of this request was not read. The connection ends, so that nobody reads on."""
    ask_nothing_more()
    forget_viewer()
    page, status = _page("503", code, UNREAD[code])
    return page, status, {"Connection": "close", **({"Retry-After": "5"} if code == 503 else {})}


def _broken(error: BaseException) -> Any:
    """The page shows the id of the request, the log shows what happened; no trace is shown."""
    where = request.url_rule.rule if request.url_rule else "an unknown route"
    failure = failures.of(error)
    if failure is Failure.BUSY:
        log.warning("%s: too many write, on %s", type(error).__name__, where)
    else:
        log.error("unhandled error on %s", where, exc_info=error)
    ask_nothing_more()
    forget_viewer()
    number = g.get("request_id", "")
    if failure is None:
        return _page("500", 500, BROKEN, request_id=number)
    resend_to = unsent_forms.own_target() if request.method not in READING else None
    page, status = _page("503", 503, FAILURES[failure], request_id=number, resend_to=resend_to)
    return page, status, {"Retry-After": str(failures.RETRY_AFTER[failure])}
