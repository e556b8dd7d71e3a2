"""Which pages search engines may keep, and at which address: the few that say so here, everything else stays out.

A page that is reached by several addresses names one of them. A list that somebody narrowed is not another page: there
are more of those than anybody should keep.
"""

from flask import Flask, Response, g, request, url_for

from forum.web.http import language, links
from forum.web.http.access import STATIC

# Always the same page, whatever else stands in its address.
PAGES = frozenset({
    "cahiers.show", "lessons.show", "statements.help_page", "statements.accessibility", "statements.privacy",
})  # fmt: skip
# The same page as long as nothing narrows it.
LISTS = frozenset({
    "home.index", "lessons.index", "coverage.show", "unknowns.index", "cahiers.index",
    "overview.index", "spaces.index", "spaces.show", "axes.show",
})  # fmt: skip
CANONICAL = "leerkring.canonical"  # in the environment of a request


def init_app(app: Flask) -> None:
    """Say of every answer whether it may be kept."""
    app.after_request(keep_out_of_indexes)


def is_at(path: str | None) -> None:
    """Say that the page of this request is the one at `path`; None: that it belongs in no index."""
    request.environ[CANONICAL] = path


def canonical() -> str | None:
    """Return the one address of the page of this request; None where search engines shall not keep it."""
    if CANONICAL not in request.environ:
        request.environ[CANONICAL] = _own_path()
    path: str | None = request.environ[CANONICAL]
    return links.absolute(path) if path else None


def keep_out_of_indexes(response: Response) -> Response:
    """Mark an answer that is no page for everybody."""
    if request.endpoint != STATIC and (
        response.status_code != 200 or g.get("viewer") is not None or canonical() is None
    ):
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _own_path() -> str | None:
    endpoint = request.endpoint
    if endpoint not in PAGES | LISTS or request.method not in {"GET", "HEAD"}:
        return None
    if endpoint in LISTS and not {language.ARGUMENT}.issuperset(request.args):
        return None
    return url_for(endpoint, **(request.view_args or {}))
