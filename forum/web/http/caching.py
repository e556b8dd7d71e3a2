"""Answers with anything about a person in them stay out of every cache, also of a browser that others use next.

For a member that is every page (`infra/headers.py`). For a visitor it is every answer to a form, every page behind a
link of a letter, every page with a message about what was just done, and the letters of the demo. What is left is what
everybody may read and forms with nothing in them: those a browser keeps, so that "back" finds what was typed.
"""

from flask import Flask, Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from forum.web.http.access import STATIC
from forum.web.http.transactions import READING

OF_LETTERS = "mailbox"  # the pages that show mail
# In an address: who may do what, whose feed it is, and where somebody was.
NAMES = frozenset({"token", "key", "next"})


def init_app(app: Flask) -> None:
    """Look at every answer; to be called after `infra.headers`, which leaves alone what is decided here."""
    app.after_request(keep_out_of_caches)


def for_everybody(text: str, mimetype: str) -> AnyResponse:
    """Return an answer that is the same for all who ask, which a cache keeps and asks about each time.

    So what is no longer public is gone from the next one.
    """
    response = Response(text, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    response.make_conditional(request)
    response.headers.remove("Date")  # as everywhere, the server writes it
    return response


def keep_out_of_caches(response: Response) -> Response:
    """Mark an answer that is about a person, whoever asked for it."""
    if request.endpoint != STATIC and _is_personal():
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _is_personal() -> bool:
    return (
        request.method not in READING
        or "is_personal" in g  # `prefetch.flashed_messages` says so
        or request.blueprint == OF_LETTERS
        or not NAMES.isdisjoint({*(request.view_args or {}), *request.args})
    )
